/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);
	if (!q) {
		fputs("vigie: out of memory\n", stderr);
		_exit(3);
	}
	return q;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		xrealloc(NULL, SIZE_MAX);
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	return memcpy(xrealloc(NULL, n), s, n);
}

void buf_grow(struct buf *b, size_t more)
{
	size_t room = b->room ? b->room : 64;
	while (room - b->n <= more)
		room = room > SIZE_MAX / 2 ? SIZE_MAX : room * 2;
	b->p = xrealloc(b->p, room);
	b->room = room;
}

void buf_grow_and_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_grow(b, n);
	buf_add(b, p, n);
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, format, ap);
	if (n >= 0) {
		buf_reserve(b, (size_t)n + 1);
		vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buf_vprintf(b, format, ap);
	va_end(ap);
}

void buf_unsigned(struct buf *b, uint64_t value)
{
	uint8_t digits[20], *p = digits + sizeof digits;
	do
		*--p = (uint8_t)('0' + value % 10);
	while (value /= 10);
	buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

void buf_signed(struct buf *b, int64_t value)
{
	if (value < 0) {
		buf_byte(b, '-');
		buf_unsigned(b, -(uint64_t)value);
	} else {
		buf_unsigned(b, (uint64_t)value);
	}
}

void buf_consume(struct buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
	} else if (n) {
		memmove(b->p, b->p + n, b->n - n);
		b->n -= n;
	}
}

const char *buf_cstr(struct buf *b)
{
	*buf_reserve(b, 1) = '\0';
	return (const char *)b->p;
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}
