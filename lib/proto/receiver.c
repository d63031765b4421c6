/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cutting the records of a receiver apart.  Most have no checksum: their
 * width is their only check, so a record counts when all of it has the form
 * of its type.  What stands in front of one is noise, and never hides it. */
#include "proto/receiver.h"
#include "util/hex.h"

bool receiver_is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

bool receiver_is_word(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool receiver_all(struct span s, bool (*is)(uint8_t c))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return true;
}

static bool is_printed(uint8_t c)
{
	return c >= ' ' && c != 0x7F;
}

bool receiver_is_printed(struct span s)
{
	return receiver_all(s, is_printed);
}

bool receiver_is_field(struct span s)
{
	while (s.n && s.p[0] == ' ')
		s = span_from(s, 1);
	return receiver_all(s, receiver_is_word);
}

static bool is_whole(const struct receiver_borders *b, struct span text)
{
	struct receiver_record r = { 0 };
	return b->parse(text, &r) == V_OK;
}

/* A record's LF belongs to it. */
static size_t before_fill(const struct receiver_borders *b, struct span s, size_t at)
{
	while (at > 1 && b->is_fill(s.p[at - 1]))
		at--;
	return at;
}

static bool could_begin(const struct receiver_borders *b, struct span text, size_t at)
{
	return !(b->stands_alone && receiver_is_word(text.p[at - 1])) && b->begins(span_from(text, at));
}

/* A whole record behind noise: where it begins; the text's length when there is none. */
static size_t record_behind(const struct receiver_borders *b, struct span text)
{
	size_t at = 1;
	while (at < text.n && !(could_begin(b, text, at) && is_whole(b, span_from(text, at))))
		at++;
	return at < text.n ? before_fill(b, text, at) : at;
}

/* n bytes are a text with what stands around it: what are they? */
static enum verdict judge(const struct receiver_borders *b, struct span in, size_t fill, size_t n, struct span text,
                          struct span *frame)
{
	*frame = span_sub(in, 0, n);
	if (is_whole(b, text))
		return V_OK;
	size_t first = b->run ? b->run(text) : 0;
	if (first) {
		*frame = span_sub(in, 0, fill + first);
		return V_OK;
	}
	size_t at = record_behind(b, text);
	if (at < text.n) {
		*frame = span_sub(in, 0, fill + at);
		return V_NOT_MINE;
	}
	bool ended = fill + text.n < n;
	if (ended && b->is_strange && b->is_strange(text))
		return V_OK;
	return b->begins(text) || (ended && b->end_is_proof) ? V_BAD_CHECK : V_NOT_MINE;
}

/* Bytes in front of where a record could begin. */
static size_t noise(const struct receiver_borders *b, struct span s)
{
	size_t n = 1;
	while (n < s.n && !could_begin(b, s, n))
		n++;
	return n < s.n ? before_fill(b, s, n) : n;
}

/* What stands in front of a text: a header, where there is one, and fill. */
static size_t lead(const struct receiver_borders *b, struct span in, bool at_end)
{
	size_t n = b->header ? b->header(in) : 0;
	if (n == SIZE_MAX && !at_end)
		return n;
	for (n = n == SIZE_MAX ? 0 : n; n < in.n && b->is_fill(in.p[n]); n++)
		;
	return n;
}

enum verdict receiver_frame(const struct receiver_borders *b, struct span in, bool at_end, struct span *frame)
{
	size_t fill = lead(b, in, at_end);
	if (fill == SIZE_MAX) {
		*frame = span_sub(in, 0, 0);
		return V_MORE;
	}
	struct span rest = span_from(in, fill);
	*frame = span_sub(in, 0, fill);
	if (rest.n == 0)
		return at_end ? V_NOT_MINE : V_MORE;
	ptrdiff_t end = b->end(span_sub(rest, 0, b->most));
	if (end >= 0)
		return judge(b, in, fill, fill + (size_t)end + 1, span_sub(rest, 0, (size_t)end), frame);
	if (rest.n >= b->most && b->begins(rest)) {	/* one may have begun in the second half */
		*frame = span_sub(in, 0, fill + b->most / 2);
		return V_BAD_CHECK;
	}
	if (at_end && rest.n < b->most)
		return judge(b, in, fill, in.n, rest, frame);
	if (b->begins(rest))
		return V_MORE;
	*frame = span_sub(in, 0, fill + noise(b, rest));
	return V_NOT_MINE;
}

/* Without what stands around it. */
static struct span text_of(const struct receiver_borders *b, struct span frame)
{
	frame = span_from(frame, lead(b, frame, true));
	ptrdiff_t end = b->end(frame);
	return end >= 0 && (size_t)end + 1 == frame.n ? span_sub(frame, 0, (size_t)end) : frame;
}

static void put_note(struct receiver_record *r, const char *key, struct span value)
{
	size_t i = 0;
	while (i + 1 < sizeof r->note / sizeof *r->note && r->note[i].key)
		i++;
	r->note[i] = (struct receiver_note){ key, value };
}

enum verdict receiver_parse(const struct receiver_borders *b, struct span frame, struct receiver_record *r)
{
	struct span text = text_of(b, frame);
	size_t header = b->header ? b->header(frame) : 0;
	*r = (struct receiver_record){ 0 };
	enum verdict v = b->parse(text, r);
	if (v != V_OK && b->is_strange && b->is_strange(text)) {
		*r = (struct receiver_record){ .text = text };
		v = V_OK;
	}
	if (v == V_OK && header && header != SIZE_MAX) {
		put_note(r, "header", span_sub(frame, 0, header));
		r->warnings |= WARN(HEADER_UNKNOWN);
	}
	return v;
}

/* One put together stands nowhere in the frame, so the signal keeps it. */
static struct span account_in(struct signal *s, const struct receiver_record *r)
{
	struct span joined = span_of(r->joined, sizeof r->joined), account = r->account;
	bool borrowed = account.n && account.p >= joined.p && account.p < joined.p + joined.n;
	if (!borrowed || account.n > sizeof s->digits)
		return account;
	memcpy(s->digits, account.p, account.n);
	return span_of(s->digits, account.n);
}

enum verdict receiver_read(const struct receiver_borders *b, struct span frame, struct signal *s)
{
	struct receiver_record r;
	struct span text = text_of(b, frame);
	enum verdict v = receiver_parse(b, frame, &r);
	*s = (struct signal){
		.frame = frame, .sent = CLOCK_NONE, .seq = r.seq, .receiver = r.receiver, .line = r.line,
		.has_receiver = r.receiver.n, .has_line = r.line.n,
		.has_account = r.account.n, .content = text, .payload = text,
		.identity = text, .warnings = r.warnings, .poll = v == V_OK && r.what == RX_HEARTBEAT,
		.is_answer = v == V_OK && r.what == RX_HOST,
		.of_receiver = r.what == RX_STATUS || r.what == RX_HEARTBEAT || r.what == RX_TEXT,
	};
	s->account = account_in(s, &r);
	if (v != V_OK && !s->warnings)
		s->warnings = WARN(WIDTH_BAD);
	bool ours = v == V_OK || b->begins(text) || (b->end_is_proof && b->end(frame) >= 0);
	return ours ? v : V_NOT_MINE;
}

const char *receiver_stranger(struct span in)
{
	return protocol_stranger(in);
}

/* The usual end with other bits: 7 bits and odd parity read as 8; 14 typed for a decimal number. */
const char *receiver_misset(const struct receiver_borders *b, struct span in)
{
	uint8_t plain[64];
	size_t n = 0;
	bool parity = false;
	while (n < in.n && b->is_fill(in.p[n]) && in.p[n] != 0x0E)
		in = span_from(in, 1);
	for (; n < in.n && n < sizeof plain && in.p[n] != 0x0E && (in.p[n] & 0x7F) != 0x14; n++) {
		parity |= in.p[n] & 0x80;
		plain[n] = in.p[n] & 0x7F;
	}
	if (n == in.n || !is_whole(b, span_of(plain, n)))
		return NULL;
	if (parity || in.p[n] == 0x94)
		return N_("seven data bits and parity on a line set to eight: mode=7e1 or 7o1");
	return in.p[n] == 0x0E ? N_("records that end in 0E instead of 14: the receiver's terminator was typed in decimal") : NULL;
}

bool receiver_okay(struct span text, struct receiver_record *r)
{
	if (text.n < 9 || !span_is(span_sub(text, 2, 7), " OKAY @") || span_trim(span_from(text, 9)).n ||
	    !receiver_all(span_sub(text, 0, 2), receiver_is_word))
		return false;
	r->what = RX_HEARTBEAT;
	r->receiver = span_sub(text, 0, 1);
	r->line = span_sub(text, 1, 1);
	return true;
}

bool receiver_high_speed(struct span channels, struct receiver_record *r)
{
	if (channels.n != 11 || channels.p[4] != ' ' || channels.p[9] != ' ')
		return false;
	memcpy(r->joined, channels.p, 4);
	memcpy(r->joined + 4, channels.p + 5, 4);
	r->joined[8] = channels.p[10];
	r->format = "ademco-hs";
	r->code = span_of(r->joined, 9);
	return receiver_all(r->code, is_digit);
}

void receiver_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	(void)s;
	(void)cx;
	if (a != A_NONE)
		buf_byte(out, a == A_NAK ? RECEIVER_NAK : RECEIVER_ACK);
}

/* The record's own events are made in receiver_events.c from the same bytes. */
enum verdict receiver_events(const struct receiver_borders *b, const char *proto, const struct signal *s, enum language language,
                             struct event_list *list)
{
	struct receiver_record r;
	if (receiver_parse(b, s->frame, &r) != V_OK)	/* somebody wants to see it all the same */
		r = (struct receiver_record){ .text = text_of(b, s->frame), .warnings = s->warnings };
	if (r.what != RX_HOST && r.what != RX_HEARTBEAT)
		receiver_put_events(&r, proto, language, list);
	return V_OK;
}
