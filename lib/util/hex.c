/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/hex.h"

#define NONE8 -1, -1, -1, -1, -1, -1, -1, -1
#define NONE32 NONE8, NONE8, NONE8, NONE8
const int8_t hex_values[256] = {
	NONE32, NONE8, NONE8,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1, -1, -1,
	-1, 10, 11, 12, 13, 14, 15, -1, NONE8, NONE8, NONE8,
	-1, 10, 11, 12, 13, 14, 15, -1, NONE8, NONE8, NONE8,
	NONE32, NONE32, NONE32, NONE32,
};

static void encode(struct buf *out, struct span bytes, const char *digits)
{
	uint8_t *p = buf_reserve(out, bytes.n * 2);
	for (size_t i = 0; i < bytes.n; i++) {
		*p++ = (uint8_t)digits[bytes.p[i] >> 4];
		*p++ = (uint8_t)digits[bytes.p[i] & 15];
	}
	out->n += bytes.n * 2;
}

void hex_lower(struct buf *out, struct span bytes)
{
	encode(out, bytes, "0123456789abcdef");
}

void hex_upper(struct buf *out, struct span bytes)
{
	encode(out, bytes, "0123456789ABCDEF");
}

int hex_decode(struct buf *out, struct span digits)
{
	if (digits.n % 2)
		return -1;
	uint8_t *p = buf_reserve(out, digits.n / 2);
	for (size_t i = 0; i < digits.n; i += 2) {
		int high = hex_digit(digits.p[i]), low = hex_digit(digits.p[i + 1]);
		if ((high | low) < 0)
			return -1;
		*p++ = (uint8_t)(high << 4 | low);
	}
	out->n += digits.n / 2;
	return 0;
}
