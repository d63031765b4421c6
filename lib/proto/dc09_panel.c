/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/dc09_panel.h"

#include "event/id.h"
#include "proto/dc09.h"
#include "util/checksum.h"
#include "util/hex.h"

static void put_decimal4(struct buf *out, unsigned value)
{
	uint8_t digits[4];
	for (unsigned i = 4; i-- > 0; value /= 10)
		digits[i] = (uint8_t)('0' + value % 10);
	buf_add(out, digits, sizeof digits);
}

static void put_body(struct buf *out, const struct dc09_message *m, const struct key *key, const uint8_t *chance)
{
	buf_byte(out, '"');
	if (key)
		buf_byte(out, '*');
	buf_span(out, m->token);
	buf_byte(out, '"');
	put_decimal4(out, m->seq);
	if (m->has_receiver) {
		buf_byte(out, 'R');
		buf_span(out, m->receiver);
	}
	buf_byte(out, 'L');
	buf_span(out, m->line);
	if (m->account.n) {
		buf_byte(out, '#');
		buf_span(out, m->account);
	}
	buf_byte(out, '[');
	if (key) {
		dc09_put_sealed(out, m->body, m->sent, key, chance);
		return;
	}
	buf_span(out, m->body);
	if (m->sent != CLOCK_NONE)
		dc09_put_timestamp(out, m->sent);
}

int dc09_compose(const struct dc09_message *m, const struct key *key, const uint8_t chance[static 16], struct buf *out)
{
	size_t began = dc09_begin(out, 0);
	put_body(out, m, key, chance);
	return dc09_end(out, began, 0);
}

struct span dc09_body(const struct signal *s)
{
	struct span body = s->content;
	if (body.n >= DC09_TIMESTAMP) {
		struct span tail = span_from(body, body.n - DC09_TIMESTAMP);
		if (tail.p[0] == '_' && span_find(span_from(tail, 1), ']') < 0)
			body.n -= DC09_TIMESTAMP;
	}
	return body;
}

unsigned dc09_seq_for(struct span text)
{
	struct id id;
	uint64_t n = id_parse(text, &id) == 0 ? id.seq : hash_bytes(HASH_START, text);
	return (unsigned)((n ? n - 1 : 0) % DC09_SEQ_MOST) + 1;
}

static enum answer answer_of(struct span token)
{
	if (span_is(token, "ACK") || span_is(token, "RSP"))
		return A_ACK;
	if (span_is(token, "NAK"))
		return A_NAK;
	return span_is(token, "DUH") ? A_DUH : A_NONE;
}

static bool seq_fits(const struct signal *s, const struct dc09_message *m)
{
	unsigned seq = 0;
	for (size_t i = 0; i < s->seq.n; i++) {
		if (!is_digit(s->seq.p[i]))
			return false;
		seq = seq * 10 + (s->seq.p[i] - '0');
	}
	return m->seq > DC09_SEQ_MOST || seq == m->seq;
}

static bool account_fits(const struct signal *s, const struct dc09_message *m)
{
	return s->account.n == 0 || m->account.n == 0 || span_eq_nocase(s->account, m->account);
}

enum dc09_match dc09_reply_read(struct span frame, const struct dc09_message *m, const struct key *key,
                                struct buf *opened, struct dc09_reply *reply)
{
	struct signal s = { 0 };
	protocol_find(SPAN("dc09"))->read(frame, &s);
	*reply = (struct dc09_reply){
		.answer = answer_of(s.token), .clear = key && !s.encrypted, .command = span_is(s.token, "RSP"),
		.time = s.sent, .seq = s.seq, .account = s.account,
	};
	if (reply->answer == A_NONE)
		return MATCH_NONE;
	if (reply->answer == A_NAK)
		return MATCH_YES;
	if (!seq_fits(&s, m) || !account_fits(&s, m))
		return MATCH_OTHER;
	struct context cx = { .key = key, .opened = opened };
	if (s.encrypted && (!key || protocol_find(SPAN("dc09"))->open(&s, &cx) != V_OK))
		return MATCH_CLOSED;
	return MATCH_YES;
}
