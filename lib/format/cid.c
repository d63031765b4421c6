/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contact ID, SIA DC-05, as DC-09 carries it (token ADM-CID) and as a
 * string of DTMF digits.
 *
 *	QEEE GG ZZZ		behind "#account|"
 *	18QEEEGGZZZS		the same from panels that keep the DTMF tail
 *	AAAA18QEEEGGZZZS	off a telephone line
 *	[AAAA 18QEEEGGZZZS]	the same as Lupus writes it; S may stand there itself
 *	2AAAA18QEEEGGZZZS	as Texecom does
 *	AL00AAAA18QEEEGGZZZ##	as dialers do, without the check digit
 *
 *	A account   Q 1 new, 3 restored, 6 reported before   E event
 *	G partition, 00 none   Z zone or user   S check digit
 *
 * Digits are hexadecimal; 0 counts as ten, and the sum of all sixteen is a
 * multiple of fifteen.  A DTMF detector names its keys * # A B C where the
 * digits are B C D E F; what has the right sum as digits is taken as digits.
 * 1401 is an opening and 3401 the closing: "new" and
 * "restored" are about disarming. */
#include "event/drawing.h"
#include "format/digits.h"
#include "util/cursor.h"

#define LINE_LENGTH 16		/* as it stands on a telephone line, account and check digit included */
#define UNCHECKED_LENGTH 15	/* without the check digit */
#define TAIL_LENGTH 12		/* without the account */

struct report {
	struct span account, event, partition, number;
	uint8_t from_keys[LINE_LENGTH], joined[LINE_LENGTH];
	uint8_t qualifier;
	bool checked;
	warnings warnings;
};

static const char *qualifier_word(uint8_t q)
{
	switch (q) {
	case '1': return "E";
	case '3': return "R";
	case '6': return "P";
	default: return NULL;
	}
}

static void take_report(struct cursor *c, struct report *r, bool blanks)
{
	r->qualifier = cursor_u8(c);
	r->event = cursor_take(c, 3);
	if (blanks)
		cursor_expect(c, ' ');
	r->partition = cursor_take(c, 2);
	if (blanks)
		cursor_expect(c, ' ');
	r->number = cursor_take(c, 3);
}

/* False when one is no key that Contact ID uses. */
static bool digits_of_keys(struct span keys, uint8_t digits[static LINE_LENGTH])
{
	static const char letters[] = "*#ABC";
	for (size_t i = 0; i < LINE_LENGTH; i++) {
		const char *letter = keys.p[i] ? strchr(letters, keys.p[i]) : NULL;
		if (!letter && !is_digit(keys.p[i]))
			return false;
		digits[i] = letter ? (uint8_t)('B' + (letter - letters)) : keys.p[i];
	}
	return true;
}

static enum verdict read_digits(struct span digits, struct report *r)
{
	struct cursor c = cursor_over(digits);
	if (digits.n != TAIL_LENGTH)
		r->account = cursor_take(&c, 4);
	struct span type = cursor_take(&c, 2);
	r->warnings |= digits.n == UNCHECKED_LENGTH ? WARN(CHECK_MISSING) : WARN(CID_DTMF_STRING);
	if (!span_is(type, "18") && !span_is(type, "98"))
		return V_MALFORMED;
	take_report(&c, r, false);
	return V_OK;
}

static enum verdict read_line(struct span s, struct report *r)
{
	struct span keys = span_of(r->from_keys, LINE_LENGTH);
	bool digits = digits_only(s);
	r->checked = true;
	if (digits && digits_check(s))
		return read_digits(s, r);
	if (!digits_of_keys(s, r->from_keys))
		return digits ? V_BAD_CHECK : V_NOT_MINE;
	return digits_check(keys) ? read_digits(keys, r) : V_BAD_CHECK;
}

/* The digits of a line within what dialers and receivers put around them; empty when it is none of that. */
static struct span unwrapped(struct span s, struct report *r)
{
	struct span inner = span_sub(s, 1, s.n - 2);
	if (s.n == 21 && span_starts(s, SPAN("AL00")) && span_is(span_from(s, 19), "##"))
		return span_sub(s, 4, UNCHECKED_LENGTH);
	if (s.n == LINE_LENGTH + 1 && s.p[0] == '2')
		return span_from(s, 1);
	if (s.n != LINE_LENGTH + 3 || s.p[0] != '[' || s.p[s.n - 1] != ']' || inner.p[4] != ' ')
		return (struct span){ 0 };
	memcpy(r->joined, inner.p, 4);
	memcpy(r->joined + 4, inner.p + 5, TAIL_LENGTH);
	return span_of(r->joined, r->joined[LINE_LENGTH - 1] == 'S' ? UNCHECKED_LENGTH : LINE_LENGTH);
}

static enum verdict read_wrapped(struct span s, struct report *r)
{
	if (s.n == LINE_LENGTH)
		return read_line(s, r);
	return digits_only(s) ? read_digits(s, r) : V_NOT_MINE;
}

/* Which of the forms it is shows in its length and its blanks. */
static enum verdict read_report(struct span s, struct report *r)
{
	s = span_trim(s);
	if (s.n > LINE_LENGTH)
		return read_wrapped(unwrapped(s, r), r);
	struct cursor c = cursor_over(s);
	bool blanks = s.n == 11 && s.p[4] == ' ' && s.p[7] == ' ';
	if (s.n == LINE_LENGTH)
		return read_line(s, r);
	if (s.n == TAIL_LENGTH && digits_only(s))
		return read_digits(s, r);
	if (!blanks && (s.n != 9 || !digits_only(s)))
		return V_NOT_MINE;
	if (!blanks)
		r->warnings |= WARN(CID_NO_BLANKS);
	take_report(&c, r, blanks);
	return cursor_ok(&c) ? V_OK : V_MALFORMED;
}

static enum verdict check(const struct report *r)
{
	for (size_t i = 0; i < 3; i++)
		if (!is_hex(r->event.p[i]) || !is_hex(r->number.p[i]))
			return V_MALFORMED;
	return digits_only(r->partition) && qualifier_word(r->qualifier) ? V_OK : V_MALFORMED;
}

static void fill(struct event *ev, const struct report *r, enum language language)
{
	ev->warnings |= r->warnings;
	ev->checked = r->checked;
	if (r->account.n)
		digits_set(ev, F_ACCOUNT, r->account);
	event_puts(ev, F_FORMAT, "cid");
	event_set(ev, F_CODE, r->event);
	event_puts(ev, F_QUALIFIER, qualifier_word(r->qualifier));
	format_classify(ev, code_cid(r->event), r->qualifier == '3', language);
	event_set(ev, F_PARTITION, r->partition);
	format_number(ev, r->number);
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct report r = { 0 };
	enum verdict v = read_report(payload, &r);
	if (v == V_OK)
		v = check(&r);
	if (v == V_OK)
		fill(event_list_add(list), &r, language);
	return v;
}

/* Any sixteen digits have a sum; those of Contact ID say its type. */
static bool resembles(struct span payload)
{
	struct report r = { 0 };
	struct span s = span_trim(payload), line = s.n > LINE_LENGTH ? unwrapped(s, &r) : s, type = span_sub(line, 4, 2);
	return line.n == LINE_LENGTH && (span_is(type, "18") || span_is(type, "98"));
}

/* The digits of whatever form, as they stand on a telephone line. */
static struct span line_digits(struct span s, struct report *r)
{
	struct span inner = unwrapped(s, r), line = inner.n ? inner : s;
	bool sound = digits_only(line) && digits_check(line);
	if (line.n != LINE_LENGTH || sound || !digits_of_keys(line, r->from_keys))
		return line;
	struct span keys = span_of(r->from_keys, LINE_LENGTH);
	return digits_check(keys) || !digits_only(line) ? keys : line;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const dialled[] = { "aaaa18qeeeppnnns", "aaaa98qeeeppnnns", NULL };
	static const char *const unchecked[] = { "aaaa18qeeeppnnn", "aaaa98qeeeppnnn", NULL };
	static const char *const carried[] = { "qeee pp nnn", "18qeeeppnnns", "98qeeeppnnns", "qeeeppnnn", NULL };
	struct report r = { 0 };
	struct span s = span_trim(payload), line = line_digits(s, &r);
	bool wrapped = line.n != s.n;
	(void)language;
	drawing_explain(out, s.n <= TAIL_LENGTH ? carried : wrapped && line.n == UNCHECKED_LENGTH ? unchecked : dialled, line);
	if (line.n == LINE_LENGTH && digits_only(line))
		digits_explain_sum(line, out);
}

const struct format format_cid = {
	.name = "cid", .title = N_("Contact ID (SIA DC-05)"), .coverage = N_("complete"), .proof = BY_CHECK_DIGIT,
	.resembles = resembles, .row = code_cid, .decode = decode,
	.explain = explain,
};
