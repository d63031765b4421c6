/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ademco 685, and the many receivers that speak like it.
 *
 *	LF R G . AAAA . E CR				pulse, one digit
 *	LF R G . AAAA . E . Z CR			event and zone
 *	LF R G . AAAA . CCCC . CCCC . C CR		high speed, 8 channels and what they are about
 *	LF R G . AAAA . 18 . QXYZ . GG . FCCC . CR	Contact ID; F = C contact, U user, or nothing
 *	LF 0 0 . OKAY . @ CR				heartbeat
 *
 * R receiver, G line.  ESC may stand for CR.  With group 0 a word is the
 * account and high speed tells the receiver's own state.  A host may ask S. */
#include "proto/ademco_685.h"
#include "util/hex.h"

#define HEADER 8	/* "RG AAAA " */

static const struct receiver_status battery_good = {
	"555515557", true, 0, { "Receiver: battery test passed", "Récepteur : test de batterie réussi" }
};

/* Which fault a channel names, and whether it has ended, is published for the battery test alone. */
static const struct receiver_status own[] = {
	{ "RCVA", false, 2, { "Receiver: a peripheral failed or is back", "Récepteur : périphérique en défaut ou rétabli" } },
	{ "RCVB", false, 2, { "Receiver: operator or transmission", "Récepteur : opérateur ou transmission" } },
	{ "LINE", false, 2, { "Receiver: a phone line failed or is back", "Récepteur : ligne téléphonique en défaut ou rétablie" } },
};

/* The channels that are not at rest, and their digits. */
static void read_own(struct receiver_record *r)
{
	const struct receiver_status *s = receiver_status_find(own, sizeof own / sizeof *own, r->account);
	static const char numbers[] = "12345678";
	if (!s || !span_is(r->line, "0") || !span_is(span_str(r->format), "ademco-hs"))
		return;
	r->what = RX_STATUS;
	r->status = s;
	if (span_is(r->account, "RCVB") && span_is(r->code, battery_good.code))
		r->status = &battery_good;
	for (size_t i = 0, k = 0; i < 8 && k < sizeof r->note / sizeof *r->note; i++)
		if (r->code.p[i] != '5')
			r->note[k++] = (struct receiver_note){ "channel", span_of(numbers + i, 1) };
}

/* "18 QXYZ GG FCCC", the F perhaps left out: nine characters in a row behind. */
static bool read_cid(struct span s, struct receiver_record *r)
{
	struct span number = span_from(s, 11);
	bool flag = number.n == 4 && (number.p[0] == 'C' || number.p[0] == 'U');
	bool wide = number.n > 4 || (number.n == 4 && !flag && number.p[0] != '0');
	if (s.n < 14 || wide || s.p[2] != ' ' || s.p[7] != ' ' || s.p[10] != ' ')
		return false;
	memcpy(r->joined, s.p + 3, 4);
	memcpy(r->joined + 4, s.p + 8, 2);
	memcpy(r->joined + 6, s.p + s.n - 3, 3);
	r->format = "cid";
	r->cid = span_of(r->joined, 9);
	r->cid_flag = flag ? number.p[0] : 0;
	return receiver_all(r->cid, receiver_is_word);
}

static bool read_report(struct span s, struct receiver_record *r)
{
	struct span type = span_sub(s, 0, 3);
	if (s.n > 3 && (span_is(type, "18 ") || span_is(type, "98 ")))
		return read_cid(s, r);
	if (s.n == 11)
		return receiver_high_speed(s, r);
	bool plain = s.n == 1 || s.n == 2, zone = s.n == 3 && s.p[1] == ' ';
	r->format = "pulse";
	r->code = span_sub(s, 0, zone ? 1 : s.n);
	r->zone = zone ? span_from(s, 2) : (struct span){ 0 };
	return (plain || zone) && receiver_all(r->code, receiver_is_word) && receiver_all(r->zone, receiver_is_word);
}

bool ademco_685_begins(struct span s)
{
	return s.n && receiver_is_word(s.p[0]) && (s.n < 2 || receiver_is_word(s.p[1])) && (s.n < 3 || s.p[2] == ' ');
}

bool ademco_685_parse(struct span text, struct receiver_record *r)
{
	if (receiver_okay(text, r))
		return true;
	while (text.n && text.p[text.n - 1] == ' ')
		text.n--;
	if (text.n <= HEADER || !ademco_685_begins(text) || text.p[HEADER - 1] != ' ')
		return false;
	r->receiver = span_sub(text, 0, 1);
	r->line = span_sub(text, 1, 1);
	r->account = span_sub(text, 3, 4);
	if (!receiver_all(r->account, receiver_is_word) || !read_report(span_from(text, HEADER), r))
		return false;
	read_own(r);
	return true;
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	if (text.n == 0) {
		r->what = RX_HOST;
		return V_OK;
	}
	if (receiver_is_printed(text) && ademco_685_parse(text, r))
		return V_OK;
	*r = (struct receiver_record){ .warnings = WARN(WIDTH_BAD) };
	return V_BAD_CHECK;
}

bool ademco_685_is_fill(uint8_t c)
{
	return c < ' ';
}

/* The LF of the next record ends one that has lost its end. */
ptrdiff_t ademco_685_end(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == 0x1B)
			return (ptrdiff_t)i;
	return -1;
}

/* The host's question is a letter alone. */
static ptrdiff_t end(struct span s)
{
	return s.n && s.p[0] == 'S' && (s.n == 1 || s.p[1] == '\n') ? 0 : ademco_685_end(s);
}

static const char *const drawings[] = { ADEMCO_685_DRAWINGS, NULL };

static const struct receiver_borders borders = {
	.most = 128, .stands_alone = true,
	.is_fill = ademco_685_is_fill, .end = end, .begins = ademco_685_begins, .parse = parse,
	.drawings = drawings, .wait = ADEMCO_685_WAIT,
};

RECEIVER_PROTOCOL(ademco_685, "ademco-685", N_("Ademco 685 and its imitations"),
                  N_("partial: of the receiver's own states only the battery test and the group have a name"), borders, receiver_stranger);
