/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What technicians paste: a frame out of a log, with or without its LF and
 * CR, with its control bytes written as \r, \x0D or <0D>; a line of a
 * recorded wire, TIME PATH FRAME. */
#include "decode.h"
#include "event/explain.h"
#include "util/hex.h"

#define WORDS_MOST 1024

static const struct {
	struct span written;
	uint8_t byte;
} escapes[] = {
	{ SPAN("\\n"), '\n' }, { SPAN("\\r"), '\r' }, { SPAN("\\t"), '\t' }, { SPAN("\\0"), '\0' }, { SPAN("\\\""), '"' }, { SPAN("\\\\"), '\\' },
	{ SPAN("<LF>"), '\n' }, { SPAN("<CR>"), '\r' }, { SPAN("<NUL>"), '\0' }, { SPAN("<DC4>"), 0x14 }, { SPAN("<SOH>"), 0x01 },
	{ SPAN("<STX>"), 0x02 }, { SPAN("<ETX>"), 0x03 }, { SPAN("<ENQ>"), 0x05 }, { SPAN("<ACK>"), 0x06 }, { SPAN("<NAK>"), 0x15 },
	{ SPAN("<ESC>"), 0x1B }, { SPAN("<HT>"), '\t' }, { SPAN("<TAB>"), '\t' },
	{ SPAN("\xE2\x90\x8A"), '\n' }, { SPAN("\xE2\x90\x8D"), '\r' },	/* the pictures of LF and CR */
};

/* \x0D, <0D>, \u000d: gives how many characters it is written with, 0 for none. */
static size_t hex_escape(struct span s, uint8_t *byte)
{
	static const struct {
		struct span begins;
		char ends;
	} forms[] = { { SPAN("\\x"), 0 }, { SPAN("\\u00"), 0 }, { SPAN("<0x"), '>' }, { SPAN("<"), '>' } };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t n = forms[i].begins.n;
		if (!span_starts(s, forms[i].begins) || s.n < n + 2 || !is_hex(s.p[n]) || !is_hex(s.p[n + 1]))
			continue;
		if (forms[i].ends && (s.n < n + 3 || s.p[n + 2] != (uint8_t)forms[i].ends))
			continue;
		*byte = (uint8_t)(hex_digit(s.p[n]) << 4 | hex_digit(s.p[n + 1]));
		return n + 2 + (forms[i].ends != 0);
	}
	return 0;
}

static size_t escape(struct span s, uint8_t *byte)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (span_starts(s, escapes[i].written)) {
			*byte = escapes[i].byte;
			return escapes[i].written.n;
		}
	return hex_escape(s, byte);
}

void pasted_bytes(struct span text, struct buf *out)
{
	while (text.n) {
		uint8_t byte = text.p[0];
		size_t n = escape(text, &byte);
		buf_byte(out, byte);
		text = span_from(text, n ? n : 1);
	}
}

/* TIME, or TIME KIND:SOURCE, in front of the rest. */
static struct span take_time(struct span line, struct frame_in *f)
{
	struct span rest = line, time, path;
	if (!span_word(&rest, &time) || clock_parse(time) == CLOCK_NONE)
		return line;
	f->at = clock_parse(time);
	struct span behind = rest;
	if (!span_word(&behind, &path))
		return span_trim(rest);
	ptrdiff_t colon = span_find(path, ':');
	if (colon <= 0 || (size_t)colon + 1 == path.n || span_find(path, '"') >= 0)
		return span_trim(rest);
	f->source = span_from(path, (size_t)colon + 1);
	return span_trim(behind);
}

enum verdict decode_look(const struct protocol *p, struct span bytes)
{
	enum verdict found = V_NOT_MINE;
	struct span piece;
	while (bytes.n) {
		enum verdict v = p->frame(bytes, true, &piece);
		if (v == V_OK)
			return V_OK;
		found = v == V_NOT_MINE ? found : V_BAD_CHECK;
		bytes = span_from(bytes, piece.n);
	}
	return found;
}

void pasted_id(struct decoder *d, struct frame_in *f)
{
	buf_reset(&d->id);
	buf_printf(&d->id, "%s.%s-%llu", buf_cstr(&d->node), d->epoch, (unsigned long long)++d->pasted);
	f->id = buf_view(&d->id);
}

static bool is_fill(uint8_t c)
{
	return c == '\0' || c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

/* The piece with the LF and CR that a log takes away. */
static struct span with_borders(struct decoder *d, struct span piece)
{
	size_t end = piece.n;
	while (piece.n && is_fill(piece.p[0]))
		piece = span_from(piece, 1), end--;
	while (end && piece.p[end - 1] == '\0')
		end--;
	buf_reset(&d->clear);
	buf_byte(&d->clear, '\n');
	buf_span(&d->clear, piece);
	if (end == 0 || piece.p[end - 1] != '\r')
		buf_byte(&d->clear, '\r');
	return buf_view(&d->clear);
}

/* A frame whose length is wrong shows its end by its CR alone: without, it
 * looks damaged.  What is damaged either way is told as it was pasted. */
static struct span restored(struct decoder *d, const struct protocol *p, struct span piece)
{
	struct span again, with = with_borders(d, piece);
	bool whole = p->frame(with, true, &again) == V_OK && again.n == with.n;
	return whole || (d->ignore_crc && again.n == with.n) ? with : piece;
}

void put_frame(struct buf *out, const struct frame_in *f)
{
	json_begin(out);
	json_str(out, KEY("type"), SPAN("frame"));
	json_str(out, KEY("id"), f->id);
	json_time(out, KEY("at"), f->at);
	json_str(out, KEY("proto"), span_str(f->protocol->name));
	if (f->source.n)
		json_str(out, KEY("source"), f->source);
	json_bytes(out, f->bytes);
	json_end(out);
	buf_byte(out, '\n');
}

void explain_noise(struct decoder *d, const struct frame_in *f)
{
	const struct protocol *p = f->protocol ? f->protocol : protocols[0];
	explain_stranger(&d->out, p->neighbour ? p->neighbour(f->bytes) : NULL, span_sub(f->bytes, 0, WORDS_MOST));
	d->bad = true;
}

static void no_frame(struct decoder *d, struct frame_in *f)
{
	pasted_id(d, f);
	if (d->explain)
		explain_noise(d, f);
	else
		decode_noise(d, f);
}

/* What stands around a frame in a line of a log is text, and short. */
static bool is_words(struct span s)
{
	bool text = s.n <= WORDS_MOST;
	for (size_t i = 0; text && i < s.n; i++)
		text = s.p[i] >= ' ' || s.p[i] == '\t' || s.p[i] == '\r' || s.p[i] == '\n';
	return text;
}

static void around(struct decoder *d, struct frame_in *f, struct span piece)
{
	if (is_words(piece))
		return;
	f->bytes = piece;
	no_frame(d, f);
}

void decode_pieces(struct decoder *d, struct frame_in *f, struct span bytes, bool of_log)
{
	struct span piece;
	f->bytes = bytes;
	if (decode_look(f->protocol, bytes) == V_NOT_MINE) {
		if (!of_log || d->protocol || d->explain || !hint_unnamed(d, f))
			no_frame(d, f);
		return;
	}
	if (!d->explain && decode_has_parts(d, f)) {
		pasted_id(d, f);
		decode_frame(d, f);
		return;
	}
	for (; bytes.n; bytes = span_from(bytes, piece.n)) {
		if (f->protocol->frame(bytes, true, &piece) == V_NOT_MINE) {
			if (of_log)
				around(d, f, piece);
			continue;
		}
		pasted_id(d, f);
		f->bytes = of_log ? restored(d, f->protocol, piece) : piece;
		if (d->explain)
			decode_explain(d, f);
		else if (!decode_frame(d, f))
			put_frame(&d->out, f);
	}
}

static bool fits(const struct decoder *d, struct event_list *list, struct span bytes)
{
	event_list_reset(list);
	return d->format->decode(bytes, d->language, list) == V_OK;
}

/* As it stands, unless only without its escapes it is one; of a binary
 * language, what its hexadecimal digits stand for. */
static void payload(struct decoder *d, struct frame_in *f, struct span text)
{
	f->protocol = NULL;
	f->bytes = text;
	buf_reset(&d->bytes);
	bool as_digits = d->format->binary && dump_digits(text, 2, &d->bytes);
	if (!as_digits)
		pasted_bytes(text, &d->bytes);
	if (as_digits || (!fits(d, &d->list, text) && fits(d, &d->list, buf_view(&d->bytes))))
		f->bytes = buf_view(&d->bytes);
	pasted_id(d, f);
	if (d->explain)
		decode_explain(d, f);
	else
		decode_payload(d, f);
}

void dots_to_blanks(struct buf *b)
{
	static const struct span dot = SPAN("\xC2\xB7");
	size_t n = 0;
	for (struct span rest = buf_view(b); rest.n; rest = span_from(rest, 1)) {
		bool is_dot = span_starts(rest, dot);
		b->p[n++] = is_dot ? ' ' : rest.p[0];
		rest = span_from(rest, is_dot);
	}
	b->n = n;
}

/* Some receivers' records are hexadecimal digits themselves: a frame as they stand, and none as what they stand for. */
static bool is_text_frame(struct decoder *d, const struct protocol *p, struct span text)
{
	if (d->dump.bytes.n || decode_look(p, text) != V_OK)
		return false;
	struct buf digits = { 0 };
	bool other = dump_digits(text, 2, &digits) && decode_look(p, buf_view(&digits)) != V_NOT_MINE;
	buf_free(&digits);
	return !other;
}

/* Escapes are read where that makes a frame of it, or at least no worse one:
 * a text may well hold a backslash. */
void decode_pasted(struct decoder *d, struct span line)
{
	struct frame_in f = { .at = clock_now(), .protocol = d->protocol ? d->protocol : protocols[0] };
	struct span text = take_time(line, &f);
	if (d->unnamed) {
		pasted_unnamed(d, &f, text, text.p != line.p);
		return;
	}
	if (d->format) {
		payload(d, &f, text);
		return;
	}
	if (!is_text_frame(d, f.protocol, text) && dump_take(d, text, &f, text.p != line.p))
		return;
	dump_end(d);
	buf_reset(&d->bytes);
	pasted_bytes(text, &d->bytes);
	if (decode_look(f.protocol, text) != V_OK && decode_look(f.protocol, buf_view(&d->bytes)) != V_OK)
		dots_to_blanks(&d->bytes);
	bool as_it_is = decode_look(f.protocol, text) == V_OK || decode_look(f.protocol, buf_view(&d->bytes)) == V_NOT_MINE;
	decode_pieces(d, &f, as_it_is ? text : buf_view(&d->bytes), true);
}
