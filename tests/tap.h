/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TAP for unit tests: ok() and is() count, done() ends main(). */
#ifndef VIGIE_TESTS_TAP_H
#define VIGIE_TESTS_TAP_H

#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

#define ok(condition, ...) do { \
	int tap_good = !!(condition); \
	tap_failed += !tap_good; \
	printf("%sok %d - ", tap_good ? "" : "not ", ++tap_count); \
	printf(__VA_ARGS__); \
	putchar('\n'); \
	if (!tap_good) \
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
} while (0)

/* Compares two strings and shows both when they differ. */
#define is(got, want, ...) do { \
	const char *tap_got = (got), *tap_want = (want); \
	int tap_same = strcmp(tap_got, tap_want) == 0; \
	ok(tap_same, __VA_ARGS__); \
	if (!tap_same) \
		printf("#  got: %s\n# want: %s\n", tap_got, tap_want); \
} while (0)

static inline int done(void)
{
	printf("1..%d\n", tap_count);
	fflush(stdout);
	return tap_failed != 0;
}

#endif
