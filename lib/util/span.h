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

static inline uint64_t span_word64(const uint8_t *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof w);
	return w;
}

static inline uint32_t span_word32(const uint8_t *p)
{
	uint32_t w;
	memcpy(&w, p, sizeof w);
	return w;
}

/* Most that is compared is a key or a word: two looks that may overlap, no call. */
static inline bool span_eq(struct span a, struct span b)
{
	size_t n = a.n;
	if (n != b.n)
		return false;
	if (n > 16)
		return memcmp(a.p, b.p, n) == 0;
	if (n >= 8)
		return span_word64(a.p) == span_word64(b.p) && span_word64(a.p + n - 8) == span_word64(b.p + n - 8);
	if (n >= 4)
		return span_word32(a.p) == span_word32(b.p) && span_word32(a.p + n - 4) == span_word32(b.p + n - 4);
	return n == 0 || (a.p[0] == b.p[0] && a.p[n / 2] == b.p[n / 2] && a.p[n - 1] == b.p[n - 1]);
}

static inline bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

static inline bool span_starts(struct span a, struct span with)
{
	return a.n >= with.n && (with.n == 0 || memcmp(a.p, with.p, with.n) == 0);
}

static inline bool span_ends(struct span a, struct span with)
{
	return a.n >= with.n && (with.n == 0 || memcmp(a.p + a.n - with.n, with.p, with.n) == 0);
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
