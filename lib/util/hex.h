/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as hexadecimal digits and back. */
#ifndef VIGIE_UTIL_HEX_H
#define VIGIE_UTIL_HEX_H

#include "util/buf.h"

/* The value of a hexadecimal digit of either case, or -1.  Out of a table:
 * which of the digits is next in a cipher nobody can foresee. */
extern const int8_t hex_values[256];

static inline int hex_digit(uint8_t c)
{
	return hex_values[c];
}

static inline bool is_hex(uint8_t c)
{
	return hex_digit(c) >= 0;
}

static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The number that two decimal digits make; false when they are none. */
static inline bool two_digits(const uint8_t p[static 2], int *value)
{
	*value = (p[0] - '0') * 10 + p[1] - '0';
	return is_digit(p[0]) && is_digit(p[1]);
}

void hex_lower(struct buf *out, struct span bytes);
void hex_upper(struct buf *out, struct span bytes);

/* Appends the bytes that the digits stand for; -1 (and nothing appended)
 * when the count is odd or a character is no digit. */
int hex_decode(struct buf *out, struct span digits);

#endif
