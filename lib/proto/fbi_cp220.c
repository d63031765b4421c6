/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FBI CP-220, with the terminator and the acknowledgement of most centres.
 *
 *	RG AAAA A d CR		Silent Knight, format 0; A fills
 *	RG AAAA dd CR		Silent Knight FSK1
 *	RG account premise CR	Silent Knight FSK2; how wide account and premise code are is not published
 *	LF R G . AAAA . … CR	Contact ID, as the Ademco 685 prints it
 *
 * From the factory ACK and NAK are switched off: the receiver then takes
 * no notice of what we answer, and repeats nothing. */
#include "proto/ademco_685.h"
#include "util/hex.h"

#define SHORT 8

static enum verdict parse(struct span text, struct receiver_record *r)
{
	if (text.n == SHORT && receiver_all(text, receiver_is_word)) {
		bool zero = text.p[6] == 'A';
		r->receiver = span_sub(text, 0, 1);
		r->line = span_sub(text, 1, 1);
		r->account = span_sub(text, 2, 4);
		r->format = zero ? "skfsk0" : "skfsk1";
		r->code = span_from(text, zero ? 7 : 6);
		return V_OK;
	}
	if (text.n > SHORT && text.n <= 24 && receiver_all(text, receiver_is_word)) {
		r->receiver = span_sub(text, 0, 1);
		r->line = span_sub(text, 1, 1);
		r->format = "skfsk2";
		r->text = span_from(text, 2);
		return V_OK;
	}
	if (receiver_is_printed(text) && ademco_685_parse(text, r))
		return V_OK;
	*r = (struct receiver_record){ .warnings = WARN(WIDTH_BAD) };
	return V_BAD_CHECK;
}

static bool begins(struct span s)
{
	return s.n && receiver_is_word(s.p[0]) && (s.n < 2 || receiver_is_word(s.p[1])) &&
	       (s.n < 3 || s.p[2] == ' ' || receiver_is_word(s.p[2]));
}


static const char *const drawings[] = { ADEMCO_685_DRAWINGS, "RLAAAAEE", NULL };

static const struct receiver_borders borders = {
	.most = 128, .stands_alone = true,
	.is_fill = ademco_685_is_fill, .end = ademco_685_end, .begins = begins, .parse = parse,
	.drawings = drawings, .wait = N_("nothing, as it leaves the works: ACK and NAK are switched off; otherwise up to ten times after NAK"),
};

RECEIVER_PROTOCOL(fbi_cp220, "fbi-cp220", N_("FBI CP-220"), N_("partial: CR, LF or ESC as terminator, ACK 06; account and premise code of FSK2 stay undivided"), borders,
                  receiver_stranger);
