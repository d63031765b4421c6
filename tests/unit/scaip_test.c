/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCAIP in SIP: the second half of tests/corpus/scaip.case, answers byte for
 * byte; and messages cut, joined, behind noise, damaged, and too long. */
#include <stdlib.h>

#include "../quoted.h"
#include "../tap.h"
#include "proto/proto.h"
#include "util/file.h"

static const struct protocol *proto;
static struct event_list list;
static struct buf alarm_message, heartbeat;

struct seen {
	struct buf name, panel;
	struct span frame;
	enum verdict verdict;
	struct signal signal;
};

static void look(struct seen *seen, struct span line)
{
	buf_reset(&seen->panel);
	take_quoted(&line, &seen->panel);
	seen->verdict = proto->frame(buf_view(&seen->panel), true, &seen->frame);
	seen->signal = (struct signal){ 0 };
	enum verdict again = proto->read(seen->frame, &seen->signal);
	ok(again == seen->verdict || seen->verdict == V_NOT_MINE, "%s: cut off and read alike", buf_cstr(&seen->name));
}

static void check_verdict(struct seen *seen, struct span want)
{
	enum verdict v = seen->verdict;
	const char *got = v == V_OK ? "good" : v == V_NOT_MINE ? "noise" : "bad";
	ok(span_is(want, got), "%s: %s", buf_cstr(&seen->name), got);
	ok(seen->frame.n > 0 && (v == V_NOT_MINE || seen->frame.n == seen->panel.n || seen->signal.warnings & WARN(LENGTH_BAD)),
	   "%s: nothing is left over", buf_cstr(&seen->name));
}

/* "0123456789 event", or "poll" of no account. */
static void check_signal(struct seen *seen, struct span want)
{
	const struct signal *s = &seen->signal;
	const char *name = buf_cstr(&seen->name);
	ptrdiff_t blank = span_find(want, ' ');
	struct span account = span_sub(want, 0, blank < 0 ? 0 : (size_t)blank), what = span_trim(span_from(want, account.n));
	ok(span_eq(s->account, account), "%s: the account", name);
	ok(span_is(what, s->is_answer ? "answer" : s->poll ? "poll" : "event"), "%s: %.*s", name, (int)what.n, (const char *)what.p);
	event_list_reset(&list);
	proto->events(s, LANG_FR, &list);
	ok((list.n == 1) == span_is(what, "event") && list.n < 2, "%s: %u events", name, list.n);
	if (list.n == 1 && seen->verdict == V_OK)
		ok(span_is(event_get(&list.event[0], F_PROTO), "scaip") && span_eq(event_get(&list.event[0], F_SEQ), s->seq) &&
		   span_eq(event_get(&list.event[0], F_ACCOUNT), account), "%s: the event has protocol, number, account", name);
	if (list.n == 1 && seen->verdict != V_OK)
		ok(list.event[0].unreadable, "%s: what is bad is no event", name);
}

static int by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_flags(struct seen *seen, struct span want)
{
	const char *words[64];
	struct buf got = { 0 }, wanted = { 0 };
	size_t n = 0;
	for (warnings set = seen->signal.warnings; set; set &= set - 1)
		words[n++] = warning_word((enum warning)__builtin_ctzll(set));
	qsort(words, n, sizeof *words, by_word);
	for (size_t i = 0; i < n; i++)
		buf_printf(&got, "%s%s", i ? " " : "", words[i]);
	buf_span(&wanted, want);
	is(buf_cstr(&got), buf_cstr(&wanted), "%s: flags", buf_cstr(&seen->name));
	buf_free(&got);
	buf_free(&wanted);
}

static void check_reply(struct seen *seen, struct span want)
{
	struct context cx = { 0 };
	struct buf wanted = { 0 }, got = { 0 };
	bool none = span_is(want, "none");
	if (!none)
		take_quoted(&want, &wanted);
	proto->answer(&seen->signal, &cx, A_NONE, &got);
	ok(got.n == 0, "%s: nothing where nothing is wanted", buf_cstr(&seen->name));
	proto->answer(&seen->signal, &cx, seen->verdict == V_OK ? A_ACK : A_NAK, &got);
	is(buf_cstr(&got), buf_cstr(&wanted), "%s: the answer, byte for byte", buf_cstr(&seen->name));
	buf_free(&wanted);
	buf_free(&got);
}

static void keep_first(struct seen *seen)
{
	struct buf *kept = seen->signal.poll ? &heartbeat : &alarm_message;
	if (kept->n == 0)
		buf_span(kept, buf_view(&seen->panel));
}

static void take_line(struct seen *seen, struct span word, struct span rest)
{
	rest = span_trim(rest);
	if (span_is(word, "#")) {
		buf_reset(&seen->name);
		buf_span(&seen->name, span_sub(rest, 0, 50));
	} else if (span_is(word, "panel")) {
		look(seen, rest);
	} else if (span_is(word, "verdict")) {
		check_verdict(seen, rest);
		keep_first(seen);
	} else if (span_is(word, "damage")) {
		ok(span_is(rest, warning_word(signal_damage(&seen->signal))), "%s: named", buf_cstr(&seen->name));
	} else if (span_is(word, "signal")) {
		check_signal(seen, rest);
	} else if (span_is(word, "flags")) {
		check_flags(seen, rest);
	} else if (span_is(word, "reply")) {
		check_reply(seen, rest);
	}
}

static void corpus(void)
{
	struct seen seen = { 0 };
	struct buf file = { 0 };
	struct span rest, line, word;
	unsigned cases = 0;
	ok(file_read("tests/corpus/scaip.case", &file) == 0, "the corpus");
	for (rest = buf_view(&file); span_line(&rest, &line);)
		if (span_word(&line, &word)) {
			bool explains = span_is(word, "#") && span_starts(line, SPAN("\t"));
			cases += span_is(word, "panel");
			if (!explains)
				take_line(&seen, word, line);
		}
	ok(cases > 30, "%u messages", cases);
	buf_free(&seen.name);
	buf_free(&seen.panel);
	buf_free(&file);
}

/* How often the first account is heard in what came: alarms, errors that name it, noise not. */
static unsigned heard(struct span in, unsigned *errors)
{
	unsigned alarms = 0;
	*errors = 0;
	while (in.n) {
		struct span frame;
		struct signal s;
		enum verdict v = proto->frame(in, false, &frame);
		v = v == V_MORE ? proto->frame(in, true, &frame) : v;
		if (frame.n == 0 || frame.n > in.n)
			return 99;
		if (v == V_OK && proto->read(frame, &s) == V_OK)
			alarms += !s.poll && span_is(s.account, "0123456789");
		else
			(*errors)++;
		in = span_from(in, frame.n);
	}
	return alarms;
}

static void joined(void)
{
	struct buf all = { 0 };
	unsigned errors;
	buf_span(&all, buf_view(&alarm_message));
	buf_lit(&all, "\r\n");
	buf_span(&all, buf_view(&heartbeat));
	buf_span(&all, buf_view(&alarm_message));
	ok(heard(buf_view(&all), &errors) == 2 && errors == 0, "three in a segment");
	buf_reset(&all);
	buf_lit(&all, "\x16\x03\x01 what is this MESSAGE sip");
	buf_span(&all, buf_view(&alarm_message));
	ok(heard(buf_view(&all), &errors) == 1 && errors > 0, "behind noise");
	buf_free(&all);
}

/* The length of the first says so much more that it covers the second. */
static void swallowed(void)
{
	struct buf all = { 0 };
	unsigned errors;
	buf_span(&all, buf_view(&alarm_message));
	uint8_t *length = memmem(all.p, all.n, ": 81", 4);
	ok(length != NULL, "there is a length");
	if (length)
		memcpy(length, ":999", 4);
	buf_span(&all, buf_view(&alarm_message));
	buf_span(&all, buf_view(&alarm_message));
	ok(heard(buf_view(&all), &errors) == 3 && errors == 0, "a length that covers the next alarm covers nothing");
	buf_free(&all);
}

/* It comes byte by byte: nothing is decided before it is whole. */
static void byte_by_byte(struct span message, warnings want, const char *name)
{
	struct span frame;
	struct signal s;
	unsigned waits = 0;
	for (size_t n = 1; n < message.n; n++)
		waits += proto->frame(span_sub(message, 0, n), false, &frame) == V_MORE && frame.n == 0;
	ok(waits == message.n - 1, "%s: cut anywhere it is waited for", name);
	ok(proto->frame(message, false, &frame) == V_OK && frame.n == message.n && proto->read(frame, &s) == V_OK &&
	   (s.warnings & WARN(LENGTH_BAD)) == want, "%s: and it is the alarm", name);
}

/* "é" is one character and two bytes. */
static void lengths(void)
{
	static const char body[] = "<mrq><ref>1</ref><cid>0123456789</cid><dty>0003</dty><lte>Entr\xC3\xA9" "e c\xC3\xB4t\xC3\xA9 cour</lte></mrq>";
	struct buf all = { 0 };
	byte_by_byte(buf_view(&alarm_message), 0, "a right length");
	buf_printf(&all, "MESSAGE sip:arc SIP/2.0\r\nContent-Length: %zu\r\n\r\n%s", strlen(body) - 3, body);
	byte_by_byte(buf_view(&all), WARN(LENGTH_BAD), "a length in characters");
	buf_reset(&all);
	buf_printf(&all, "MESSAGE sip:arc SIP/2.0\r\nCall-ID: 1\r\n\r\n%s", body);
	byte_by_byte(buf_view(&all), 0, "no length");
	buf_reset(&all);
	buf_printf(&all, "MESSAGE sip:arc SIP/2.0\r\nl: long\r\n\r\n%s", body);
	byte_by_byte(buf_view(&all), WARN(LENGTH_BAD), "a length that is none");
	buf_free(&all);
}

/* Each status is the event of its row, new and reset; each alarm of whatever device is as grave as one. */
static void every_code(void)
{
	unsigned good = 0, alarms = 0;
	char body[256];
	for (unsigned i = 0; i < scaip_codes.n; i++)
		for (unsigned reset = 0; reset < 2; reset++) {
			const struct code *row = &scaip_codes.code[i];
			snprintf(body, sizeof body, "<mrq><ref>1</ref><cid>1</cid><dty>0003</dty>%s<stc>%s</stc></mrq>", reset ? "<mty>re</mty>" : "", row->code);
			event_list_reset(&list);
			format_find(SPAN("scaip"))->decode(span_str(body), LANG_FR, &list);
			good += list.n == 1 && list.event[0].known == row && list.event[0].warnings == 0 &&
				span_is(event_get(&list.event[0], F_KIND), reset ? row->kind_restored : row->kind) && event_get(&list.event[0], F_LABEL).n;
		}
	ok(good == 2 * scaip_codes.n && good > 250, "%u statuses, new and reset", scaip_codes.n);
	for (unsigned device = 0; device < 100; device++) {
		snprintf(body, sizeof body, "<mrq><ref>1</ref><cid>1</cid><dty>%u</dty><stc>9</stc></mrq>", device);
		event_list_reset(&list);
		format_find(SPAN("scaip"))->decode(span_str(body), LANG_EN, &list);
		struct span severity = list.n == 1 ? event_get(&list.event[0], F_SEVERITY) : (struct span){ 0 };
		alarms += list.n == 1 && span_is(event_get(&list.event[0], F_KIND), "alarm") && (span_is(severity, "3") || span_is(severity, "4"));
	}
	ok(alarms == 100, "an alarm of any device is one");
}

/* Whichever byte is lost or changed: it is an alarm still, or an error that a person sees. */
static void damaged(void)
{
	struct buf copy = { 0 };
	unsigned silent = 0, errors, n = 0;
	for (size_t i = 0; i < alarm_message.n; i++)
		for (unsigned way = 0; way < 9; way++, n++) {
			buf_reset(&copy);
			buf_span(&copy, buf_view(&alarm_message));
			if (way < 8)
				copy.p[i] ^= (uint8_t)(1u << way);
			else
				memmove(copy.p + i, copy.p + i + 1, --copy.n - i);
			struct span frame;
			struct signal s;
			enum verdict v = proto->frame(buf_view(&copy), true, &frame);
			bool seen = v != V_OK || (proto->read(frame, &s) == V_OK && !s.poll && !s.is_answer);
			silent += !seen && heard(buf_view(&copy), &errors) == 0 && errors == 0;
		}
	ok(silent == 0, "of %u ways to damage an alarm none silences it", n);
	buf_free(&copy);
}

static void too_long(void)
{
	struct context cx = { 0 };
	struct buf all = { 0 }, reply = { 0 };
	struct span frame;
	struct signal s;
	buf_lit(&all, "MESSAGE sip:arc SIP/2.0\r\nVia: SIP/2.0/UDP u\r\nX: ");
	while (all.n < 20000)
		buf_lit(&all, "huge ");
	enum verdict v = proto->frame(buf_view(&all), false, &frame);
	ok(v == V_MALFORMED && frame.n == proto->most, "a head without an end is cut off");
	proto->read(frame, &s);
	proto->answer(&s, &cx, A_NAK, &reply);
	is(buf_cstr(&reply), "SIP/2.0 513 Message Too Large\r\nVia: SIP/2.0/UDP u\r\nContent-Length: 0\r\n\r\n", "and told so");
	buf_free(&all);
	buf_free(&reply);
}

/* Who forges a sender gets no answer that is longer than what was sent, but for an alarm. */
static void without_via(void)
{
	static const struct span requests[] = {
		SPAN("OPTIONS sip:a SIP/2.0\r\n\r\n"), SPAN("REGISTER sip:a SIP/2.0\r\n\r\n"), SPAN("INVITE sip:a SIP/2.0\r\n\r\n"),
		SPAN("MESSAGE sip:a SIP/2.0\r\n\r\n"), SPAN("MESSAGE sip:a SIP/2.0\r\n\r\nwords"),
	};
	struct context cx = { 0 };
	struct buf reply = { 0 };
	struct signal s;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		enum verdict v = proto->read(requests[i], &s);
		proto->answer(&s, &cx, v == V_OK ? A_ACK : A_NAK, &reply);
	}
	ok(reply.n == 0, "what names no way back gets no answer");
	enum verdict v = proto->read(SPAN("MESSAGE sip:a SIP/2.0\r\n\r\n<mrq><ref>A1</ref><cid>1</cid><dty>0004</dty><stc>0010</stc></mrq>"), &s);
	proto->answer(&s, &cx, v == V_OK ? A_ACK : A_NAK, &reply);
	ok(reply.n, "an alarm does");
	buf_free(&reply);
}

static void refused(void)
{
	struct context cx = { 0 };
	struct buf first = { 0 }, second = { 0 };
	struct signal s;
	proto->read(buf_view(&alarm_message), &s);
	proto->answer(&s, &cx, A_DUH, &first);
	ok(memmem(first.p, first.n, "<snu>5</snu>", 12) != NULL, "an account that is refused: not treated");
	buf_reset(&first);
	proto->answer(&s, &cx, A_ACK, &first);
	proto->answer(&s, &cx, A_ACK, &second);
	ok(span_eq(buf_view(&first), buf_view(&second)), "the same request gets the same answer");
	buf_free(&first);
	buf_free(&second);
}

static void strangers(void)
{
	is(proto->neighbour(SPAN("GET / HTTP/1.1\r\n")), "HTTP", "a browser is named");
	ok(!proto->neighbour(SPAN("INVITE sip:x SIP/2.0\r\n")) && !proto->neighbour(SPAN("OPTIONS sip:x SIP/2.0\r\n")), "SIP is at home");
}

int main(void)
{
	proto = protocol_find(SPAN("scaip"));
	corpus();
	joined();
	swallowed();
	lengths();
	every_code();
	damaged();
	too_long();
	without_via();
	refused();
	strangers();
	event_list_free(&list);
	buf_free(&alarm_message);
	buf_free(&heartbeat);
	return done();
}
