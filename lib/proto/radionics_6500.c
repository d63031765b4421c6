/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Radionics D6500, Bosch D6600 and D6100 in "6500 mode", and their imitations.
 *
 *	h type rr l body DC4		h: nothing, a blank or LF; l one digit, or a letter for a line from 10 on
 *
 *	1  ......aaaa EE yyyy		most formats; @ and no account: link test
 *	a  . aaaa 18 Q XYZ GG CCC	Contact ID, Q a digit here, a letter with imitations
 *	3  text of 16			of the receiver, to be read
 *	9  ....aaaa CCCCCCCC		Acron
 *	m  . account "EEZZ"…		Silent Knight FSK
 *	n  . aaaaaa . d . digits	Telim
 *	S  [#account|…]			SIA
 *	l  LL*account*data		SERIEE in DTMF
 *
 * An option prints a letter for the panel's format where else 1 stands; the
 * body is the same.  A host's own bytes are 06, 15 and !command CR. */
#include "proto/surgard.h"
#include "util/hex.h"

#define DC4 0x14
#define BODY 16
#define HEADER 4	/* type, rr, l */

/* Formats that the option names, with the body of type 1. */
static const char letters[] = "1bcefiNdFIj7gklEvVpR";

static void read_header(struct span text, struct receiver_record *r)
{
	r->receiver = span_sub(text, 1, 2);
	r->line = receiver_number(text.p[3]);
}

/* Some imitations put one blank behind the number. */
static bool parse_plain(struct span text, struct receiver_record *r)
{
	struct span body = span_from(text, HEADER), account = span_sub(body, 0, 10);
	if (body.n != BODY && !(body.n == BODY + 1 && body.p[BODY] == ' '))
		return false;
	r->format = text.p[0] == 'v' ? "varitech" : text.p[0] == 'k' ? "cesa200" : "d6500";
	r->account = span_trim(account);
	r->code = span_trim(span_sub(body, 10, 2));
	if (r->account.n == 0 && span_is(r->code, "@") && span_trim(span_from(body, 12)).n == 0) {
		r->what = RX_HEARTBEAT;
		return true;
	}
	bool is_user = span_is(r->code, "O") || span_is(r->code, "C");
	*(is_user ? &r->user : &r->zone) = span_trim(span_from(body, 12));
	return r->account.n && receiver_is_field(account);
}

static bool parse_cid(struct span text, struct receiver_record *r)
{
	struct span body = span_from(text, HEADER), type = span_sub(body, 5, 2);
	if (body.n != BODY || body.p[0] != ' ' || (!span_is(type, "18") && !span_is(type, "98")))
		return false;
	r->format = "cid";
	r->account = span_sub(body, 1, 4);
	r->cid = span_from(body, 7);
	return receiver_all(span_from(body, 1), receiver_is_word);
}

static bool parse_text(struct span text, struct receiver_record *r)
{
	struct span body = span_from(text, HEADER);
	r->what = RX_TEXT;
	r->format = "text";
	r->text = span_trim(body);
	return body.n == BODY || body.n == BODY + 1;
}

static bool parse_acron(struct span text, struct receiver_record *r)
{
	struct span body = span_from(text, HEADER);
	r->format = "acron";
	r->account = span_trim(span_sub(body, 0, 8));
	r->code = span_from(body, 8);
	return body.n == BODY && r->account.n && receiver_is_field(span_sub(body, 0, 8)) && receiver_all(r->code, receiver_is_word);
}

/* m: the events stand behind quotes.  n: digits of no published meaning. */
static bool parse_variable(struct span text, struct receiver_record *r)
{
	struct span body = span_from(text, HEADER);
	bool telim = text.p[0] == 'n';
	ptrdiff_t end = span_find(span_from(body, 1), telim ? ' ' : '"');
	if (body.n == 0 || body.p[0] != ' ' || end < 1)
		return false;
	r->account = span_trim(span_sub(body, 0, (size_t)end + 1));
	struct span rest = span_from(body, (size_t)end + 1);
	r->format = telim ? "telim" : "skfsk2";
	*(telim ? &r->code : &r->items) = telim ? span_trim(rest) : rest;
	return receiver_all(r->account, receiver_is_word) && (telim ? r->code.n : rest.n > 1);
}

/* What the digits mean is agreed between installer and centre. */
bool radionics_seriee(struct span text, struct receiver_record *r)
{
	ptrdiff_t star = span_find(text, '*');
	struct span rest = span_from(text, star < 0 ? text.n : (size_t)star + 1);
	ptrdiff_t second = span_find(rest, '*');
	struct span account = span_sub(rest, 0, second < 0 ? 0 : (size_t)second);
	struct span data = span_trim(span_from(rest, account.n + 1));
	if (account.n == 0 || data.n == 0 || !receiver_all(account, is_hex) || !receiver_all(data, is_hex))
		return false;
	r->format = "seriee";
	r->account = account;
	r->code = data;
	return true;
}

static bool parse_type(struct span text, struct receiver_record *r)
{
	switch (text.p[0]) {
	case 'a': return parse_cid(text, r);
	case '3': return parse_text(text, r);
	case '9': return parse_acron(text, r);
	case 'm': case 'n': return parse_variable(text, r);
	case 'l': return radionics_seriee(span_from(text, HEADER), r) || parse_plain(text, r);
	case 'S':
		if (!surgard_bracket(text, r))
			return false;
		r->line = receiver_number(text.p[3]);
		return text.p[HEADER] == '[';
	default: return strchr(letters, text.p[0]) && parse_plain(text, r);
	}
}

static bool is_host(uint8_t c)
{
	return c == RECEIVER_ACK || c == RECEIVER_NAK;
}

static bool is_command(struct span s)
{
	return s.n && s.p[0] == '!' && (s.n < 2 || receiver_is_capital(s.p[1]));
}

static bool begins(struct span s)
{
	if (s.n && is_host(s.p[0]))
		return true;
	if (is_command(s))
		return true;
	return s.n && receiver_is_word(s.p[0]) && (s.n < 2 || is_hex(s.p[1])) && (s.n < 3 || is_hex(s.p[2])) &&
	       (s.n < HEADER || receiver_is_word(s.p[3]));
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	if (text.n == 0 || (is_command(text) && text.n > 1)) {
		r->what = RX_HOST;
		return V_OK;
	}
	if (text.n < HEADER || !begins(text) || !receiver_is_printed(text)) {
		r->warnings = WARN(WIDTH_BAD);
		return V_BAD_CHECK;
	}
	read_header(text, r);
	if (parse_type(text, r))
		return V_OK;
	*r = (struct receiver_record){ .warnings = WARN(WIDTH_BAD) };
	return V_BAD_CHECK;
}

static bool is_fill(uint8_t c)
{
	return c <= ' ' && !is_host(c);
}

/* A host's byte is a record of its own, without a text. */
static ptrdiff_t end(struct span s)
{
	if (s.n && is_host(s.p[0]))
		return 0;
	return span_find(s, is_command(s) ? '\r' : DC4);
}

static bool is_strange(struct span text)
{
	bool known = text.n && (strchr("a39mnS", text.p[0]) || strchr(letters, text.p[0]));
	return text.n > HEADER && !known && begins(text) && receiver_is_printed(text);
}

static const char *const drawings[] = {
	"'1'RRL...........@    ", "'a'RRL AAAA18QEEEPPNNN", "'3'RRLVVVVVVVVVVVVVVVV", "'9'RRL.......ACCCCCCCC", "'m'RRL A+\"*", "'n'RRL A+ *",
	"'S'RRL[#A+|*]", "'1'RRL.........A.EZZZZ", "TRRL.........A.EZZZZ", NULL
};

static const struct receiver_borders borders = {
	.most = 1024, .is_fill = is_fill, .end = end, .end_is_proof = true, .begins = begins, .parse = parse, .is_strange = is_strange,
	.drawings = drawings,
	.wait = N_("D6600: until ACK or NAK comes, again and again; three NAKs, and it skips the record"),
};

static const char *neighbour(struct span in)
{
	const char *misset = receiver_misset(&borders, in);
	return misset ? misset : receiver_stranger(in);
}

RECEIVER_PROTOCOL(radionics_6500, "radionics-6500", N_("Radionics D6500 and Bosch D6600, 6500 mode"),
                  N_("partial: of each format's own letters only A, R, O, C and F have a meaning"), borders, neighbour);
