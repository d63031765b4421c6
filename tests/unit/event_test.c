/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as records, their ids, the code tables, and what a person sees. */
#include "event/event.h"

#include <stdlib.h>
#include <time.h>

#include "../tap.h"
#include "event/code.h"
#include "event/id.h"
#include "event/show.h"
#include "json/record.h"

static struct event_list list;
static struct buf out;
static struct record r;

static struct event *fresh(void)
{
	event_list_reset(&list);
	return event_list_add(&list);
}

static const char *printed(const struct event *ev, unsigned of)
{
	buf_reset(&out);
	event_print(&out, ev, of);
	return buf_cstr(&out);
}

static void order(void)
{
	struct event *ev = fresh();
	is(printed(ev, 1), "{\"type\":\"event\"}\n", "what is absent is absent");
	event_set(ev, F_ZONE, SPAN("003"));
	event_set(ev, F_SEVERITY, SPAN("3"));
	event_set(ev, F_ACCOUNT, SPAN("1002"));
	event_set(ev, F_ID, SPAN("pc1.e-1"));
	event_set(ev, F_ACCOUNT, SPAN("0042"));
	event_set(ev, F_USER, SPAN(""));
	is(printed(ev, 1), "{\"type\":\"event\",\"id\":\"pc1.e-1\",\"account\":\"0042\",\"severity\":3,\"zone\":\"003\"}\n",
	   "the table's order, the last value, identifiers as strings, nothing for nothing");
	is(printed(ev, 3), "{\"type\":\"event\",\"id\":\"pc1.e-1\",\"account\":\"0042\",\"severity\":3,\"zone\":\"003\",\"of\":3}\n",
	   "of how many");
}

static void foreign_text(void)
{
	struct event *ev = fresh();
	event_set(ev, F_TEXT, span_str("a\"\\\n\x1b[31m\xe9\x9b"));
	const char *why = "", *line = printed(ev, 1);
	ok(record_parse(&r, span_str(line), &why) == 0, "a panel's text breaks no line: %s", why);
	ok(!strchr(line, '\x1b') && strstr(line, "\xc3\xa9"), "controls are escaped, Windows-1252 is read");
}

static void data(void)
{
	struct event *ev = fresh();
	event_data(ev, SPAN("mac"), SPAN("0050C2000001"));
	event_data(ev, SPAN("x"), SPAN("a,]\"\\"));
	event_data(ev, SPAN("url"), SPAN("http://192.0.2.7/c"));
	event_data(ev, SPAN("x"), SPAN("b"));
	event_data(ev, SPAN("x"), SPAN("c"));
	is(printed(ev, 1), "{\"type\":\"event\",\"data\":{\"mac\":\"0050C2000001\",\"x\":[\"a,]\\\"\\\\\",\"b\",\"c\"],"
	   "\"url\":\"http://192.0.2.7/c\"}}\n", "a key that comes again makes a list, in its place");
}

/* The frame's extended data is added to events whose list has grown since. */
static void data_of_an_earlier_event(void)
{
	event_data(fresh(), SPAN("time"), SPAN("21:14"));
	event_data(event_list_add(&list), SPAN("time"), SPAN("21:15"));
	for (unsigned i = 0; i < 64; i++)
		event_list_add(&list);
	event_data(&list.event[0], SPAN("mac"), SPAN("01"));
	event_data(&list.event[1], SPAN("mac"), SPAN("02"));
	is(printed(&list.event[0], 1), "{\"type\":\"event\",\"data\":{\"time\":\"21:14\",\"mac\":\"01\"}}\n", "the first event's data");
	is(printed(&list.event[1], 1), "{\"type\":\"event\",\"data\":{\"time\":\"21:15\",\"mac\":\"02\"}}\n", "the second's");
	ok(list.event[65].data_n == 0, "nobody else's");
}

static void unreadable(void)
{
	struct event *ev = fresh();
	ev->unreadable = true;
	ev->warnings = WARN(STRUCTURE_BAD);
	event_set(ev, F_ACCOUNT, SPAN("1002"));
	event_set(ev, F_PROTO, SPAN("dc09"));
	event_set(ev, F_ID, SPAN("pc1.e-1.2"));
	event_set(ev, F_TEXT, SPAN("??\n"));
	is(printed(ev, 3), "{\"type\":\"error\",\"id\":\"pc1.e-1.2\",\"error\":\"structure-bad\",\"detail\":\"intact, but not built as "
	   "the standard says\",\"proto\":\"dc09\",\"account\":\"1002\",\"text\":\"??\\n\",\"of\":3}\n", "an error that has the bytes");
	event_set(ev, F_TEXT, SPAN("\xff\x00"));
	ok(strstr(printed(ev, 1), "\"hex\":\"ff00\""), "bytes above ASCII as hex");
}

static void warning_words(void)
{
	bool good = true;
	for (enum warning w = 0; w < W_COUNT; w++)
		for (enum warning other = 0; other < w; other++)
			good &= strcmp(warning_word(w), warning_word(other)) != 0;
	ok(good, "no warning has another's word");
	struct event *ev = fresh();
	ev->warnings = WARN(STRUCTURE_BAD) | WARN(CRC_BINARY);
	is(printed(ev, 1), "{\"type\":\"event\",\"warnings\":[\"crc-binary\",\"structure-bad\"]}\n", "warnings are a list of words");
}

static void ids(void)
{
	static const char *const bad[] = {
		"", "42", "-42", "pc1", "pc1-42", "pc1.-42", ".e-42", "pc1.e-", "pc1.e-42.", "pc1.e-42.0", "pc1.e-0", "pc1.e-42.1.1",
		"00000000@4711", "1003+late-close.20260113T184500Z", "pc1.e-9999999999999999999", "pc1.e-42.4294967296", "pc1.e-4x",
	};
	struct id id;
	ok(id_parse(SPAN("my-pc.1.mbvq3k7h2f-42.3"), &id) == 0 && span_is(id.root, "my-pc.1.mbvq3k7h2f-42") &&
	   span_is(id.node, "my-pc.1") && span_is(id.epoch, "mbvq3k7h2f") && id.seq == 42 && id.part == 3, "a part of a frame");
	ok(id_parse(SPAN("pc1.e-42"), &id) == 0 && span_is(id.root, "pc1.e-42") && id.part == 0, "a whole frame");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(id_parse(span_str(bad[i]), &id) < 0, "no journal id: %s", bad[i]);
}

static void epochs(void)
{
	char a[EPOCH_TEXT + 1], b[EPOCH_TEXT + 1];
	epoch_new(a, INT64_C(1768335243120), UINT32_MAX);
	epoch_new(b, INT64_C(1768335244120), 0);
	ok(strlen(a) == EPOCH_TEXT && strcmp(a, b) < 0, "a second later sorts later: %s %s", a, b);
	epoch_new(b, INT64_C(1768335243120), UINT32_MAX - 1);
	ok(strcmp(a, b) != 0, "chance tells two starts of one second apart");
}

static void node(void)
{
	setenv("VIGIE_NODE", "p c/1\".x", 1);
	buf_reset(&out);
	node_name(&out);
	is(buf_cstr(&out), "p-c-1--x", "a node's name stays one word in an id");
}

static bool sound(const struct code *c)
{
	return c->severity >= 0 && c->severity <= 4 && *c->kind && *c->category && *c->label[LANG_EN] && *c->label[LANG_FR] &&
	       c->concern <= ON_OTHER;
}

/* The search halves the table: a row out of its order would never be found. */
static void table(const struct code_table *t, unsigned rows)
{
	unsigned found = 0, good = 0;
	for (unsigned i = 0; i < t->n; i++) {
		found += code_find(span_str(t->format), span_str(t->code[i].code)) == &t->code[i];
		good += sound(&t->code[i]);
	}
	ok(t->n == rows, "%s: %u rows", t->format, t->n);
	ok(found == t->n, "%s: each is found by its code", t->format);
	ok(good == t->n, "%s: each has its severity, kind, category and labels", t->format);
}

static void codes(void)
{
	static const char *const none[] = { "", "B", "BAA", "B\xc1", "  ", "13", "1300", "1 0", "QX" };
	table(&sia_codes, 335);
	table(&cid_codes, 285);
	table(&vds_codes, 63);
	ok(code_sia(SPAN("ba")) && code_sia(SPAN("ba")) == code_sia(SPAN("BA")), "SIA letters of any case");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ok(!code_sia(span_str(none[i])) && !code_cid(span_str(none[i])), "in no row: '%s'", none[i]);
	ok(code_vds(SPAN("2f")) && code_vds(SPAN("2f")) == code_vds(SPAN("2F")) && !code_vds(SPAN("A2")), "VdS digits of any case");
	ok(!code_find(SPAN("pulse"), SPAN("BA")), "a format without a table");
}

static const char *shown(const char *line, bool colour)
{
	const char *why = "";
	ok(record_parse(&r, span_str(line), &why) == 0, "a record to show %s", why);
	buf_reset(&out);
	record_show(&out, &r, colour);
	return buf_cstr(&out);
}

#define AT "\"at\":\"2026-07-13T20:14:03.120Z\""

static void show(void)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	is(shown("{\"type\":\"event\",\"id\":\"x\"," AT ",\"account\":\"1002\",\"code\":\"130\",\"kind\":\"alarm\",\"severity\":3,"
	         "\"zone\":\"003\",\"partition\":\"01\",\"text\":\"quai\",\"label\":\"Intrusion\"}", false),
	   "13/07 22:14:03  1002      130   alarm             Intrusion  partition 01  zone 003  quai\n", "an event, in local time");
	ok(strstr(shown("{\"type\":\"event\"," AT ",\"kind\":\"alarm\",\"severity\":4}", true), "\033[1;31malarm"), "life safety is red");
	ok(!strchr(shown("{\"type\":\"event\",\"text\":\"\\u001b[2J\"}", false), '\033'), "a panel's text drives no terminal");
	is(shown("{\"type\":\"frame\"," AT ",\"source\":\"R1\",\"via\":\"tcp\",\"text\":\"\\nXY\\r\",\"reply\":\"ack\"}", false),
	   "13/07 22:14:03  R1        tcp   ack               XY\n", "a frame");
	is(shown("{\"type\":\"error\"," AT ",\"error\":\"crc-bad\",\"detail\":\"no\",\"account\":\"1002\",\"hex\":\"4158\"}", false),
	   "13/07 22:14:03  1002            crc-bad           no  AX\n", "an error");
	ok(strstr(shown("{\"type\":\"link\"," AT ",\"account\":\"1002\",\"path\":1,\"state\":\"down\"}", false), "path lost         path 1"),
	   "a link");
	ok(strstr(shown("{\"type\":\"mark\"," AT ",\"state\":\"live\",\"cursor\":\"pc1.e-1\"}", false), "live  pc1.e-1"), "a mark");
	is(shown("{\"type\":\"delivery\"," AT ",\"destination\":\"dc09+tcp://h:1\",\"account\":\"1002\",\"seq\":\"0101\",\"reply\":\"duh\","
	         "\"tries\":3}", false), "13/07 22:14:03  1002      0101  duh               dc09+tcp://h:1  tries 3\n", "a delivery");
	is(shown("{\"type\":\"check\"," AT ",\"device\":\"PKG-04\",\"check\":\"image\",\"state\":\"critical\",\"finding\":\"black\"}", false),
	   "13/07 22:14:03  PKG-04          critical          image  black\n", "a check");
	is(shown("{\"type\":\"news\",\"x\":1}", false), "{\"type\":\"news\",\"x\":1}\n", "a type that is not known, as it came");
	is(shown("{}", false), "{}\n", "a record without a type");
}

int main(void)
{
	setenv("LC_ALL", "C", 1);
	order();
	foreign_text();
	data();
	data_of_an_earlier_event();
	unreadable();
	warning_words();
	ids();
	epochs();
	node();
	codes();
	show();
	event_list_free(&list);
	buf_free(&out);
	return done();
}
