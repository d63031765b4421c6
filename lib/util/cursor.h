/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads received bytes left to right and never past their end.  The first
 * read that does not fit, and all after it, give zeros and empty spans; the
 * decoder asks once, at the end: cursor_ok().  Borrows what it reads. */
#ifndef VIGIE_UTIL_CURSOR_H
#define VIGIE_UTIL_CURSOR_H

#include "util/span.h"

struct cursor {
	struct span rest;
	bool failed;
};

static inline struct cursor cursor_over(struct span s)
{
	return (struct cursor){ .rest = s };
}

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

static inline bool cursor_end(const struct cursor *c)
{
	return c->rest.n == 0;
}

/* The next byte without taking it, or -1 at the end (which is no failure). */
static inline int cursor_peek(const struct cursor *c)
{
	return c->rest.n ? c->rest.p[0] : -1;
}

/* The next n bytes. */
static inline struct span cursor_take(struct cursor *c, size_t n)
{
	if (c->failed || n > c->rest.n) {
		c->failed = true;
		c->rest = span_from(c->rest, c->rest.n);
		return (struct span){ 0 };
	}
	struct span taken = span_sub(c->rest, 0, n);
	c->rest = span_from(c->rest, n);
	return taken;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	struct span s = cursor_take(c, 1);
	return s.n ? s.p[0] : 0;
}

/* Big-endian, as networks have them. */
static inline uint16_t cursor_u16(struct cursor *c)
{
	struct span s = cursor_take(c, 2);
	return s.n ? (uint16_t)((unsigned)s.p[0] << 8 | s.p[1]) : 0;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	struct span s = cursor_take(c, 4);
	return s.n ? (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 | s.p[3] : 0;
}

/* Takes the byte when it is next; otherwise takes nothing and fails nothing. */
static inline bool cursor_skip(struct cursor *c, uint8_t byte)
{
	if (c->failed || c->rest.n == 0 || c->rest.p[0] != byte)
		return false;
	c->rest = span_from(c->rest, 1);
	return true;
}

/* Takes the byte, which must be next. */
static inline void cursor_expect(struct cursor *c, uint8_t byte)
{
	if (!cursor_skip(c, byte))
		cursor_take(c, c->rest.n + 1);
}

/* The bytes up to the first `stop`, which is taken too but not given; fails without one. */
struct span cursor_until(struct cursor *c, uint8_t stop);

/* The longest run, at most `most` bytes, of bytes for which fits() holds. */
static inline struct span cursor_while(struct cursor *c, bool (*fits)(uint8_t), size_t most)
{
	size_t n = 0;
	while (n < c->rest.n && n < most && fits(c->rest.p[n]))
		n++;
	return cursor_take(c, n);
}

/* n digits of the base, 10 or 16, either case; fails on any other byte. */
uint32_t cursor_digits(struct cursor *c, size_t n, unsigned base);

#endif
