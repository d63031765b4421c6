/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes pasted as hexadecimal digits: alone, with blanks, colons or 0x, or as
 * dumping tools print them, sixteen bytes a line.
 *
 *	00000010  44 22 30 31 30 31 52 31  4c 30 23 31 30 30 32 5b  |D"0101R1L0#1002[|
 *	00000010: 4422 3031 3031 5231 4c30 2331 3030 325b  D"0101R1L0#1002[
 *
 * A frame seldom fits on one such line, so lines are collected until the
 * frame is whole, or something else comes. */
#include "decode.h"
#include "util/cursor.h"
#include "util/hex.h"

#define LEAST_DIGITS 24		/* fewer are no frame, but may be the end of one */
#define BYTES_A_LINE 16
#define DUMP_MOST ((size_t)1 << 16)

bool dump_digits(struct span text, size_t least, struct buf *out)
{
	struct buf digits = { 0 };
	bool good = true;
	for (size_t i = 0; i < text.n && good; i++) {
		uint8_t c = text.p[i];
		if (c == '0' && i + 1 < text.n && (text.p[i + 1] | 0x20) == 'x')
			i++;
		else if (is_hex(c))
			buf_byte(&digits, c);
		else
			good = c == ' ' || c == ':' || c == ',' || c == '\t' || c == '-';
	}
	good = good && digits.n >= least && hex_decode(out, buf_view(&digits)) == 0;
	buf_free(&digits);
	return good;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The number in front of a dump's line; false when there is none. */
static bool take_offset(struct cursor *c, uint64_t *offset)
{
	if (span_starts(c->rest, SPAN("0x")))
		cursor_take(c, 2);
	struct span digits = cursor_while(c, is_hex, 8);
	cursor_skip(c, ':');
	*offset = 0;
	for (size_t i = 0; i < digits.n; i++)
		*offset = *offset << 4 | (unsigned)hex_digit(digits.p[i]);
	return digits.n >= 4 && (cursor_end(c) || cursor_while(c, is_blank, SIZE_MAX).n);
}

/* The bytes behind it, up to the column of characters: that begins behind
 * sixteen bytes, a bar, or more blanks than stand between two halves. */
static void take_bytes(struct cursor *c, struct buf *out)
{
	size_t began = out->n;
	while (out->n - began < BYTES_A_LINE) {
		struct cursor ahead = *c;
		struct span digits = cursor_while(&ahead, is_hex, 2 * BYTES_A_LINE);
		bool ends = cursor_end(&ahead) || is_blank((uint8_t)cursor_peek(&ahead));
		if (!ends || digits.n == 0 || digits.n > 2 * (BYTES_A_LINE - (out->n - began)) || hex_decode(out, digits) < 0)
			return;
		size_t gap = cursor_while(&ahead, is_blank, SIZE_MAX).n;
		*c = ahead;
		if (gap > 1 && !(gap == 2 && out->n - began == BYTES_A_LINE / 2))
			return;
	}
}

/* A line of a dump that goes on with this one, or begins a new one. */
static bool take_dumped(const struct dump *dump, struct span text, struct buf *out, uint64_t *offset)
{
	struct cursor c = cursor_over(text);
	if (!take_offset(&c, offset) || (*offset != 0 && *offset != dump->offset))
		return false;
	if (cursor_end(&c))	/* the last line tells the size */
		return *offset != 0;
	take_bytes(&c, out);
	return out->n != 0;
}

/* Frames to the last byte: V_OK; V_MORE: the last one lacks its end; else V_NOT_MINE. */
static enum verdict judge(const struct protocol *p, struct span bytes)
{
	enum verdict all = V_OK;
	struct span piece;
	if (!p)	/* nobody knows yet */
		return V_MORE;
	while (bytes.n) {
		enum verdict v = p->frame(bytes, false, &piece);
		if (v == V_MORE)
			return V_MORE;
		if (v != V_OK)
			all = V_NOT_MINE;
		bytes = span_from(bytes, piece.n);
	}
	return all;
}

/* Does a frame begin with these bytes?  Then they go on with nothing. */
static bool begins(const struct protocol *p, struct span bytes)
{
	struct span piece;
	enum verdict v = p ? p->frame(bytes, true, &piece) : V_NOT_MINE;
	return v == V_OK || v == V_BAD_CHECK;
}

void dump_end(struct decoder *d)
{
	struct dump *dump = &d->dump;
	struct frame_in f = { .at = dump->at, .source = buf_view(&dump->source), .protocol = d->protocol ? d->protocol : protocols[0] };
	if (dump->bytes.n && d->unnamed)
		dumped_unnamed(d, &f, buf_view(&dump->bytes));
	else if (dump->bytes.n)
		decode_pieces(d, &f, buf_view(&dump->bytes), false);
	buf_reset(&dump->bytes);
	dump->offset = 0;
}

/* A dump is over when its frames are whole: in front of the first may stand
 * what the network put there.  Digits alone go on only where a frame does. */
static void add(struct decoder *d, struct span bytes, const struct frame_in *f, bool dumped)
{
	struct dump *dump = &d->dump;
	uint64_t offset = dump->offset + bytes.n;
	if (dump->bytes.n == 0) {
		dump->at = f->at;
		buf_reset(&dump->source);
		buf_span(&dump->source, f->source);
	}
	buf_span(&dump->bytes, bytes);
	enum verdict v = judge(f->protocol, buf_view(&dump->bytes));
	if (v == V_OK || (v == V_NOT_MINE && !dumped) || dump->bytes.n >= DUMP_MOST)
		dump_end(d);
	dump->offset = dumped ? offset : 0;
}

bool dump_take(struct decoder *d, struct span text, const struct frame_in *f, bool timed)
{
	struct dump *dump = &d->dump;
	struct buf bytes = { 0 };
	uint64_t offset = 0;
	bool dumped = take_dumped(dump, text, &bytes, &offset);
	bool taken = dumped || (f->protocol && dump_digits(text, dump->bytes.n && !timed ? 2 : LEAST_DIGITS, &bytes));
	bool anew = timed || (dumped ? offset == 0 : dump->offset != 0 || begins(f->protocol, buf_view(&bytes)));
	if (taken && (anew || bytes.n == 0))
		dump_end(d);
	if (taken && bytes.n)
		add(d, buf_view(&bytes), f, dumped);
	buf_free(&bytes);
	return taken;
}
