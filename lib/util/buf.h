/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A byte string that grows.  Zero-initialise, fill, reset and reuse, free. */
#ifndef VIGIE_UTIL_BUF_H
#define VIGIE_UTIL_BUF_H

#include <stdarg.h>

#include "util/span.h"

struct buf {
	uint8_t *p;
	size_t n;	/* bytes in use */
	size_t room;	/* bytes allocated */
};

/* Memory that was asked for or the end of the process: a monitoring tool
 * that cannot allocate is restarted by its supervisor, and the panel that
 * was not acknowledged repeats. */
void *xrealloc(void *p, size_t n);
void *xcalloc(size_t count, size_t size);
char *xstrdup(const char *s);

void buf_grow(struct buf *b, size_t more);

/* Room for `more` bytes behind the content, which the caller then fills
 * and counts in with b->n. */
static inline uint8_t *buf_reserve(struct buf *b, size_t more)
{
	if (b->room - b->n <= more)	/* never NULL, even for nothing */
		buf_grow(b, more);
	return b->p + b->n;
}

/* Most that is copied is a key or a number: two moves that may overlap, no call. */
static inline void copy_short(uint8_t *to, const uint8_t *from, size_t n)
{
	if (n >= 8) {
		uint64_t first = span_word64(from), last = span_word64(from + n - 8);
		memcpy(to, &first, 8);
		memcpy(to + n - 8, &last, 8);
	} else if (n >= 4) {
		uint32_t first = span_word32(from), last = span_word32(from + n - 4);
		memcpy(to, &first, 4);
		memcpy(to + n - 4, &last, 4);
	} else if (n) {
		uint8_t first = from[0], middle = from[n / 2], last = from[n - 1];
		to[0] = first;
		to[n / 2] = middle;
		to[n - 1] = last;
	}
}

void buf_grow_and_add(struct buf *b, const void *p, size_t n);

static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	if (b->room - b->n <= n) {
		buf_grow_and_add(b, p, n);
		return;
	}
	uint8_t *to = b->p + b->n;
	b->n += n;
	if (n <= 16)
		copy_short(to, p, n);
	else
		memcpy(to, p, n);
}

static inline void buf_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

static inline void buf_byte(struct buf *b, uint8_t byte)
{
	*buf_reserve(b, 1) = byte;
	b->n++;
}

#define buf_lit(b, literal) buf_add((b), (literal), sizeof(literal) - 1)

void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_unsigned(struct buf *b, uint64_t value);
void buf_signed(struct buf *b, int64_t value);

/* Drops n bytes off the front; what follows moves down. */
void buf_consume(struct buf *b, size_t n);

/* The content with a NUL behind it, which is not counted.  Valid until the next change. */
const char *buf_cstr(struct buf *b);

static inline struct span buf_view(const struct buf *b)
{
	return span_of(b->p, b->n);
}

static inline void buf_reset(struct buf *b)
{
	b->n = 0;
}

void buf_free(struct buf *b);

#endif
