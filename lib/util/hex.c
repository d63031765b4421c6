/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/hex.h"

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
		if (high < 0 || low < 0)
			return -1;
		*p++ = (uint8_t)(high << 4 | low);
	}
	out->n += digits.n / 2;
	return 0;
}
