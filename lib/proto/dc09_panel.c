/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/dc09_panel.h"

#include "crypto/crypto.h"
#include "event/id.h"
#include "util/checksum.h"
#include "util/hex.h"

#define BODY_MOST 4095	/* the length field has three digits */
#define TIMESTAMP 20	/* _HH:MM:SS,MM-DD-YYYY */

static void put_decimal(struct buf *out, unsigned value, unsigned wide)
{
	uint8_t *p = buf_reserve(out, wide);
	for (unsigned i = wide; i-- > 0; value /= 10)
		p[i] = (uint8_t)('0' + value % 10);
	out->n += wide;
}

static void put_timestamp(struct buf *out, msec t)
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

/* Padding, |, content and time fill whole blocks; a full one of padding
 * where they would without. */
static void put_sealed(struct buf *out, const struct dc09_message *m, const struct key *key, const uint8_t *chance)
{
	struct buf plain = { 0 };
	size_t text = 1 + m->body.n + TIMESTAMP;
	put_padding(&plain, chance, 16 - text % 16);
	buf_byte(&plain, '|');
	buf_span(&plain, m->body);
	put_timestamp(&plain, m->sent);
	aes_cbc_encrypt(key->bytes, key->n, plain.p, plain.p, plain.n);
	hex_upper(out, buf_view(&plain));
	wipe(plain.p, plain.n);
	buf_free(&plain);
}

static void put_body(struct buf *out, const struct dc09_message *m, const struct key *key, const uint8_t *chance)
{
	buf_byte(out, '"');
	if (key)
		buf_byte(out, '*');
	buf_span(out, m->token);
	buf_byte(out, '"');
	put_decimal(out, m->seq, 4);
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
		put_sealed(out, m, key, chance);
		return;
	}
	buf_span(out, m->body);
	if (m->sent != CLOCK_NONE)
		put_timestamp(out, m->sent);
}

static void put_hex4(uint8_t *p, unsigned value)
{
	static const char digits[] = "0123456789ABCDEF";
	for (unsigned i = 4; i-- > 0; value >>= 4)
		p[i] = (uint8_t)digits[value & 15];
}

int dc09_compose(const struct dc09_message *m, const struct key *key, const uint8_t chance[static 16], struct buf *out)
{
	size_t began = out->n;
	buf_lit(out, "\nCCCC0LLL");
	size_t body = out->n;
	put_body(out, m, key, chance);
	struct span written = span_of(out->p + body, out->n - body);
	if (written.n > BODY_MOST) {
		out->n = began;
		return -1;
	}
	put_hex4(out->p + began + 1, crc16_arc(0, written));
	put_hex4(out->p + began + 5, (unsigned)written.n);
	buf_byte(out, '\r');
	return 0;
}

struct span dc09_body(const struct signal *s)
{
	struct span body = s->content;
	if (body.n >= TIMESTAMP) {
		struct span tail = span_from(body, body.n - TIMESTAMP);
		if (tail.p[0] == '_' && span_find(span_from(tail, 1), ']') < 0)
			body.n -= TIMESTAMP;
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
