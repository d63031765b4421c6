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

static const struct ademco_8000_form form = { SPAN("'\x01"), HEADER, read_header, read_body };

static const char *const drawings[] = { "Txxxxxx\"xxxx\"*", NULL };

ADEMCO_8000_PROTOCOL(sk9000, "sk9000", N_("Silent Knight 9000"), form, drawings);
