/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One vocabulary: what has happened is said in the same words, whatever the
 * format it came in and whatever carried it. */
#include "../tap.h"
#include "proto/proto.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DC4 "\x14"
#define VDS(message) "\x05\x02\x01\x05\x00\x01" message
#define MOST 20

/* In a language or a protocol. */
struct said {
	const char *in;
	struct span bytes;
};
#define SAID(in, bytes) { in, { (const uint8_t *)(bytes), sizeof(bytes) - 1 } }

static const struct row {
	const char *kind, *category;
	int severity;
	struct said said[MOST];
} rows[] = {
	{ "alarm", "burglary", 3, {
		SAID("sia", "NBA12"), SAID("cid", "1130 01 003"), SAID("cid", "1234181131010158"), SAID("vds", VDS("\x22")),
		SAID("fast-format", "1234551555557"), SAID("dc09", "\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r"),
		SAID("surgard", "5011 181234E13001003" DC4), SAID("surgard", "S011[#1234|NBA01]" DC4), SAID("surgard", "3011      1234BA0001" DC4),
		SAID("radionics-6500", "a011 123418113001003" DC4), SAID("ademco-685", "\n01 1234 18 1130 01 C003\r"),
		SAID("caps", "\n01 1234 18 1130 01 C003\r"), SAID("fbi-cp220", "\n01 1234 18 1130 01 C003\r"),
		SAID("pulse", "123431 123431"), SAID("cesa200", "1234513100000000"), SAID("robofon", "12345631"),
		SAID("ademco-express", "12342731"), SAID("surgard", "1011      1234 B 003" DC4), SAID("ademco-hs", "1234551555557") } },
	{ "restoral", "burglary", 0, {
		SAID("sia", "NBH12"), SAID("sia", "NBR12"), SAID("cid", "3130 01 003"), SAID("vds", VDS("\xA2")),
		SAID("fast-format", "1234553555557"), SAID("surgard", "5011 181234R13001003" DC4), SAID("cesa200", "1234523100000000"),
		SAID("ademco-hs", "1234553555557") } },
	{ "opening", "arming", 0, {
		SAID("sia", "NOP3"), SAID("cid", "1401 01 003"), SAID("vds", VDS("\xE1")), SAID("fast-format", "1234555255557"),
		SAID("ademco-hs", "1234355555552"), SAID("telim", "123456U  01"), SAID("surgard", "5011 181234E40101003" DC4),
		SAID("surgard", "1011      1234 O 003" DC4), SAID("surgard", "C011      1234F501  " DC4), SAID("cid", "1441 01 003"),
		SAID("cid", "1456 01 003"), SAID("cid", "1409 01 003"), SAID("cid", "1407 01 003") } },
	{ "closing", "arming", 0, {
		SAID("sia", "NCL3"), SAID("cid", "3401 01 003"), SAID("vds", VDS("\x61")), SAID("fast-format", "1234555455557"),
		SAID("ademco-hs", "1234355555554"), SAID("telim", "123456T  01"), SAID("surgard", "5011 181234R40101003" DC4),
		SAID("surgard", "1011      1234 C 003" DC4), SAID("surgard", "C011      1234F101  " DC4), SAID("cid", "3441 01 003"),
		SAID("cid", "3456 01 003"), SAID("cid", "3409 01 003"), SAID("cid", "3408 01 003") } },
	{ "alarm", "fire", 4, {
		SAID("sia", "NFA12"), SAID("cid", "1110 01 003"), SAID("cid", "1111 01 003"), SAID("vds", VDS("\x10")),
		SAID("vds", VDS("\x12")), SAID("fast-format", "1234155555557"), SAID("surgard", "5011 181234E11001003" DC4),
		SAID("surgard", "S011[#1234|NFA01]" DC4) } },
	{ "restoral", "fire", 0, {
		SAID("sia", "NFH12"), SAID("cid", "3110 01 003"), SAID("vds", VDS("\x90")), SAID("fast-format", "1234355555557") } },
	{ "alarm", "holdup", 4, {
		SAID("sia", "NHA12"), SAID("cid", "1122 01 003"), SAID("vds", VDS("\x21")),
		SAID("fast-format", "1234515555557"), SAID("surgard", "5011 181234E12201003" DC4) } },
	{ "alarm", "panic", 4, { SAID("sia", "NPA12"), SAID("cid", "1120 01 003"), SAID("cid", "1123 01 003"), SAID("surgard", "5011 181234E12001003" DC4) } },
	{ "alarm", "duress", 4, {
		SAID("cid", "1121 01 003"), SAID("surgard", "5011 181234E12101003" DC4), SAID("surgard", "C011      1234FC01  " DC4) } },
	{ "alarm", "medical", 4, { SAID("sia", "NMA12"), SAID("cid", "1100 01 003"), SAID("surgard", "S011[#1234|NMA01]" DC4) } },
	{ "alarm", "emergency", 4, {
		SAID("sia", "NQA12"), SAID("cid", "1101 01 003"), SAID("vds", VDS("\x14")), SAID("fast-format", "1234555551557"),
		SAID("telim", "123456N  01"), SAID("surgard", "T011123456 N  01" DC4) } },
	{ "alarm", "gas", 4, { SAID("sia", "NGA12"), SAID("cid", "1151 01 003"), SAID("vds", VDS("\x15")) } },
	{ "alarm", "water", 3, { SAID("sia", "NWA12"), SAID("cid", "1154 01 003") } },
	{ "alarm", "freeze", 3, { SAID("sia", "NZA12"), SAID("cid", "1159 01 003") } },
	{ "alarm", "heat", 3, { SAID("sia", "NKA12"), SAID("cid", "1158 01 003") } },
	{ "alarm", "sprinkler", 4, { SAID("sia", "NSA12"), SAID("cid", "1113 01 003") } },
	{ "alarm", "tamper", 3, { SAID("sia", "NTA12"), SAID("cid", "1137 01 003"), SAID("cid", "1144 01 003"), SAID("vds", VDS("\x23")) } },
	{ "restoral", "tamper", 0, { SAID("sia", "NTR12"), SAID("cid", "3137 01 003"), SAID("vds", VDS("\xA3")) } },
	{ "trouble", "power_ac", 2, {
		SAID("sia", "NAT"), SAID("cid", "1301 00 000"), SAID("vds", VDS("\x32")), SAID("surgard", "C011      1234C601  " DC4),
		SAID("surgard", "5011 181234E30100000" DC4) } },
	{ "trouble_restoral", "power_ac", 0, {
		SAID("sia", "NAR"), SAID("cid", "3301 00 000"), SAID("vds", VDS("\xB2")), SAID("surgard", "C011      1234CE01  " DC4) } },
	{ "trouble", "battery", 2, {
		SAID("sia", "NYT"), SAID("cid", "1302 00 000"), SAID("vds", VDS("\x33")), SAID("surgard", "C011      1234B601  " DC4),
		SAID("ademco-hs", "1234555555558") } },
	{ "trouble_restoral", "battery", 0, {
		SAID("sia", "NYR"), SAID("cid", "3302 00 000"), SAID("vds", VDS("\xB3")), SAID("surgard", "C011      1234BE01  " DC4) } },
	{ "trouble", "comms", 2, { SAID("sia", "NYC"), SAID("cid", "1350 00 000"), SAID("cid", "1354 00 000") } },
	{ "test", "test", 0, {
		SAID("sia", "NRP"), SAID("sia", "NRX"), SAID("cid", "1601 00 000"), SAID("cid", "1602 00 000"), SAID("vds", "\x00\x40"),
		SAID("vds", VDS("\x02")), SAID("fast-format", "1234555555559"), SAID("ademco-hs", "1234555555559"), SAID("telim", "123456R  01"),
		SAID("cesa200", "1234543200000000"), SAID("surgard", "C011      1234E101  " DC4) } },
	{ "bypass", "burglary", 1, { SAID("sia", "NBB12"), SAID("cid", "1573 01 003") } },
	{ "unbypass", "burglary", 0, { SAID("sia", "NBU12"), SAID("cid", "3573 01 003") } },
	{ "cancel", "burglary", 1, { SAID("sia", "NBC3") } },
	{ "trouble", "burglary", 2, { SAID("sia", "NBT12"), SAID("cid", "1377 01 003") } },
	{ "undefined", "untyped", 3, {
		SAID("sia", "NZQ12"), SAID("cid", "1198 01 003"), SAID("vds", VDS("\x7E")), SAID("pulse", "123441 123441"),
		SAID("robofon", "12345641"), SAID("ademco-express", "12342741"), SAID("cesa200", "1234514100000000") } },
};

/* What a centre has agreed on: with it the digits say what the codes say. */
static const char agreed[] =
	"dialect agreed\n"
	"pulse 31 alarm burglary 3 en=\"x\"\n"
	"pulse B alarm burglary 3 zone en=\"x\"\n"
	"cesa200 31 alarm burglary 3 en=\"x\"\n"
	"robofon 31 alarm burglary 3 en=\"x\"\n"
	"ademco-express 31 alarm burglary 3 en=\"x\"\n"
	"ademco-hs 3 alarm burglary 3 en=\"x\"\n"
	"site * * * agreed\n";

static struct event_list list;
static struct dialects dialects;

static bool knows(struct span format)
{
	return format.n > 0;
}

static const struct code *standard(struct span format, struct span code)
{
	return format_row(format, code);
}

static void load(void)
{
	static const struct vocabulary vocabulary = { knows, standard };
	char path[] = "/tmp/vigie-dialects-XXXXXX";
	const char *why = "";
	int fd = mkstemp(path);
	ok(fd >= 0 && write(fd, agreed, sizeof agreed - 1) == sizeof agreed - 1, "a table is written");
	close(fd);
	ok(dialects_load(&dialects, path, &vocabulary, &why) == 0, "what is agreed on is read %s", why);
	unlink(path);
}

static void decode(const struct said *s)
{
	const struct protocol *p = protocol_find(span_str(s->in));
	struct signal signal;
	event_list_reset(&list);
	if (!p)
		format_find(span_str(s->in))->decode(s->bytes, LANG_EN, &list);
	else if (p->read(s->bytes, &signal) == V_OK)
		p->events(&signal, LANG_EN, &list);
	for (unsigned i = 0; i < list.n; i++) {
		struct event *ev = &list.event[i];
		const struct dialect *d = dialects_find(&dialects, (struct span){ 0 }, event_get(ev, F_LINE), event_get(ev, F_ACCOUNT));
		format_by_dialect(ev, d, LANG_EN);
	}
}

static void check(const struct row *row, const struct said *s)
{
	char want[80], got[120] = "no event";
	snprintf(want, sizeof want, "%s %s %d", row->kind, row->category, row->severity);
	decode(s);
	if (list.n) {
		const struct event *ev = &list.event[0];
		struct span kind = event_get(ev, F_KIND), category = event_get(ev, F_CATEGORY), severity = event_get(ev, F_SEVERITY);
		snprintf(got, sizeof got, "%.*s %.*s %.*s", (int)kind.n, kind.p, (int)category.n, category.p, (int)severity.n, severity.p);
	}
	is(got, want, "%s %.*s", s->in, s->bytes.p[0] < ' ' ? 0 : (int)s->bytes.n, (const char *)s->bytes.p);
}

int main(void)
{
	load();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t k = 0; k < MOST && rows[i].said[k].in; k++)
			check(&rows[i], &rows[i].said[k]);
	dialects_free(&dialects);
	event_list_free(&list);
	return done();
}
