/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run of bytes that somebody else owns.  Copy it freely, never free it. */
#ifndef VIGIE_UTIL_SPAN_H
#define VIGIE_UTIL_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t n;
};

/* A span over a string literal. */
#define SPAN(literal) ((struct span){ (const uint8_t *)(literal), sizeof(literal) - 1 })

static inline struct span span_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

static inline struct span span_str(const char *s)
{
	return (struct span){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

static inline bool span_starts(struct span a, struct span with)
{
	return a.n >= with.n && (with.n == 0 || memcmp(a.p, with.p, with.n) == 0);
}

/* The bytes from offset `at` on, at most n of them; empty past the end. */
static inline struct span span_sub(struct span a, size_t at, size_t n)
{
	if (at > a.n)
		at = a.n;
	if (n > a.n - at)
		n = a.n - at;
	return (struct span){ at ? a.p + at : a.p, n };	/* p may be NULL */
}

static inline struct span span_from(struct span a, size_t at)
{
	return span_sub(a, at, SIZE_MAX);
}

/* Offset of the first such byte, or -1. */
static inline ptrdiff_t span_find(struct span a, uint8_t byte)
{
	const uint8_t *at = a.n ? memchr(a.p, byte, a.n) : NULL;
	return at ? at - a.p : -1;
}

/* Equal when ASCII letters are compared without case: accounts are. */
bool span_eq_nocase(struct span a, struct span b);

/* Without blanks, tabs, CR and LF at both ends. */
struct span span_trim(struct span a);

/* Takes the next word (between blanks and tabs) off the front; false at the end. */
bool span_word(struct span *rest, struct span *word);

/* Takes the next line off the front, without its LF (or CR LF); false at the end. */
bool span_line(struct span *rest, struct span *line);

#endif
