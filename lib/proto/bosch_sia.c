/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Radionics D6500 and Bosch D6600 in "SIA mode", after SIA DC-07.
 *
 *	LF CCCC LL T SSSS RR NN [#account|data] CR
 *
 *	C CRC-16/ARC and L length, both from T to ]   T the panel's format, HT for none
 *	S number, 0001 to 9999   R receiver   N line, 00 the receiver itself
 *
 * The answer is framed too: HT, the number and an empty block acknowledge,
 * number 0000 refuses; the byte 06 would be no answer and the record come
 * again for ever.  A numbered empty block is what a host's acknowledgement
 * looks like; off a receiver it is its link test. */
#include "event/explain.h"
#include "proto/surgard.h"
#include "util/checksum.h"
#include "util/cursor.h"
#include "util/hex.h"

#define CHECK 6		/* CRC and length */
#define ADDRESS 8	/* SSSSRRNN */
#define CESA 16		/* digits of a message of CESA 200 */

static bool is_format(uint8_t c)
{
	return c == '\t' || receiver_is_word(c);
}

static bool begins(struct span s)
{
	for (size_t i = 0; i < s.n && i < CHECK + 1 + ADDRESS + 1; i++)
		if (i < CHECK ? !is_hex(s.p[i]) : i == CHECK ? !is_format(s.p[i]) : i < CHECK + 1 + ADDRESS ? !is_digit(s.p[i]) : s.p[i] != '[')
			return false;
	return s.n > 0;
}

/* Five digits of account, then type and code of CESA 200, with their fill or without. */
static bool is_cesa(struct span account, struct span data)
{
	return account.n == 5 && (data.n == 3 || data.n == CESA - 5) && receiver_all(account, is_digit) && receiver_all(data, is_digit);
}

/* What the panel's format makes of the data. */
static void read_data(uint8_t format, struct span data, struct receiver_record *r)
{
	bool sia = data.n >= 2 && (data.p[0] == 'N' || data.p[0] == 'O');
	struct span cid = span_from(data, 2);
	if (format == 'a' && data.n == 11 && (span_is(span_sub(data, 0, 2), "18") || span_is(span_sub(data, 0, 2), "98"))) {
		r->format = "cid";
		r->cid = cid;
	} else if (sia) {
		r->format = "sia";
		r->sia = data;
	} else if (format == 'm') {
		r->format = "skfsk2";
		r->code = span_sub(data, 0, 2);
		r->zone = span_from(data, 2);
	} else if (format == 'k' && is_cesa(r->account, data)) {	/* the eight zeros behind them are the line's */
		memset(r->joined, '0', CESA);
		memcpy(r->joined, r->account.p, r->account.n);
		memcpy(r->joined + r->account.n, data.p, data.n);
		r->format = "cesa200";
		r->payload = span_of(r->joined, CESA);
	} else if (format == 'n') {
		r->format = "telim";
		r->code = data;
	} else {
		r->text = data;
	}
}

static bool read_block(struct span block, uint8_t format, struct receiver_record *r)
{
	ptrdiff_t bar = span_find(block, '|');
	if (block.n == 0) {
		r->what = span_is(r->seq, "0000") ? RX_HOST : RX_HEARTBEAT;
		return true;
	}
	if (format == 'l' && radionics_seriee(block, r))
		return true;
	if (block.p[0] != '#' || bar < 1)
		return false;
	r->account = span_trim(span_sub(block, 1, (size_t)bar - 1));
	r->what = span_is(r->account, "0000") ? RX_STATUS : RX_EVENT;
	read_data(format, span_from(block, (size_t)bar + 1), r);
	if (r->what == RX_STATUS && !r->sia.n)
		r->what = RX_EVENT;
	return true;
}

/* The refusal names the receiver, as far as it can be read. */
static enum verdict refuse(struct receiver_record *r, warnings why)
{
	*r = (struct receiver_record){ .warnings = why, .receiver = why & WARN(WIDTH_BAD) ? (struct span){ 0 } : r->receiver };
	return V_BAD_CHECK;
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	struct cursor c = cursor_over(text);
	uint32_t crc = cursor_digits(&c, 4, 16), length = cursor_digits(&c, 2, 16);
	struct span body = c.rest;
	uint8_t format = cursor_u8(&c);
	r->seq = cursor_take(&c, 4);
	r->receiver = cursor_take(&c, 2);
	r->line = cursor_take(&c, 2);
	cursor_expect(&c, '[');
	if (!cursor_ok(&c) || !begins(text) || cursor_end(&c) || body.p[body.n - 1] != ']')
		return refuse(r, WARN(WIDTH_BAD));
	if (body.n != length)
		return refuse(r, WARN(LENGTH_BAD));
	if (crc16_arc(0, body) != crc)
		return refuse(r, WARN(CRC_BAD));
	if (!read_block(span_sub(c.rest, 0, c.rest.n - 1), format, r))
		r->text = body;
	return V_OK;
}

static ptrdiff_t end(struct span s)
{
	return span_find(s, '\r');
}

static bool is_fill(uint8_t c)
{
	return c <= ' ';
}

static void answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	struct buf body = { 0 };
	(void)cx;
	if (a == A_NONE)
		return;
	struct span receiver = s->receiver.n == 2 ? s->receiver : SPAN("00");
	buf_byte(&body, '\t');
	buf_span(&body, a == A_NAK ? SPAN("0000") : s->seq);
	buf_span(&body, receiver);
	buf_span(&body, a == A_NAK ? SPAN("00") : s->line);
	buf_lit(&body, "[]");
	buf_printf(out, "\n%04X%02zX", crc16_arc(0, buf_view(&body)), body.n);
	buf_span(out, buf_view(&body));
	buf_byte(out, '\r');
	buf_free(&body);
}

static void explain_check_fields(struct span text, struct buf *out)
{
	struct cursor c = cursor_over(text);
	uint32_t crc = cursor_digits(&c, 4, 16), length = cursor_digits(&c, 2, 16);
	if (!cursor_ok(&c))
		return;
	explain_check(out, _("CRC"), 4, crc, crc16_arc(0, c.rest));
	explain_length(out, _("length"), length, c.rest.n);
}

static const char *const drawings[] = { "xxxxxxToooorrll[]", "xxxxxxToooorrll[#A+|*]", "xxxxxxToooorrll[*]", NULL };

static const struct receiver_borders borders = {
	.most = 1024, .is_fill = is_fill, .end = end, .begins = begins, .parse = parse, .drawings = drawings,
	.explain = explain_check_fields, .wait = N_("the framed answer; the byte 06 alone is none, and the record comes again for ever"),
};

RECEIVER_PROTOCOL_ANSWERED(bosch_sia, "bosch-sia", N_("Radionics D6500 and Bosch D6600, SIA mode"),
                           N_("partial: of the panels' formats SIA, Contact ID, Silent Knight FSK and SERIEE are read, others kept"),
                           borders, receiver_stranger, answer,
                           .proof = BY_CRC);
