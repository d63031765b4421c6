/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CAPS, a variant of the Ademco 685: two digits of a panel are printed as
 * one number, and end in the letter A.
 *
 *	LF R G . AAAA . X . Y . Z A	XYZ 000 to 255: 16 times the event, and the zone
 *
 * A is a digit of events as well, so the end is where it must stand. */
#include "proto/ademco_685.h"
#include "util/hex.h"

#define AT 8	/* "RG AAAA " */
#define NUMBER 5	/* "X Y Z" */

static bool is_number(struct span s)
{
	return s.n == NUMBER && is_digit(s.p[0]) && s.p[1] == ' ' && is_digit(s.p[2]) && s.p[3] == ' ' && is_digit(s.p[4]);
}

static ptrdiff_t end(struct span s)
{
	bool ends = s.n > AT + NUMBER && s.p[AT + NUMBER] == 'A' && ademco_685_begins(s) && is_number(span_sub(s, AT, NUMBER));
	return ends ? AT + NUMBER : ademco_685_end(s);
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	static const char digits[] = "0123456789ABCDEF";
	struct span number = span_from(text, AT);
	if (text.n == AT + NUMBER && ademco_685_begins(text) && is_number(number) && text.p[AT - 1] == ' ') {
		unsigned value = (unsigned)(number.p[0] - '0') * 100 + (unsigned)(number.p[2] - '0') * 10 + (unsigned)(number.p[4] - '0');
		r->receiver = span_sub(text, 0, 1);
		r->line = span_sub(text, 1, 1);
		r->account = span_sub(text, 3, 4);
		r->format = "pulse";
		r->code = span_of(digits + (value >> 4 & 15), 1);
		r->zone = span_of(digits + (value & 15), 1);
		if (value < 256 && receiver_all(r->account, receiver_is_word))
			return V_OK;
	} else if (receiver_is_printed(text) && ademco_685_parse(text, r)) {
		return V_OK;
	}
	*r = (struct receiver_record){ .warnings = WARN(WIDTH_BAD) };
	return V_BAD_CHECK;
}

static const char *const drawings[] = { ADEMCO_685_DRAWINGS, "RL AAAA E E E", NULL };

static const struct receiver_borders borders = {
	.most = 128, .stands_alone = true,
	.is_fill = ademco_685_is_fill, .end = end, .begins = ademco_685_begins, .parse = parse,
	.drawings = drawings, .wait = ADEMCO_685_WAIT,
};

RECEIVER_PROTOCOL(caps, "caps", N_("CAPS, a variant of the Ademco 685"), N_("partial: as ademco-685"), borders, receiver_stranger);
