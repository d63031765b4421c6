/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What technicians paste: a frame out of a log, with or without its LF and
 * CR, with its control bytes written as \r, \x0D or <0D>, or the whole as
 * hexadecimal digits; a line of a recorded wire, TIME PATH FRAME. */
#include "decode.h"
#include "util/hex.h"

#define LEAST_DIGITS 24	/* fewer are no frame */

/* Digits with blanks, colons, commas or 0x between them; false for anything else. */
static bool read_hex(struct span text, struct buf *out)
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
	good = good && digits.n >= LEAST_DIGITS && hex_decode(out, buf_view(&digits)) == 0;
	buf_free(&digits);
	return good;
}

static const struct {
	struct span written;
	uint8_t byte;
} escapes[] = {
	{ SPAN("\\n"), '\n' }, { SPAN("\\r"), '\r' }, { SPAN("\\0"), '\0' }, { SPAN("\\\""), '"' }, { SPAN("\\\\"), '\\' },
	{ SPAN("<LF>"), '\n' }, { SPAN("<CR>"), '\r' }, { SPAN("<NUL>"), '\0' },
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

static void read_text(struct span text, struct buf *out)
{
	while (text.n) {
		uint8_t byte = text.p[0];
		size_t n = escape(text, &byte);
		buf_byte(out, byte);
		text = span_from(text, n ? n : 1);
	}
}

/* TIME PATH in front of the frame. */
static struct span read_wire(struct span line, struct frame_in *f)
{
	struct span rest = line, time, path;
	if (!span_word(&rest, &time) || !span_word(&rest, &path) || clock_parse(time) == CLOCK_NONE)
		return line;
	f->at = clock_parse(time);
	f->source = span_from(path, (size_t)(span_find(path, ':') + 1));
	return span_trim(rest);
}

/* Finds the frame within a line of a log, and gives back the LF and CR that
 * logs take away. */
static bool find_frame(struct decoder *d, const struct protocol *p, struct buf *bytes)
{
	struct span in = buf_view(bytes), piece;
	while (in.n && p->frame(in, true, &piece) == V_NOT_MINE)
		in = span_from(in, piece.n);
	if (in.n == 0)
		return false;
	buf_reset(&d->clear);
	if (in.p[0] != '\n')
		buf_byte(&d->clear, '\n');
	buf_span(&d->clear, in);
	if (!memchr(in.p, '\r', in.n))
		buf_byte(&d->clear, '\r');
	return true;
}

static void each_frame(struct decoder *d, struct frame_in *f)
{
	struct span rest = buf_view(&d->clear), piece;
	while (rest.n) {
		enum verdict v = f->protocol->frame(rest, true, &piece);
		if (v == V_NOT_MINE && span_trim(piece).n == 0)
			return;
		buf_reset(&d->id);
		buf_printf(&d->id, "%s.%s-%llu", buf_cstr(&d->node), d->epoch, (unsigned long long)++d->pasted);
		f->id = buf_view(&d->id);
		f->bytes = piece;
		if (d->explain) {
			struct signal s;
			struct context cx = { .now = f->at, .opened = &d->opened };
			buf_reset(&d->opened);
			f->protocol->read(piece, &s);
			cx.key = keys_find(&d->keys, s.line, s.account);
			f->protocol->explain(piece, &cx, d->language, &d->out);
			d->bad |= v != V_OK;
		} else if (!decode_frame(d, f)) {
			decode_quiet(d, f);
		}
		rest = span_from(rest, piece.n);
	}
}

void decode_pasted(struct decoder *d, struct span line)
{
	struct frame_in f = { .at = clock_now(), .protocol = d->protocol ? d->protocol : protocols[0] };
	struct span text = read_wire(line, &f);
	buf_reset(&d->bytes);
	bool found = read_hex(text, &d->bytes) && find_frame(d, f.protocol, &d->bytes);
	if (!found) {
		buf_reset(&d->bytes);
		read_text(text, &d->bytes);
		found = find_frame(d, f.protocol, &d->bytes);
	}
	if (found) {
		each_frame(d, &f);
		return;
	}
	const char *other = f.protocol->neighbour ? f.protocol->neighbour(buf_view(&d->bytes)) : NULL;
	f.bytes = buf_view(&d->bytes);
	if (d->explain) {
		buf_printf(&d->out, "%s%s%s\n", _("no frame that we know"), other ? ": " : "", other ? other : "");
		d->bad = true;
		return;
	}
	buf_reset(&d->id);
	buf_printf(&d->id, "%s.%s-%llu", buf_cstr(&d->node), d->epoch, (unsigned long long)++d->pasted);
	f.id = buf_view(&d->id);
	decode_error(d, &f, other ? "neighbour" : "noise", other ? other : "bytes that are no frame", (struct span){ 0 });
}
