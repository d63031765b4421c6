/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contact ID: what the corpus cannot say in fields, the sum over sixteen
 * digits, and any report cut or changed. */
#include <stdlib.h>

#include "../tap.h"
#include "format/format.h"
#include "json/record.h"

static struct event_list list;
static struct buf out;

static enum verdict decode(struct span payload, enum language language)
{
	event_list_reset(&list);
	return format_find(SPAN("cid"))->decode(payload, language, &list);
}

static bool field_is(enum field f, const char *want)
{
	return list.n == 1 && span_is(event_get(&list.event[0], f), want);
}

static const char *whole(const char *payload, enum language language)
{
	buf_reset(&out);
	decode(span_str(payload), language);
	for (unsigned i = 0; i < list.n; i++)
		event_print(&out, &list.event[i], list.n);
	return buf_cstr(&out);
}

static void records(void)
{
	is(whole("1130 01 003", LANG_FR), "{\"type\":\"event\",\"format\":\"cid\",\"code\":\"130\",\"qualifier\":\"E\",\"kind\":\"alarm\","
	   "\"category\":\"burglary\",\"severity\":3,\"zone\":\"003\",\"partition\":\"01\",\"label\":\"Alarme intrusion\"}\n", "S01");
	is(whole("3130 01 003", LANG_EN), "{\"type\":\"event\",\"format\":\"cid\",\"code\":\"130\",\"qualifier\":\"R\",\"kind\":\"restoral\","
	   "\"category\":\"burglary\",\"severity\":0,\"zone\":\"003\",\"partition\":\"01\",\"label\":\"Restored: Intrusion alarm\"}\n",
	   "its end has no severity left, and words of its own");
}

/* "New" and "restored" are about disarming: read the other way round, a
 * closing would be an alarm's end and an opening at night a closing. */
static void openings(void)
{
	static const struct { const char *payload, *kind, *label; } cases[] = {
		{ "1401 01 012", "opening", "Disarmed by user" }, { "3401 01 012", "closing", "Armed by user" },
	};
	for (size_t i = 0; i < 2; i++) {
		decode(span_str(cases[i].payload), LANG_EN);
		ok(field_is(F_KIND, cases[i].kind) && field_is(F_USER, "012") && field_is(F_ZONE, "") && field_is(F_LABEL, cases[i].label),
		   "%s: %s by user 012", cases[i].payload, cases[i].kind);
	}
}

static void every_code(void)
{
	unsigned good = 0;
	for (unsigned i = 0; i < cid_codes.n; i++) {
		const struct code *row = &cid_codes.code[i];
		const char *over = *row->kind_restored ? row->kind_restored : row->kind;
		char payload[16];
		bool fine = true;
		for (const char *q = "136"; *q; q++) {
			snprintf(payload, sizeof payload, "%c%s 01 007", *q, row->code);
			fine &= decode(span_str(payload), LANG_EN) == V_OK && list.event[0].known == row &&
			        field_is(F_QUALIFIER, *q == '1' ? "E" : *q == '3' ? "R" : "P") &&
			        field_is(F_KIND, *q == '3' ? over : row->kind);
		}
		good += fine;
	}
	ok(good == cid_codes.n, "each code of the table, new, restored and still so");
}

static void unknown(void)
{
	ok(decode(SPAN("1777 01 003"), LANG_EN) == V_OK && field_is(F_KIND, "undefined") && field_is(F_SEVERITY, "3") &&
	   field_is(F_ZONE, "003") && list.event[0].warnings == WARN(CODE_UNKNOWN), "a code in no table is an event, its number a zone");
}

/* Weights go from 1 to 15, so no change of one digit is a multiple of
 * fifteen; only 0 and A weigh the same. */
static void sum(void)
{
	static const char good[] = "1234181131010158", digits[] = "0123456789";
	unsigned taken = 0;
	ok(decode(SPAN("1234181131010158"), LANG_EN) == V_OK && field_is(F_ACCOUNT, "1234"), "the example of DC-05");
	for (size_t at = 0; at < 16; at++)
		for (const char *d = digits; *d; d++) {
			char bad[] = "1234181131010158";
			bad[at] = *d;
			taken += bad[at] != good[at] && decode(span_of(bad, 16), LANG_EN) == V_OK;
		}
	ok(taken == 0, "any one digit changed: %u taken", taken);
	ok(decode(SPAN("1234181131010157"), LANG_EN) == V_BAD_CHECK && list.n == 0, "and it says that the check digit is wrong");
}

static bool holds(struct span payload)
{
	static struct record r;
	const char *why;
	bool good = (decode(payload, LANG_FR) == V_OK) == (list.n > 0);
	for (unsigned i = 0; i < list.n; i++) {
		buf_reset(&out);
		event_print(&out, &list.event[i], list.n);
		good &= record_parse(&r, buf_view(&out), &why) == 0;
	}
	return good;
}

/* Any byte at any place, and any cut. */
static void damage(const char *payload)
{
	size_t n = strlen(payload);
	bool good = true;
	for (size_t cut = 0; cut <= n; cut++) {
		uint8_t *copy = xrealloc(NULL, cut ? cut : 1);	/* exactly as long, so that a sanitizer sees one byte too far */
		memcpy(copy, payload, cut);
		for (size_t at = 0; at < cut; at++) {
			for (unsigned byte = 0; byte < 256; byte++) {
				copy[at] = (uint8_t)byte;
				good &= holds(span_of(copy, cut));
			}
			copy[at] = (uint8_t)payload[at];
		}
		good &= holds(span_of(copy, cut));
		free(copy);
	}
	ok(good, "cut and changed anywhere: %s", payload);
}

int main(void)
{
	records();
	openings();
	every_code();
	unknown();
	sum();
	damage("1130 01 003");
	damage("113001003");
	damage("18160201000D");
	damage("1*#A181130010030");
	event_list_free(&list);
	buf_free(&out);
	return done();
}
