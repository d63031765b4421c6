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
 *	18AAAAQEEEGGZZZ		as receivers print it, Q a letter, A up to ten digits
 *	AAAA 18 QEEE GG ZZZ S	as people write it down
 *
 * and any of them behind "#account|", in brackets or without.
 *
 *	A account   Q 1 new, 3 restored, 6 reported before; E, R, P or S in letters   E event
 *	G partition, 00 none   Z zone or user   S check digit
 *
 * Digits are hexadecimal; 0 counts as ten, and the sum of all sixteen is a
 * multiple of fifteen.  A DTMF detector names its keys * # A B C where the
 * digits are B C D E F; what has the right sum as digits is taken as digits.
 * 1401 is an opening and 3401 the closing: "new" and
 * "restored" are about disarming. */
#include "event/drawing.h"
#include "event/explain.h"
#include "format/digits.h"
#include "util/cursor.h"

#define LINE_LENGTH 16		/* as it stands on a telephone line, account and check digit included */
#define UNCHECKED_LENGTH 15	/* without the check digit */
#define TAIL_LENGTH 12		/* without the account */
#define REPORT_LENGTH 9		/* qualifier, event, partition, number */
#define ACCOUNT_MOST 10

struct report {
	struct span account, event, partition, number;
	uint8_t from_keys[LINE_LENGTH], joined[LINE_LENGTH], packed[DIGITS_MOST];
	uint8_t qualifier;
	enum refusal refusal;
	bool checked;
	warnings warnings;
};

static const char *qualifier_word(uint8_t q)
{
	switch (q) {
	case '1': case 'E': return "E";
	case '3': case 'R': return "R";
	case '6': case 'P': case 'S': return "P";
	default: return NULL;
	}
}

static bool is_letter(uint8_t q)
{
	return q && strchr("ERPS", q);
}

static enum verdict refuse(struct report *r, enum verdict v, enum refusal why)
{
	r->refusal = why;
	return v;
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

static bool is_type(struct span s)
{
	return span_is(s, "18") || span_is(s, "98");
}

static enum verdict read_digits(struct span digits, struct report *r)
{
	struct cursor c = cursor_over(digits);
	if (digits.n != TAIL_LENGTH)
		r->account = cursor_take(&c, 4);
	struct span type = cursor_take(&c, 2);
	r->warnings |= digits.n == UNCHECKED_LENGTH ? WARN(CHECK_MISSING) : WARN(CID_DTMF_STRING);
	if (!is_type(type))
		return refuse(r, V_MALFORMED, BAD_TYPE);
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
		return digits ? V_BAD_CHECK : refuse(r, V_NOT_MINE, BAD_CHARACTER);
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

/* Type, account, and the report behind a letter. */
static bool is_printed(struct span s)
{
	struct span account = span_sub(s, 2, s.n - 2 - REPORT_LENGTH);
	return s.n >= 2 + 4 + REPORT_LENGTH && s.n <= 2 + ACCOUNT_MOST + REPORT_LENGTH && is_type(span_sub(s, 0, 2)) &&
	       is_letter(s.p[s.n - REPORT_LENGTH]) && digits_only(account) && digits_only(span_from(s, s.n - REPORT_LENGTH + 1)) &&
	       !(s.n == LINE_LENGTH && is_type(span_sub(s, 4, 2)));
}

static enum verdict read_printed(struct span s, struct report *r)
{
	struct cursor c = cursor_over(s);
	cursor_take(&c, 2);
	r->account = cursor_take(&c, s.n - 2 - REPORT_LENGTH);
	r->warnings |= WARN(CHECK_MISSING);
	take_report(&c, r, false);
	return V_OK;
}

/* "QEEE GG ZZZ", with its blanks or without. */
static enum verdict read_carried(struct span s, bool blanks, struct report *r)
{
	struct cursor c = cursor_over(s);
	r->warnings |= blanks ? 0 : WARN(CID_NO_BLANKS);
	take_report(&c, r, blanks);
	return cursor_ok(&c) ? V_OK : V_MALFORMED;
}

static bool has_blanks(struct span s)
{
	return s.n == 11 && s.p[4] == ' ' && s.p[7] == ' ';
}

static bool is_carried(struct span s)
{
	return s.n == REPORT_LENGTH && (digits_only(s) || (is_letter(s.p[0]) && digits_only(span_from(s, 1))));
}

/* Without the blanks between a telephone line's digits, where it has any. */
static struct span compact(struct span s, struct report *r)
{
	struct span packed = has_blanks(s) || span_find(s, ' ') < 0 ? (struct span){ 0 } : digits_pack(s, r->packed);
	return packed.n == LINE_LENGTH ? packed : s;
}

/* Which of the forms it is shows in its length and its blanks. */
static enum verdict read_report(struct span s, struct report *r)
{
	s = compact(span_trim(s), r);
	struct span inner = s.n > LINE_LENGTH ? unwrapped(s, r) : (struct span){ 0 };
	if (inner.n)
		return read_wrapped(inner, r);
	if (is_printed(s))
		return read_printed(s, r);
	if (s.n == LINE_LENGTH)
		return read_line(s, r);
	if (s.n == TAIL_LENGTH && digits_only(s))
		return read_digits(s, r);
	if (has_blanks(s) || is_carried(s))
		return read_carried(s, has_blanks(s), r);
	return refuse(r, V_NOT_MINE, digits_only(s) ? BAD_LENGTH : NO_REASON);
}

static enum verdict check(struct report *r)
{
	for (size_t i = 0; i < 3; i++)
		if (!is_hex(r->event.p[i]) || !is_hex(r->number.p[i]))
			return refuse(r, V_MALFORMED, BAD_CHARACTER);
	if (!digits_only(r->partition))
		return refuse(r, V_MALFORMED, BAD_CHARACTER);
	return qualifier_word(r->qualifier) ? V_OK : refuse(r, V_MALFORMED, BAD_QUALIFIER);
}

static void fill(struct event *ev, const struct report *r, enum language language)
{
	ev->warnings |= r->warnings;
	ev->checked = r->checked;
	if (r->account.n)
		digits_set(ev, F_ACCOUNT, r->account);
	event_puts(ev, F_FORMAT, "cid");
	event_set(ev, F_CODE, r->event);
	const char *qualifier = qualifier_word(r->qualifier);
	event_puts(ev, F_QUALIFIER, qualifier);
	format_classify(ev, code_cid(r->event), qualifier[0] == 'R', language);
	event_set(ev, F_PARTITION, r->partition);
	format_number(ev, r->number);
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct report r = { 0 };
	struct span account = format_take_account(&payload, &r.warnings);
	enum verdict v = read_report(payload, &r);
	if (v == V_OK)
		v = check(&r);
	if (v != V_OK)
		return format_refuse(list, v, r.refusal || !account.n ? r.refusal : BAD_SYNTAX);
	struct event *ev = event_list_add(list);
	fill(ev, &r, language);
	if (account.n)
		event_set(ev, F_ACCOUNT, account);
	return V_OK;
}

/* Any sixteen digits have a sum; those of Contact ID say its type. */
static bool resembles(struct span payload)
{
	struct report r = { 0 };
	struct span s = compact(span_trim(payload), &r), line = s.n > LINE_LENGTH ? unwrapped(s, &r) : s, type = span_sub(line, 4, 2);
	return line.n == LINE_LENGTH && is_type(type);
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
	static const char *const printed[] = { "18a+qeeeppnnn", "98a+qeeeppnnn", NULL };
	struct report r = { 0 };
	explain_some(out, _("account"), format_take_account(&payload, &r.warnings), NULL);
	struct span s = compact(span_trim(payload), &r), line = line_digits(s, &r);
	bool wrapped = line.n != s.n;
	(void)language;
	drawing_explain(out, is_printed(s) ? printed : s.n <= TAIL_LENGTH ? carried : wrapped && line.n == UNCHECKED_LENGTH ? unchecked : dialled, line);
	if (line.n == LINE_LENGTH && digits_only(line))
		digits_explain_sum(line, out);
}

const struct format format_cid = {
	.name = "cid", .title = N_("Contact ID (SIA DC-05)"), .coverage = N_("complete"), .proof = BY_CHECK_DIGIT,
	.resembles = resembles, .row = code_cid, .decode = decode,
	.explain = explain,
};
