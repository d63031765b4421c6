/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/vds2465.h"

#include <stdio.h>

#include "crypto/crypto.h"
#include "util/checksum.h"
#include "util/cursor.h"

#define BEGIN 4		/* KeyNr and SL */
#define HEAD 13		/* TC to L */
#define SUM_AT 4	/* in the content */
#define SEALED_LEAST 48
#define CONTENT_MOST (HEAD + 255 + 64)	/* fill is at most what rounds it up to 48, or to 16 */

static uint16_t sum_of(struct span content)
{
	uint16_t sum = inet_sum(0, span_sub(content, 0, SUM_AT));
	return (uint16_t)~inet_sum(sum, span_from(content, SUM_AT + 2));
}

static uint16_t sum_sent(struct span content)
{
	struct cursor c = cursor_over(span_from(content, SUM_AT));
	return cursor_u16(&c);
}

static bool sum_fits(struct span content)
{
	return content.n >= HEAD && sum_sent(content) == sum_of(content);
}

static bool is_size(unsigned key, size_t n)
{
	return n >= (key ? SEALED_LEAST : HEAD) && n <= CONTENT_MOST && (key == 0 || n % 16 == 0);
}

/* Nothing marks a beginning: what is in step stays so, what is not never comes back. */
enum verdict vds_frame_cut(struct span in, bool at_end, size_t *n)
{
	struct cursor c = cursor_over(in);
	unsigned key = cursor_u16(&c);
	size_t size = cursor_u16(&c);
	*n = in.n;
	if (!cursor_ok(&c)) {
		*n = at_end ? in.n : 0;
		return at_end ? V_NOT_MINE : V_MORE;
	}
	if (!is_size(key, size))
		return V_NOT_MINE;
	if (c.rest.n < size) {
		*n = at_end ? in.n : 0;
		return at_end ? V_BAD_CHECK : V_MORE;
	}
	*n = BEGIN + size;
	return key || sum_fits(span_sub(c.rest, 0, size)) ? V_OK : V_BAD_CHECK;
}

static enum verdict read_content(struct vds_frame *f)
{
	struct cursor c = cursor_over(f->content);
	f->tc = cursor_u32(&c);
	f->crc = cursor_u16(&c);
	f->crc_computed = sum_of(f->content);
	f->rc = cursor_u32(&c);
	f->ik = cursor_u8(&c);
	f->pk = cursor_u8(&c);
	f->records = cursor_take(&c, cursor_u8(&c));
	if (f->crc != f->crc_computed)
		return V_BAD_CHECK;
	return cursor_ok(&c) ? V_OK : V_MALFORMED;
}

enum verdict vds_frame_read(struct span frame, struct vds_frame *f)
{
	struct cursor c = cursor_over(frame);
	*f = (struct vds_frame){ .key = cursor_u16(&c) };
	size_t size = cursor_u16(&c);
	f->content = cursor_take(&c, size);
	if (!cursor_ok(&c) || !cursor_end(&c) || !is_size(f->key, size))
		return V_NOT_MINE;
	f->sealed = f->key && !sum_fits(f->content);
	return f->sealed ? V_OK : read_content(f);
}

int vds_frame_open(const struct vds_frame *f, const struct key *key, struct buf *out)
{
	size_t began = out->n, n = f->content.n;
	buf_byte(out, (uint8_t)(f->key >> 8));
	buf_byte(out, (uint8_t)f->key);
	buf_byte(out, (uint8_t)(n >> 8));
	buf_byte(out, (uint8_t)n);
	uint8_t *clear = buf_reserve(out, n);
	aes_cbc_decrypt(key->bytes, key->n, clear, f->content.p, n);
	out->n += n;
	if (sum_fits(span_of(clear, n)))
		return 0;
	wipe(clear, n);
	out->n = began;
	return -1;
}

static void put_u16(struct buf *out, unsigned value)
{
	buf_byte(out, (uint8_t)(value >> 8));
	buf_byte(out, (uint8_t)value);
}

static void put_u32(struct buf *out, uint32_t value)
{
	put_u16(out, value >> 16);
	put_u16(out, value & 0xFFFF);
}

/* One server pads what is in clear too, the other does not; transmitters take both. */
void vds_frame_put(struct buf *out, const struct vds_frame *f, const struct key *key)
{
	struct buf content = { 0 };
	put_u32(&content, f->tc);
	put_u16(&content, 0);
	put_u32(&content, f->rc);
	buf_byte(&content, f->ik);
	buf_byte(&content, f->pk);
	buf_byte(&content, (uint8_t)f->records.n);
	buf_span(&content, f->records);
	while (key && (content.n < SEALED_LEAST || content.n % 16))
		buf_byte(&content, 0);
	uint16_t sum = sum_of(buf_view(&content));
	content.p[SUM_AT] = (uint8_t)(sum >> 8);
	content.p[SUM_AT + 1] = (uint8_t)sum;
	if (key)
		aes_cbc_encrypt(key->bytes, key->n, content.p, content.p, content.n);
	put_u16(out, key ? f->key : 0);
	put_u16(out, (unsigned)content.n);
	buf_span(out, buf_view(&content));
	wipe(content.p, content.n);
	buf_free(&content);
}
