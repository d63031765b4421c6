/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Silent Knight 9000.
 *
 *	' MMDDYY " HHMM " F L 05 account " event … V CR		a call: F format, L line card
 *	01 MMDDYY " HHMM " code argument V CR			the receiver itself
 *
 * Check byte, marks and codes are those of the ADEMCO 8000.  There are no
 * seconds and no numbers. */
#include "proto/ademco_8000.h"
#include "util/hex.h"

#define HEADER 13
#define CALL '\''
#define SYSTEM 0x01

static bool read_header(struct span text, struct receiver_record *r)
{
	struct span date = span_sub(text, 1, 6), time = span_sub(text, 8, 4);
	if (text.n < HEADER || text.p[7] != '"' || text.p[12] != '"' || !receiver_all(date, is_digit) || !receiver_all(time, is_digit))
		return false;
	memcpy(r->joined, date.p, 6);
	r->joined[6] = ' ';
	memcpy(r->joined + 7, time.p, 4);
	r->time = span_of(r->joined, 11);
	return true;
}

static bool read_body(uint8_t id, struct span body, struct receiver_record *r)
{
	if (id == SYSTEM)
		return ademco_8000_system(body, r);
	r->line = span_sub(body, 1, 1);
	r->items_are_sia = true;
	r->format = "sk9000";
	return ademco_8000_call(span_from(body, 2), r);
}

static bool begins(struct span s)
{
	for (size_t i = 1; i < 7 && i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n && (s.p[0] == CALL || s.p[0] == SYSTEM) && (s.n < 8 || s.p[7] == '"');
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	if (text.n <= HEADER || !begins(text) || !read_header(text, r))
		return receiver_bad(r, WARN(WIDTH_BAD));
	if (!ademco_8000_check(text))
		return receiver_bad(r, WARN(CHECK_BYTE));
	if (!read_body(text.p[0], span_sub(text, HEADER, text.n - HEADER - 1), r))
		receiver_strange(r, text);
	return V_OK;
}

static bool is_fill(uint8_t c)
{
	return c <= ' ' && c != SYSTEM;
}

static ptrdiff_t end(struct span s)
{
	return span_find(s, '\r');
}

static const char *const drawings[] = { "Txxxxxx\"xxxx\"*", NULL };

static const struct receiver_borders borders = {
	.most = 256, .is_fill = is_fill, .end = end, .begins = begins, .parse = parse,
	.drawings = drawings, .explain = ademco_8000_explain_check, .wait = ADEMCO_8000_WAIT,
};

RECEIVER_PROTOCOL(sk9000, "sk9000", N_("Silent Knight 9000"),
                  N_("partial: of the panels' formats only SIA is decoded, of others the digits are kept"),
                  borders, receiver_stranger, .proof = BY_SUM);
