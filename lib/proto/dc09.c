/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIA DC-09: IP reporting.  A frame's body, and what its parts mean.
 *
 *	"SIA-DCS" 0002 R1 L0 #1234 [ #1234|Nri1/BA12 ] [M0050C2000001] _12:00:00,01-31-2026
 *	token     seq  rcvr line account  data          extended data   timestamp, GMT
 *
 * R is optional, L mandatory (not for every panel), the account in all but
 * NAK.  R and L are text to print and to echo, not numbers to compute with. */
#include "proto/dc09.h"
#include "util/charset.h"
#include "util/cursor.h"
#include "util/hex.h"

/* Whose data we can read.  Tokens of the DC-07 list that hardly any panel
 * sends, and those of makers, are acknowledged and handed on as they are. */
static const struct token {
	struct span name;
	const struct format *format;
	warnings warnings;
	bool answer, poll;
} tokens[] = {
	{ SPAN("SIA-DCS"), &format_sia, 0, false, false },
	{ SPAN("ADM-CID"), &format_cid, 0, false, false },
	{ SPAN("NULL"), NULL, 0, false, true },
	{ SPAN("ACK"), NULL, 0, true, false },
	{ SPAN("NAK"), NULL, 0, true, false },
	{ SPAN("DUH"), NULL, 0, true, false },
	{ SPAN("RSP"), &format_sia, 0, true, false },
	{ SPAN("HENG-BO"), &format_cid, WARN(TOKEN_VENDOR), false, false },
	{ SPAN("VIS-BBA"), NULL, WARN(TOKEN_VENDOR), false, false },
	{ SPAN("VIS-ACK"), NULL, WARN(TOKEN_VENDOR), false, false },
	{ SPAN("MODULE_REG"), NULL, WARN(TOKEN_VENDOR), false, false },
	{ SPAN("REG-RSP"), NULL, WARN(TOKEN_VENDOR), false, false },
	{ SPAN("SIA-PUL"), NULL, 0, false, false }, { SPAN("SIA-S2K"), NULL, 0, false, false }, { SPAN("ACR-SF"), NULL, 0, false, false },
	{ SPAN("ADM-41E"), NULL, 0, false, false }, { SPAN("ADM-42E"), NULL, 0, false, false }, { SPAN("ADM-HS"), NULL, 0, false, false },
	{ SPAN("DSC-43"), NULL, 0, false, false }, { SPAN("FBI-SF"), NULL, 0, false, false }, { SPAN("ITI-I"), NULL, 0, false, false },
	{ SPAN("SCN-S8"), NULL, 0, false, false }, { SPAN("SES-SS"), NULL, 0, false, false }, { SPAN("SK-FSK1"), NULL, 0, false, false },
	{ SPAN("SK-FSK2"), NULL, 0, false, false },
};

static const struct token *token_find(struct span name)
{
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		if (span_eq(name, tokens[i].name))
			return &tokens[i];
	return NULL;
}

static const char *token_name(unsigned i)
{
	return i < sizeof tokens / sizeof *tokens ? (const char *)tokens[i].name.p : NULL;
}

static bool has_small_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'f')
			return true;
	return false;
}

static bool all(struct span s, bool (*is)(uint8_t))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return true;
}

static bool is_zero(uint8_t c)
{
	return c == '0';
}

static warnings border_warnings(const struct dc09_shape *s)
{
	warnings w = 0;
	w |= s->crc_good ? 0 : WARN(CRC_BAD);
	w |= s->binary ? WARN(CRC_BINARY) : 0;
	w |= s->crc_covers_cr ? WARN(CRC_INCLUDES_CR) : 0;
	w |= !s->binary && has_small_hex(s->crc_field) ? WARN(CRC_LOWERCASE) : 0;
	w |= s->length_counts_cr ? WARN(LENGTH_INCLUDES_CR) : s->length_good ? 0 : WARN(LENGTH_BAD);
	w |= has_small_hex(s->length_field) ? WARN(LENGTH_LOWERCASE) : 0;
	w |= s->lf ? 0 : WARN(LF_MISSING);
	w |= s->cr ? 0 : WARN(CR_MISSING);
	w |= s->nuls ? WARN(NUL_AFTER_CR) : 0;
	return w;
}

static bool ends_in_timestamp(struct span text)
{
	if (text.n < DC09_TIMESTAMP)
		return false;
	const uint8_t *p = text.p + text.n - DC09_TIMESTAMP;
	return p[0] == '_' && p[3] == ':' && p[6] == ':' && p[9] == ',' && p[12] == '-' && p[15] == '-';
}

msec dc09_timestamp(struct span text, bool *found)
{
	struct civil c = { 0 };
	int century, year;
	*found = ends_in_timestamp(text);
	const uint8_t *p = *found ? text.p + text.n - DC09_TIMESTAMP : text.p;
	if (!*found || !two_digits(p + 1, &c.hour) || !two_digits(p + 4, &c.minute) || !two_digits(p + 7, &c.second) ||
	    !two_digits(p + 10, &c.month) || !two_digits(p + 13, &c.day) || !two_digits(p + 16, &century) ||
	    !two_digits(p + 18, &year))
		return CLOCK_NONE;
	c.year = century * 100 + year;
	return clock_from_civil(&c);
}

static bool is_extended(struct span s)
{
	return s.n > 2 && s.p[0] == '[' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

/* Extended data from `at` on; gives where they end. */
static size_t skip_extended(struct span s, size_t at)
{
	while (is_extended(span_from(s, at))) {
		ptrdiff_t end = span_find(span_from(s, at), ']');
		if (end < 0)
			break;
		at += (size_t)end + 1;
	}
	return at;
}

/* Nothing more, or the time alone. */
static bool is_end(struct span s)
{
	return s.n == 0 || (s.n == DC09_TIMESTAMP && ends_in_timestamp(s));
}

/* Where the data's ] stands.  Users name their zones, so ] and [ occur inside
 * texts: the first ] behind which all is extended data and a time; else the
 * first at all.  One pass, whatever a stranger sends: a run of extended data
 * goes from each ] to the next. */
static ptrdiff_t end_of_data(struct span s)
{
	ptrdiff_t first = span_find(s, ']'), run = -1;
	for (ptrdiff_t at = first, next; at >= 0; at = next < 0 ? -1 : at + 1 + next) {
		struct span behind = span_from(s, (size_t)at + 1);
		run = run < 0 ? at : run;
		if (is_end(behind))
			return run;
		if (!is_extended(behind))
			run = -1;
		next = span_find(behind, ']');
	}
	return first;
}

static bool looks_like_account(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= 'a' && s.p[i] <= 'z'))
			return false;
	return s.n >= 1 && s.n <= 16;
}

/* "#1234|", "1234|", "|" or nothing in front of the payload. */
static void split_account(struct signal *s, struct span data)
{
	ptrdiff_t bar = span_find(data, '|');
	struct span before = span_sub(data, 0, bar < 0 ? 0 : (size_t)bar);
	bool hash = data.n && data.p[0] == '#';
	s->payload = data;
	if (bar >= 0 && (hash || looks_like_account(before) || before.n == 0)) {
		s->inner_account = span_from(before, hash);
		s->payload = span_from(data, (size_t)bar + 1);
		if (before.n == 0)
			s->warnings |= s->format ? WARN(INNER_ACCOUNT_MISSING) : 0;
		else if (!hash)
			s->warnings |= WARN(INNER_ACCOUNT_NO_HASH);
	} else if (hash) {
		s->inner_account = span_from(data, 1);
		s->payload = span_from(data, data.n);
	} else if (data.n && s->format) {
		s->warnings |= WARN(INNER_ACCOUNT_MISSING);
	}
	if (s->inner_account.n && s->account.n && !span_eq_nocase(s->inner_account, s->account))
		s->warnings |= WARN(INNER_ACCOUNT_DIFFERS);
}

/* A hub's link test carries "0000 00 000", which is no event. */
static void judge_poll(struct signal *s)
{
	bool zero = span_is(s->payload, "0000 00 000");
	if (zero)
		s->warnings |= WARN(NULL_WITH_DATA);
	s->poll = s->extended.n == 0 && (s->payload.n == 0 || zero);
}

static bool is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20)
			return false;
	return true;
}

/* A missing CR is none of them: the network may have cut there. */
static const warnings refused_by_strict = WARN(CRC_INCLUDES_CR) | WARN(LENGTH_INCLUDES_CR) | WARN(LENGTH_BAD) |
	WARN(LINE_MISSING) | WARN(ACCOUNT_MISSING) | WARN(TRAILING_BYTES) | WARN(LF_MISSING);

enum verdict dc09_content(struct signal *s, struct span clear)
{
	const struct token *token = token_find(s->token);
	ptrdiff_t end = end_of_data(clear);
	bool found;
	s->content = clear;
	s->warnings |= end < 0 ? WARN(STRUCTURE_BAD) : 0;
	s->sent = dc09_timestamp(clear, &found);
	if (found && s->sent == CLOCK_NONE)
		s->warnings |= WARN(TIMESTAMP_INVALID);
	size_t data = end < 0 ? clear.n - (found ? DC09_TIMESTAMP : 0) : (size_t)end;
	size_t behind = end < 0 ? data : skip_extended(clear, data + 1);
	s->extended = end < 0 ? (struct span){ 0 } : span_sub(clear, data + 1, behind - data - 1);
	s->identity = span_sub(clear, 0, behind);
	struct span rest = span_from(clear, behind);
	if (end >= 0 && !is_end(rest)) {
		s->warnings |= WARN(TRAILING_BYTES);
		if (rest.n > DC09_TIMESTAMP)	/* stale bytes behind the time */
			s->sent = dc09_timestamp(span_sub(rest, 0, DC09_TIMESTAMP), &found);
	}
	if (end > 0 && span_find(span_sub(clear, 0, data), ']') >= 0)
		s->warnings |= WARN(BRACKETS_IN_TEXT);
	s->format = token ? token->format : NULL;
	split_account(s, span_sub(clear, 0, data));
	if (!is_ascii(clear) && is_utf8(clear))
		s->warnings |= WARN(UTF8_TEXT);
	if (!is_text(s->payload))
		s->warnings |= WARN(BINARY_PAYLOAD);
	if (token && token->poll)
		judge_poll(s);
	if (span_is(s->token, "NAK") && s->sent == CLOCK_NONE)
		s->warnings |= WARN(NAK_WITHOUT_TIME);
	s->lenient_only = s->warnings & refused_by_strict;
	return V_OK;
}

/* Installers type words for numbers, with accents in them. */
static bool is_address_byte(uint8_t c)
{
	return c > ' ' && c != '[' && c != '#' && c != 0x7F;
}

/* What stands in front of the account and is no part of the address: the
 * account is what matters. */
static void skip_to_account(struct cursor *c, struct signal *s)
{
	if (cursor_peek(c) == '#')
		return;
	ptrdiff_t bracket = span_find(c->rest, '['), hash = span_find(c->rest, '#');
	if (hash > 0 && (bracket < 0 || hash < bracket)) {
		s->warnings |= WARN(STRUCTURE_BAD);
		cursor_take(c, (size_t)hash);
	}
}

/* What stands between the token and the [.  Whatever does not fit is passed
 * over: the frame is intact, so it is an alarm all the same. */
static void read_address(struct cursor *c, struct signal *s)
{
	s->seq = cursor_while(c, is_hex, 4);
	if (cursor_skip(c, 'R')) {
		s->has_receiver = true;
		s->receiver = cursor_while(c, is_hex, 16);
	}
	if (cursor_skip(c, 'L')) {
		s->has_line = true;
		s->line = cursor_while(c, is_address_byte, 16);
		s->warnings |= all(s->line, is_hex) ? 0 : WARN(STRUCTURE_BAD);
	}
	skip_to_account(c, s);
	if (cursor_skip(c, '#')) {
		s->has_account = true;
		s->account = cursor_while(c, is_address_byte, 64);
	}
}

/* "L0A0": the only frame whose account has a letter instead of #. */
static void split_nak_account(struct signal *s)
{
	ptrdiff_t a = span_find(s->line, 'A');
	if (a >= 0 && !s->has_account) {
		s->account = span_from(s->line, (size_t)a + 1);
		s->line = span_sub(s->line, 0, (size_t)a);
		s->has_account = true;
	}
}

/* Link tests are numbered 0000, events never; NAK always. */
static warnings number_warnings(const struct signal *s, const struct token *token)
{
	bool zero = all(s->seq, is_zero);
	if (token && token->poll)
		return zero ? 0 : WARN(NULL_NONZERO_SEQ);
	if (span_is(s->token, "NAK"))
		return zero ? 0 : WARN(NAK_NONZERO_SEQ);
	return zero && s->seq.n && !s->is_answer ? WARN(EVENT_ZERO_SEQ) : 0;
}

static warnings address_warnings(const struct signal *s)
{
	bool answer = s->is_answer;
	warnings w = 0;
	w |= s->has_line ? s->line.n == 0 ? WARN(LINE_EMPTY) : 0 : answer ? 0 : WARN(LINE_MISSING);
	w |= s->account.n || answer ? 0 : WARN(ACCOUNT_MISSING);
	w |= all(s->account, is_hex) ? 0 : WARN(ACCOUNT_NOT_HEX);
	w |= has_small_hex(s->receiver) ? WARN(RECEIVER_LOWERCASE) : 0;
	return w;
}

enum verdict dc09_read_body(struct span body, struct signal *s)
{
	struct cursor c = cursor_over(body);
	cursor_expect(&c, '"');
	s->encrypted = cursor_skip(&c, '*');
	s->token = cursor_until(&c, '"');
	if (!cursor_ok(&c) || s->token.n == 0 || !is_text(s->token)) {
		s->warnings |= WARN(STRUCTURE_BAD);
		return V_MALFORMED;
	}
	const struct token *token = token_find(s->token);
	s->is_answer = token && token->answer;
	s->warnings |= token ? token->warnings : WARN(TOKEN_UNKNOWN);
	read_address(&c, s);
	if (span_is(s->token, "NAK"))
		split_nak_account(s);
	s->warnings |= address_warnings(s) | number_warnings(s, token);
	ptrdiff_t bracket = span_find(c.rest, '[');
	s->warnings |= s->seq.n != 4 || bracket != 0 ? WARN(STRUCTURE_BAD) : 0;
	struct span content = span_from(c.rest, bracket < 0 ? c.rest.n : (size_t)bracket + 1);
	if (s->encrypted) {
		s->content = content;
		s->warnings |= has_small_hex(content) ? WARN(CIPHER_LOWERCASE) : 0;
	} else {
		dc09_content(s, content);
	}
	s->lenient_only = s->warnings & refused_by_strict;
	return V_OK;
}

static enum verdict read(struct span frame, struct signal *s)
{
	struct dc09_shape shape;
	*s = (struct signal){ .frame = frame, .sent = CLOCK_NONE };
	enum verdict v = dc09_shape(frame, true, &shape);
	if (v == V_NOT_MINE)
		return v;
	s->form = shape.binary ? DC09_BINARY_CRC : 0;
	s->warnings = border_warnings(&shape);
	return dc09_read_body(shape.body, s) == V_OK ? v : V_MALFORMED;
}

static enum verdict frame(struct span in, bool at_end, struct span *frame)
{
	struct dc09_shape shape;
	enum verdict v = dc09_shape(in, at_end, &shape);
	*frame = span_sub(in, 0, v == V_MORE ? shape.fill : shape.n);
	return v;
}

static enum verdict content_of_record(struct signal *s, const struct context *cx)
{
	return dc09_content(s, cx->clear);
}

const struct protocol protocol_dc09 = {
	.name = "dc09", .title = N_("SIA DC-09, reporting over IP"), .coverage = N_("complete; what other tokens than SIA-DCS and ADM-CID carry is handed on as it is"), .proof = BY_CRC, .most = DC09_MOST, .token = token_name,
	.frame = frame, .read = read, .open = dc09_open, .content = content_of_record, .answer = dc09_answer,
	.events = dc09_events, .explain = dc09_explain, .neighbour = dc09_neighbour,
};
