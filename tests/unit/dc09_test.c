/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tests/corpus/dc09.case: frames of real panels, what comes out of them and
 * what is answered; and each of them cut anywhere, after noise, and in pairs. */
#include <stdlib.h>

#include "../quoted.h"
#include "../tap.h"
#include "proto/keys.h"
#include "proto/proto.h"
#include "util/charset.h"
#include "util/file.h"
#include "util/hex.h"

#define EVENTS 8

enum good { BAD, GOOD, FOREIGN };

struct expected {
	struct buf name, panel, clear, extended, answer, neighbour;
	struct key key;
	enum good good;
	bool has_warnings, has_answer;
	struct span header, warnings, sent, event[EVENTS];
	unsigned events;
};

static const struct protocol *dc09;
static struct buf opened, text, sorted;
static struct event_list list;

static struct signal read_case(const struct expected *e)
{
	struct signal s;
	struct context cx = { .now = clock_from_civil(&(struct civil){ 2026, 1, 31, 12, 0, 1, 0 }), .opened = &opened };
	buf_reset(&opened);
	cx.key = e->key.n ? &e->key : NULL;
	dc09->read(buf_view(&e->panel), &s);
	if (s.encrypted && cx.key)
		ok(dc09->open(&s, &cx) == V_OK, "%s: opened", buf_cstr((struct buf *)&e->name));
	return s;
}

/* token="NULL" seq="0000" receiver=- … */
static void check_header(const struct expected *e, const struct signal *s, const char *name)
{
	static const char *const keys[] = { "token=", "seq=", "receiver=", "line=", "account=", "inner=" };
	const struct span got[] = { s->token, s->seq, s->receiver, s->line, s->account, s->inner_account };
	const bool present[] = { true, true, s->has_receiver, s->has_line, s->has_account, true };
	struct span rest = e->header;
	for (size_t i = 0; i < 6 && rest.n; i++) {
		struct buf want = { 0 };
		rest = span_trim(rest);
		if (!span_starts(rest, span_str(keys[i])))
			continue;
		rest = span_from(rest, strlen(keys[i]));
		if (span_starts(rest, SPAN("-"))) {
			ok(!present[i], "%s: no %s", name, keys[i]);
			rest = span_from(rest, 1);
			continue;
		}
		take_quoted(&rest, &want);
		struct buf shown = { 0 };
		buf_span(&shown, got[i]);
		is(buf_cstr(&shown), buf_cstr(&want), "%s: %s", name, keys[i]);
		buf_free(&shown);
		buf_free(&want);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_warnings(const struct expected *e, warnings set, const char *name)
{
	const char *words[64];
	size_t n = 0;
	set &= ~WARN(CODE_UNKNOWN);	/* of the code, not of the frame */
	for (; set; set &= set - 1)
		words[n++] = warning_word((enum warning)__builtin_ctzll(set));
	qsort(words, n, sizeof *words, by_name);
	buf_reset(&sorted);
	for (size_t i = 0; i < n; i++) {
		buf_str(&sorted, i ? " " : "");
		buf_str(&sorted, words[i]);
	}
	buf_reset(&text);
	buf_span(&text, span_trim(e->warnings));
	is(buf_cstr(&sorted), buf_cstr(&text), "%s: warnings", name);
}

static bool zeros(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

static struct span data_of(const struct event *ev)
{
	return span_sub(buf_view(&ev->list->data), ev->data_at, ev->data_n);
}

static bool data_has(const struct event *ev, const char *key, struct span value)
{
	struct buf want = { 0 };
	json_quote(&want, span_str(key));
	buf_byte(&want, ':');
	json_quote(&want, value);
	struct span data = data_of(ev);
	bool found = memmem(data.p, data.n, want.p, want.n) != NULL;
	buf_free(&want);
	return found;
}

static bool number_is(const struct event *ev, struct span want)
{
	static const enum field fields[] = { F_ZONE, F_USER, F_PARTITION };
	for (size_t i = 0; i < 3; i++)
		if (span_eq(event_get(ev, fields[i]), want))
			return true;
	return zeros(want) || data_has(ev, "address", want);
}

static const struct { const char *key; enum field field; const char *data; } checks[] = {
	{ "code=", F_CODE, NULL }, { "qualifier=", F_QUALIFIER, NULL }, { "partition=", F_PARTITION, NULL },
	{ "user=", F_USER, NULL }, { "number=", F_COUNT, NULL }, { "time=", F_COUNT, "time" },
	{ "peripheral=", F_COUNT, "peripheral" }, { "kind=", F_KIND, NULL }, { "severity=", F_SEVERITY, NULL },
	{ "text=", F_TEXT, NULL }, { "area_text=", F_COUNT, "area_text" },
	{ "mac=", F_COUNT, "mac" }, { "url=", F_COUNT, "url" }, { "payload_hex=", F_COUNT, "payload_hex" },
};

static void check_event(struct span want, const struct event *ev, const char *name)
{
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct buf value = { 0 };
		want = span_trim(want);
		if (!span_starts(want, span_str(checks[i].key)))
			continue;
		want = span_from(want, strlen(checks[i].key));
		take_quoted(&want, &value);
		struct span v = buf_view(&value);
		bool good = checks[i].data ? data_has(ev, checks[i].data, v)
			: checks[i].field == F_COUNT ? number_is(ev, v) : span_eq(event_get(ev, checks[i].field), v);
		ok(good, "%s: %s%s", name, checks[i].key, buf_cstr(&value));
		buf_free(&value);
	}
	ok(span_trim(want).n == 0, "%s: all of the event is looked at", name);
}

static void check_events(const struct expected *e, const struct signal *s, const char *name, warnings *seen)
{
	event_list_reset(&list);
	if (!s->encrypted || s->payload.p)
		dc09->events(s, LANG_EN, &list);
	for (unsigned i = 0; i < list.n; i++)
		*seen |= list.event[i].warnings;
	ok(list.n == e->events, "%s: %u events", name, e->events);
	for (unsigned i = 0; i < e->events && i < list.n; i++)
		check_event(e->event[i], &list.event[i], name);
}

static void check_answer(const struct expected *e, const struct signal *s, const char *name)
{
	struct context cx = { .now = clock_from_civil(&(struct civil){ 2026, 1, 31, 12, 0, 1, 0 }), .opened = &opened,
	                      .key = e->key.n ? &e->key : NULL, .pad = "abcdefghijklmnop" };
	struct buf reply = { 0 };
	if (e->answer.n == 0) {
		ok(e->good == BAD || s->is_answer, "%s: nothing is answered", name);
		return;
	}
	ok(!s->is_answer, "%s: waits for an answer", name);
	dc09->answer(s, &cx, s->encrypted && !e->key.n ? A_DUH : A_ACK, &reply);
	ok(span_eq(buf_view(&reply), buf_view(&e->answer)), "%s: the answer, byte for byte", name);
	buf_free(&reply);
}

static void check_content(const struct expected *e, const struct signal *s, const char *name)
{
	struct buf time = { 0 };
	if (e->clear.n)
		ok(span_eq(s->content, buf_view(&e->clear)), "%s: the clear text", name);
	ok(span_eq(s->extended, buf_view(&e->extended)), "%s: extended data", name);
	if (s->sent == CLOCK_NONE)
		buf_lit(&time, "none");
	else
		clock_put(&time, s->sent);
	if (e->sent.n)
		ok(span_is(e->sent, "none") ? s->sent == CLOCK_NONE : s->sent == clock_parse(e->sent), "%s: sent %s", name,
		   buf_cstr(&time));
	buf_free(&time);
}

/* 80 columns, nothing that moves a terminal's cursor, no key; and what is wrong is said. */
static void check_explained(const struct expected *e, const char *name)
{
	struct buf out = { 0 }, hex = { 0 };
	struct span rest, line;
	struct context cx = { .now = 0, .key = e->key.n ? &e->key : NULL, .opened = &opened };
	bool fits = true, clean = true;
	dc09->explain(buf_view(&e->panel), &cx, LANG_EN, &out);
	for (rest = buf_view(&out); span_line(&rest, &line);) {
		fits &= utf8_width(line) <= 80;
		for (size_t i = 0; i < line.n; i++)
			clean &= line.p[i] >= 0x20 && line.p[i] != 0x7F;
	}
	ok(fits && clean && is_utf8(buf_view(&out)), "%s: explained in 80 clean columns", name);
	const char *words = buf_cstr(&out);
	ok((e->good == BAD) == (strstr(words, "WRONG: computed") != NULL), "%s: says whether the CRC is right", name);
	hex_upper(&hex, span_of(e->key.bytes, e->key.n));
	ok(!e->key.n || !strstr(words, buf_cstr(&hex)), "%s: shows no key", name);
	buf_free(&hex);
	buf_free(&out);
}

/* Another protocol: no byte of it is taken for a frame, and it is named. */
static void check_foreign(const struct expected *e, const char *name)
{
	struct span rest = buf_view(&e->panel), frame;
	const char *other = dc09->neighbour(rest);
	buf_reset(&text);
	buf_span(&text, buf_view(&e->neighbour));
	is(other ? other : "", buf_cstr(&text), "%s: who it is", name);
	bool none = true;
	for (; rest.n; rest = span_from(rest, frame.n ? frame.n : rest.n))
		none &= dc09->frame(rest, true, &frame) != V_OK && frame.n;
	ok(none, "%s: no frame in it", name);
}

static void check_borders(const struct expected *e, const char *name)
{
	struct span frame, in = buf_view(&e->panel);
	enum verdict v = dc09->frame(in, true, &frame);
	ok(v == (e->good == GOOD ? V_OK : V_BAD_CHECK), "%s: %s", name, e->good == GOOD ? "good" : "bad");
	ok(frame.n == in.n, "%s: all of it", name);
}

/* Cut behind each byte: more is wanted, or the frame stands there but for its last bytes. */
static void check_cuts(const struct expected *e, const char *name)
{
	struct span in = buf_view(&e->panel), frame;
	bool waits = true, whole = true;
	for (size_t n = 1; n < in.n && e->good == GOOD; n++) {
		enum verdict v = dc09->frame(span_sub(in, 0, n), false, &frame);
		waits &= v == V_MORE || (v == V_OK && in.n - n <= 3);
		whole &= frame.n <= n;
	}
	ok(waits && whole, "%s: cut anywhere it waits for the rest", name);
}

static void check_second(const struct expected *e, const char *name)
{
	struct span good = SPAN("\n8F540039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r"), frame;
	struct buf both = { 0 };
	buf_span(&both, buf_view(&e->panel));
	buf_span(&both, good);
	dc09->frame(buf_view(&both), false, &frame);
	struct span rest = span_from(buf_view(&both), frame.n);
	ok(dc09->frame(rest, false, &frame) == V_OK && span_eq(frame, good), "%s: does not hide the frame behind it", name);
	buf_free(&both);
}

static void check(struct expected *e)
{
	const char *name = buf_cstr(&e->name);
	if (e->good == FOREIGN) {
		check_foreign(e, name);
		return;
	}
	struct signal s = read_case(e);
	warnings seen = s.warnings;
	check_borders(e, name);
	check_cuts(e, name);
	check_second(e, name);
	check_header(e, &s, name);
	check_content(e, &s, name);
	check_events(e, &s, name, &seen);
	if (e->has_warnings)
		check_warnings(e, seen, name);
	if (e->has_answer)
		check_answer(e, &s, name);
	check_explained(e, name);
}

static void end_case(struct expected *e)
{
	if (e->panel.n)
		check(e);
	buf_free(&e->name);
	buf_free(&e->panel);
	buf_free(&e->clear);
	buf_free(&e->extended);
	buf_free(&e->answer);
	buf_free(&e->neighbour);
	*e = (struct expected){ 0 };
}

static void take_line(struct expected *e, struct span line)
{
	struct span word, all = line;
	if (!span_word(&line, &word)) {
		end_case(e);
	} else if (span_is(word, "#") && e->name.n == 0) {
		buf_span(&e->name, span_sub(line, 0, (size_t)(span_find(line, ':') < 0 ? 40 : span_find(line, ':'))));
	} else if (span_is(word, "panel")) {
		line = span_trim(line);
		take_quoted(&line, &e->panel);
	} else if (span_is(word, "key")) {
		struct buf bytes = { 0 };
		hex_decode(&bytes, span_from(span_trim(line), 4));
		e->key.n = (unsigned)bytes.n;
		memcpy(e->key.bytes, bytes.p, bytes.n);
		buf_free(&bytes);
	} else if (span_is(word, "verdict")) {
		line = span_trim(line);
		e->good = span_is(line, "good") ? GOOD : span_is(line, "foreign") ? FOREIGN : BAD;
	} else if (span_is(word, "header")) {
		e->header = line;
	} else if (span_is(word, "warnings")) {
		e->has_warnings = true;
		e->warnings = line;
	} else if (span_is(word, "event")) {
		e->event[e->events++] = line;
	} else if (span_is(word, "sent")) {
		e->sent = span_trim(line);
	} else if (span_is(word, "clear") || span_is(word, "extended")) {
		line = span_trim(line);
		take_quoted(&line, span_is(word, "clear") ? &e->clear : &e->extended);
	} else if (span_is(word, "answer") || span_is(word, "neighbour")) {
		bool answer = span_is(word, "answer");
		e->has_answer |= answer;
		line = span_trim(line);
		if (!span_is(line, "none"))
			take_quoted(&line, answer ? &e->answer : &e->neighbour);
	} else {
		ok(span_starts(all, SPAN("#")), "a word that is known: %.*s", (int)word.n, (const char *)word.p);
	}
}

/* No LF in front, and a piece that ends where it is hardest to see a beginning. */
static void cut_without_lf(void)
{
	struct span nul = SPAN("\0\x0b" "0027\"NULL\"0000L0#1234[]_00:06:48,03-01-2026\r"), frame;
	struct span noise = SPAN("~8F540039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r");
	bool waits = true;
	ok(dc09->frame(nul, false, &frame) == V_OK && frame.n == nul.n, "a binary CRC that begins with NUL");
	for (size_t n = 3; n + 1 < nul.n; n++)
		waits &= dc09->frame(span_sub(nul, 0, n), false, &frame) == V_MORE && frame.n == 0;
	ok(waits, "no byte of it is taken for fill as soon as its length is seen");
	bool kept = true;	/* before the seventh byte it may be a binary CRC */
	for (size_t n = 7; n < 12; n++)
		kept &= dc09->frame(span_sub(noise, 0, n), false, &frame) == V_NOT_MINE && frame.n == 1;
	ok(kept, "noise in front does not take the frame's own bytes with it, wherever it is cut");
}

int main(void)
{
	struct buf file = { 0 };
	struct expected e = { 0 };
	struct span rest, line;
	dc09 = protocol_find(SPAN("dc09"));
	cut_without_lf();
	ok(file_read("tests/corpus/dc09.case", &file) == 0, "the corpus");
	for (rest = buf_view(&file); span_line(&rest, &line);)
		take_line(&e, line);
	end_case(&e);
	ok(tap_count > 1000, "all of it");
	buf_free(&file);
	buf_free(&opened);
	buf_free(&text);
	buf_free(&sorted);
	event_list_free(&list);
	return done();
}
