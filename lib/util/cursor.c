/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/cursor.h"

#include "util/hex.h"

static void fail(struct cursor *c)
{
	cursor_take(c, c->rest.n + 1);
}

struct span cursor_until(struct cursor *c, uint8_t stop)
{
	ptrdiff_t at = span_find(c->rest, stop);
	if (c->failed || at < 0) {
		fail(c);
		return (struct span){ 0 };
	}
	struct span taken = cursor_take(c, (size_t)at);
	cursor_take(c, 1);
	return taken;
}

uint32_t cursor_digits(struct cursor *c, size_t n, unsigned base)
{
	struct span s = cursor_take(c, n);
	uint32_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		int digit = hex_digit(s.p[i]);
		if (digit < 0 || (unsigned)digit >= base) {
			fail(c);
			return 0;
		}
		value = value * base + (uint32_t)digit;
	}
	return value;
}
