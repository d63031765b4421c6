/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIA blocks: what the corpus cannot say in fields, and any block cut anywhere. */
#include <stdlib.h>

#include "../tap.h"
#include "format/format.h"
#include "json/record.h"

static struct event_list list;
static struct buf out;

static enum verdict decode(struct span payload, enum language language)
{
	event_list_reset(&list);
	return format_find(SPAN("sia"))->decode(payload, language, &list);
}

static bool field_is(unsigned i, enum field f, const char *want)
{
	return i < list.n && span_is(event_get(&list.event[i], f), want);
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
	is(whole("Nri1/BA003", LANG_FR), "{\"type\":\"event\",\"format\":\"sia\",\"code\":\"BA\",\"qualifier\":\"E\",\"kind\":\"alarm\","
	   "\"category\":\"burglary\",\"severity\":3,\"zone\":\"003\",\"partition\":\"1\",\"label\":\"Alarme intrusion\"}\n", "S03, in French");
	is(whole("Nri1/AT000", LANG_EN), "{\"type\":\"event\",\"format\":\"sia\",\"code\":\"AT\",\"qualifier\":\"E\",\"kind\":\"trouble\","
	   "\"category\":\"power_ac\",\"severity\":2,\"partition\":\"1\",\"label\":\"Mains failure\"}\n", "S03, in English");
	is(whole("NQX12", LANG_FR), "{\"type\":\"event\",\"format\":\"sia\",\"code\":\"QX\",\"qualifier\":\"E\",\"kind\":\"undefined\","
	   "\"category\":\"untyped\",\"severity\":3,\"zone\":\"12\",\"data\":{\"address\":\"12\"},\"warnings\":[\"code-unknown\"]}\n", "a code in no table");
}

/* DC-03 has no qualifier: the code says what is over. */
static void qualifiers(void)
{
	static const struct { const char *payload, *qualifier, *kind; } cases[] = {
		{ "NBA1", "E", "alarm" }, { "NBH1", "R", "restoral" }, { "NAR", "R", "trouble_restoral" },
		{ "NBU1", "R", "unbypass" }, { "NCL1", "E", "closing" }, { "NOP1", "E", "opening" }, { "OBA1", "E", "alarm" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		decode(span_str(cases[i].payload), LANG_EN);
		ok(field_is(0, F_QUALIFIER, cases[i].qualifier) && field_is(0, F_KIND, cases[i].kind), "%s is %s, %s", cases[i].payload,
		   cases[i].qualifier, cases[i].kind);
	}
}

static void every_code(void)
{
	unsigned good = 0;
	for (unsigned i = 0; i < sia_codes.n; i++) {
		char payload[8];
		snprintf(payload, sizeof payload, "N%s07", sia_codes.code[i].code);
		good += decode(span_str(payload), LANG_EN) == V_OK && list.n == 1 && list.event[0].known == &sia_codes.code[i] &&
		        field_is(0, F_KIND, sia_codes.code[i].kind) && !(list.event[0].warnings & WARN(CODE_UNKNOWN));
	}
	ok(good == sia_codes.n, "each code of the table is its event");
}

static void several(void)
{
	ok(decode(SPAN("Nri1/BA003/BA005/TA007"), LANG_EN) == V_OK && list.n == 3, "Q8: three events");
	ok(field_is(0, F_ZONE, "003") && field_is(1, F_ZONE, "005") && field_is(2, F_ZONE, "007") && field_is(2, F_CODE, "TA"), "in order");
	ok(field_is(0, F_PARTITION, "1") && field_is(2, F_PARTITION, "1"), "all of area 1");
}

/* What the list held before is not this payload's: no text, no modifier goes there. */
static void appended(void)
{
	decode(SPAN("NBA1"), LANG_EN);
	ok(format_find(SPAN("sia"))->decode(SPAN("Atext|NFA2/ri5"), LANG_EN, &list) == V_OK && list.n == 2, "one event more");
	ok(field_is(0, F_TEXT, "") && field_is(0, F_PARTITION, "") && field_is(1, F_PARTITION, "5"), "the first is as it was");
	ok(format_find(SPAN("sia"))->decode(SPAN("N??"), LANG_EN, &list) == V_MALFORMED && list.n == 2, "none when nothing is read");
}

/* Every beginning, and every byte of it changed, is read or refused; what is read can be printed and read again. */
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

static void damage(const char *payload)
{
	static const char bytes[] = "/^*|'N0A \xff";
	size_t n = strlen(payload);
	bool good = true;
	for (size_t cut = 0; cut <= n; cut++) {
		uint8_t *copy = xrealloc(NULL, cut + 1);	/* exactly as long, so that a sanitizer sees one byte too far */
		memcpy(copy, payload, cut);
		copy = xrealloc(copy, cut ? cut : 1);
		good &= holds(span_of(copy, cut));
		for (size_t i = 0; i < sizeof bytes && cut; i++) {
			copy[cut - 1] = (uint8_t)bytes[i];
			good &= holds(span_of(copy, cut));
		}
		free(copy);
	}
	ok(good, "cut anywhere, its last byte changed: %s", payload);
}

/* Noise between slashes is one part, so that a frame makes few records of it. */
static void noise(void)
{
	struct buf payload = { 0 };
	buf_lit(&payload, "NBA1");
	for (unsigned i = 0; i < 1000; i++)
		buf_lit(&payload, "/?");
	buf_lit(&payload, "/FA2");
	ok(decode(buf_view(&payload), LANG_EN) == V_OK && list.n == 3 && list.event[1].unreadable && field_is(2, F_CODE, "FA"),
	   "a thousand pieces of noise: %u records", list.n);
	buf_free(&payload);
}

int main(void)
{
	records();
	qualifiers();
	every_code();
	several();
	appended();
	damage("Nti21:14:03/da01-13-26/ri1/id4/pi2/BA003^porte | quai^/FA020*'x'NM|Atext");
	damage("0|Nri0000pi0006da10-25-18ti14:37:53UT0000^$PR^|Ori1^AREA^/LX901^device^");
	noise();
	event_list_free(&list);
	buf_free(&out);
	return done();
}
