/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal in words, put into the two event languages that every DC-09
 * receiver reads.
 *
 *	ADM-CID	#account|QEEE GG ZZZ	Q 1 new, 3 restored, 6 reported before;
 *					E event, G partition, Z zone or user
 *	SIA-DCS	#account|Nri1/BA003^text^
 *					N new, O old; ri partition; code and number
 *
 * A signal of another language goes out as the SIA code of the same kind and
 * category, its own code in the text. */
#include "event/code.h"
#include "message.h"
#include "util/hex.h"

static bool all(struct span s, bool (*is)(uint8_t))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return s.n > 0;
}

static bool is_letter(uint8_t c)
{
	c |= 0x20;
	return c >= 'a' && c <= 'z';
}

static bool is_cid(const struct signal_words *w)
{
	return (w->format.n == 0 || span_is(w->format, "cid")) && w->code.n == 3 && all(w->code, is_hex);
}

static bool is_sia(const struct signal_words *w)
{
	return (w->format.n == 0 || span_is(w->format, "sia")) && w->code.n == 2 && all(w->code, is_letter);
}

void message_put_text(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool border = c < 0x20 || c == 0x7F || (c < 0x80 && strchr("[]|^\"", c));
		buf_byte(out, border ? ' ' : c);
	}
}

static void put_field(struct buf *out, const char *letter, struct span text)
{
	if (text.n == 0)
		return;
	buf_printf(out, "[%s", letter);
	message_put_text(out, text);
	buf_byte(out, ']');
}

static char cid_qualifier(struct span q)
{
	return span_is(q, "R") ? '3' : span_is(q, "P") ? '6' : '1';
}

/* Digits filled with zeros in front; false, and zeros alone, where they do not fit. */
static bool put_digits(struct buf *out, struct span digits, size_t wide)
{
	while (digits.n > wide && digits.p[0] == '0')
		digits = span_from(digits, 1);
	bool fits = digits.n <= wide && (digits.n == 0 || all(digits, is_hex));
	size_t n = fits ? digits.n : 0;
	for (size_t i = n; i < wide; i++)
		buf_byte(out, '0');
	buf_add(out, digits.p, n);
	return fits;
}

static struct span number_of(const struct signal_words *w, const struct code *row)
{
	if (w->zone.n && w->user.n)
		return row && row->concern == ON_USER ? w->user : w->zone;
	return w->zone.n ? w->zone : w->user;
}

static void compose_cid(struct message *m, const struct signal_words *w)
{
	struct buf *out = &m->body;
	struct span number = number_of(w, code_cid(w->code));
	buf_lit(&m->token, "ADM-CID");
	buf_byte(out, (uint8_t)cid_qualifier(w->qualifier));
	buf_span(out, w->code);
	buf_byte(out, ' ');
	bool whole = put_digits(out, w->partition, 2);
	buf_byte(out, ' ');
	whole &= put_digits(out, number, 3);
	buf_byte(out, ']');
	put_field(out, "I", w->text);
	if (!whole) {
		/* Longer than Contact ID has room for: the number is not lost, a person reads it. */
		struct buf numbers = { 0 };
		buf_span(&numbers, w->partition);
		buf_byte(&numbers, '/');
		buf_span(&numbers, number);
		put_field(out, "I", buf_view(&numbers));
		buf_free(&numbers);
	}
}

static void put_modifier(struct buf *out, const char *name, struct span value)
{
	if (value.n == 0)
		return;
	buf_str(out, name);
	message_put_text(out, value);
	buf_byte(out, '/');
}

static void compose_sia(struct message *m, const struct signal_words *w, struct span code, struct span number,
                        struct span also)
{
	struct buf *out = &m->body;
	buf_lit(&m->token, "SIA-DCS");
	buf_byte(out, span_is(w->qualifier, "P") ? 'O' : 'N');
	put_modifier(out, "ri", w->partition);
	if (w->zone.n && w->user.n)
		put_modifier(out, "id", w->user);
	buf_span(out, code);
	message_put_text(out, number);
	if (w->text.n || also.n) {
		buf_byte(out, '^');
		message_put_text(out, also);
		if (w->text.n && also.n)
			buf_byte(out, ' ');
		message_put_text(out, w->text);
		buf_byte(out, '^');
	}
	buf_byte(out, ']');
}

/* The first SIA code that says the same; UX, "undefined alarm", when none does. */
static const struct code *same_meaning(const struct signal_words *w)
{
	for (unsigned i = 0; i < sia_codes.n; i++) {
		const struct code *row = &sia_codes.code[i];
		if (span_is(w->kind, row->kind) && span_is(w->category, row->category))
			return row;
	}
	return code_sia(SPAN("UX"));
}

static void compose_other(struct message *m, const struct signal_words *w)
{
	struct buf own = { 0 };
	const struct code *row = same_meaning(w);
	buf_span(&own, w->format);
	buf_byte(&own, ' ');
	buf_span(&own, w->code);
	compose_sia(m, w, row ? span_str(row->code) : SPAN("UX"), number_of(w, row), buf_view(&own));
	buf_free(&own);
}

int message_compose(struct message *m, const struct signal_words *w, struct span extended, const char **why)
{
	if (m->account.n) {
		buf_byte(&m->body, '#');
		buf_span(&m->body, buf_view(&m->account));
	}
	buf_byte(&m->body, '|');
	if (is_cid(w))
		compose_cid(m, w);
	else if (is_sia(w))
		compose_sia(m, w, w->code, number_of(w, code_sia(w->code)), (struct span){ 0 });
	else if (w->format.n)
		compose_other(m, w);
	else {
		*why = _("a code is three digits (Contact ID, 130) or two letters (SIA, BA)");
		return -1;
	}
	buf_span(&m->body, extended);
	return 0;
}
