/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DC-09 frames being written, by a receiver that answers as by a panel. */
#include "crypto/crypto.h"
#include "proto/dc09.h"
#include "util/checksum.h"
#include "util/hex.h"

static void put_decimal(struct buf *out, unsigned value, unsigned wide)
{
	uint8_t *p = buf_reserve(out, wide);
	for (unsigned i = wide; i-- > 0; value /= 10)
		p[i] = (uint8_t)('0' + value % 10);
	out->n += wide;
}

void dc09_put_timestamp(struct buf *out, msec t)
{
	struct civil c = clock_civil(t);
	buf_byte(out, '_');
	put_decimal(out, (unsigned)c.hour, 2);
	buf_byte(out, ':');
	put_decimal(out, (unsigned)c.minute, 2);
	buf_byte(out, ':');
	put_decimal(out, (unsigned)c.second, 2);
	buf_byte(out, ',');
	put_decimal(out, (unsigned)c.month, 2);
	buf_byte(out, '-');
	put_decimal(out, (unsigned)c.day, 2);
	buf_byte(out, '-');
	put_decimal(out, (unsigned)c.year, 4);
}

/* Padding is anything but the three characters that structure the content. */
static void put_padding(struct buf *out, const uint8_t *chance, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = chance[i];
		buf_byte(out, c == '|' || c == '[' || c == ']' ? (uint8_t)(c ^ 0x80) : c);
	}
}

/* Padding fills whole blocks, and is one where they would be whole without. */
void dc09_put_sealed(struct buf *out, struct span content, msec sent, const struct key *key, const uint8_t chance[static 16])
{
	struct buf plain = { 0 };
	size_t text = 1 + content.n + DC09_TIMESTAMP;
	put_padding(&plain, chance, 16 - text % 16);
	buf_byte(&plain, '|');
	buf_span(&plain, content);
	dc09_put_timestamp(&plain, sent);
	aes_cbc_encrypt(key->bytes, key->n, plain.p, plain.p, plain.n);
	hex_upper(out, buf_view(&plain));
	wipe(plain.p, plain.n);
	buf_free(&plain);
}

static void put_hex4(uint8_t *p, unsigned value)
{
	static const char digits[] = "0123456789ABCDEF";
	for (unsigned i = 4; i-- > 0; value >>= 4)
		p[i] = (uint8_t)digits[value & 15];
}

size_t dc09_begin(struct buf *out, unsigned form)
{
	size_t began = out->n;
	if (form & DC09_BINARY_CRC)
		buf_lit(out, "\nCC0LLL");
	else
		buf_lit(out, "\nCCCC0LLL");
	return began;
}

int dc09_end(struct buf *out, size_t began, unsigned form)
{
	size_t header = form & DC09_BINARY_CRC ? 7 : 9;
	struct span body = span_of(out->p + began + header, out->n - began - header);
	uint16_t crc = crc16_arc(0, body);
	if (body.n > DC09_BODY_MOST) {
		out->n = began;
		return -1;
	}
	put_hex4(out->p + began + header - 4, (unsigned)body.n);
	if (form & DC09_BINARY_CRC) {
		out->p[began + 1] = (uint8_t)(crc >> 8);
		out->p[began + 2] = (uint8_t)crc;
	} else {
		put_hex4(out->p + began + 1, crc);
	}
	buf_byte(out, '\r');
	return 0;
}
