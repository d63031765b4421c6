/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The corpus of each hardware receiver's output, and of the panels that have
 * a conversation: what comes out of a record and what is answered; and each of them cut anywhere, behind noise, in
 * pairs, and with a byte lost. */
#include <stdlib.h>

#include "../case.h"
#include "../tap.h"
#include "proto/proto.h"
#include "util/charset.h"
#include "util/cursor.h"
#include "util/file.h"

#define EVENTS 8

struct expected {
	struct buf name, panel, answer;
	bool bad, has_answer;
	struct span what, header, event[EVENTS];
	unsigned events;
};

static const struct protocol *proto;
static struct event_list list;
static struct buf first;	/* the first sound record of the protocol */

static void check_header(const struct expected *e, const struct signal *s, const char *name)
{
	struct buf key = { 0 }, value = { 0 };
	for (struct span rest = e->header; take_pair(&rest, &key, &value);) {
		const char *k = buf_cstr(&key);
		struct span got = strcmp(k, "receiver") == 0 ? s->receiver : strcmp(k, "line") == 0 ? s->line : s->seq;
		ok(span_eq(got, buf_view(&value)), "%s: %s %s", name, k, buf_cstr(&value));
	}
	buf_free(&key);
	buf_free(&value);
}

static bool zeros(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

/* A code that has no zone sends 000. */
static bool event_has(const struct event *ev, struct span key, struct span value)
{
	struct span got;
	if (!event_field(ev, key, &got))
		return data_has(ev, key, value);
	return span_eq(got, value) || (span_is(key, "zone") && got.n == 0 && (zeros(value) || data_has(ev, SPAN("address"), value)));
}

static void check_event(const struct expected *e, struct span want, const struct event *ev, const char *name)
{
	struct buf key = { 0 }, value = { 0 };
	while (take_pair(&want, &key, &value))
		ok(event_has(ev, buf_view(&key), buf_view(&value)), "%s: %s %s", name, buf_cstr(&key), buf_cstr(&value));
	ok(span_trim(want).n == 0, "%s: all of the event is looked at", name);
	ok(ev->unreadable || (event_get(ev, F_KIND).n && event_get(ev, F_CATEGORY).n && event_get(ev, F_SEVERITY).n), "%s: said in our words", name);
	ok(span_is(event_get(ev, F_PROTO), proto->name), "%s: by %s", name, proto->name);
	if (span_is(e->what, "status"))
		ok(event_get(ev, F_LABEL).n, "%s: a status has a label", name);
	buf_free(&key);
	buf_free(&value);
}

static void check_events(const struct expected *e, const struct signal *s, const char *name)
{
	event_list_reset(&list);
	proto->events(s, LANG_EN, &list);
	ok(list.n == e->events, "%s: %u events", name, e->events);
	for (unsigned i = 0; i < e->events && i < list.n; i++) {
		check_event(e, e->event[i], &list.event[i], name);
		ok(!s->has_account || span_eq(s->account, event_get(&list.event[i], F_ACCOUNT)), "%s: reception knows its account", name);
	}
	event_list_reset(&list);
	proto->events(s, LANG_FR, &list);
	ok(list.n == e->events, "%s: as many in French", name);
}

static void check_answer(const struct expected *e, const struct signal *s, const char *name)
{
	struct context cx = { 0 };
	struct buf reply = { 0 };
	if (s->is_answer) {
		ok(e->answer.n == 0, "%s: nothing is answered", name);
		return;
	}
	proto->answer(s, &cx, A_NONE, &reply);
	ok(reply.n == 0, "%s: no answer where none is wanted", name);
	proto->answer(s, &cx, e->bad ? A_NAK : A_ACK, &reply);
	ok(span_eq(buf_view(&reply), buf_view(&e->answer)), "%s: the answer, byte for byte", name);
	buf_reset(&reply);
	proto->answer(s, &cx, A_DUH, &reply);
	ok(e->bad || span_eq(buf_view(&reply), buf_view(&e->answer)), "%s: a stranger's is acknowledged too", name);
	buf_free(&reply);
}

static void check_what(const struct expected *e, const struct signal *s, const char *name)
{
	bool host = span_starts(e->what, SPAN("host_"));
	ok(s->poll == span_is(e->what, "heartbeat"), "%s: %s a poll", name, s->poll ? "is" : "is not");
	ok(s->is_answer == host, "%s: of a %s", name, host ? "host" : "receiver");
	if (!proto->conversation && (s->poll || span_is(e->what, "status")))
		ok(s->of_receiver, "%s: the receiver speaks of itself", name);
}

/* Cut behind each byte it waits, or the record stands there whole. */
static void check_cuts(const struct expected *e, const char *name)
{
	struct span in = buf_view(&e->panel), frame;
	bool waits = true, decides = true;
	for (size_t n = 1; n < in.n; n++) {
		enum verdict v = proto->frame(span_sub(in, 0, n), false, &frame);
		waits &= v == V_MORE && frame.n <= n;
		v = proto->frame(span_sub(in, 0, n), true, &frame);
		decides &= v != V_MORE && frame.n > 0 && frame.n <= n;
	}
	ok(waits || e->bad, "%s: cut anywhere it waits for the rest", name);
	ok(decides, "%s: at the end of a connection it never waits", name);
}

/* What is found in front of the record that ends the bytes; -1: it is not found. */
static int noises_before(struct span in, struct span record)
{
	struct span frame;
	int noises = 0;
	if (record.p[0] == '\n')	/* may have ended the noise */
		record = span_from(record, 1);
	while (in.n) {
		enum verdict v = proto->frame(in, false, &frame);
		if (v == V_MORE || frame.n == 0)
			return -1;
		if (v == V_OK)
			return frame.n >= record.n && span_eq(span_from(frame, frame.n - record.n), record) ? noises : -1;
		noises++;
		in = span_from(in, frame.n);
	}
	return -1;
}

/* Where any line is a record, noise in front of it is in the record. */
static bool any_line_counts(void)
{
	struct span frame;
	return proto->frame(SPAN("~~~\r"), false, &frame) == V_OK;
}

static void check_neighbours(const struct expected *e, const char *name)
{
	static const struct span noise[] = { SPAN("\r\n"), SPAN("~~~"), SPAN("\xFF\x80"), SPAN("\xB1\x30\xB1\xB1\xA0\xC0\xA0") };
	struct span in = buf_view(&e->panel), frame;
	struct buf both = { 0 };
	bool behind = true;
	for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
		buf_reset(&both);
		buf_span(&both, noise[i]);
		buf_span(&both, in);
		behind &= e->bad || span_is(e->what, "unpublished") || any_line_counts() || noises_before(buf_view(&both), in) >= 0;
	}
	ok(behind, "%s: is found behind noise", name);
	buf_reset(&both);
	buf_span(&both, in);
	buf_span(&both, buf_view(&first));
	enum verdict v = proto->frame(buf_view(&both), false, &frame);
	ok((v == V_OK) == !e->bad && frame.n == in.n, "%s: two in a segment are two", name);
	ok(proto->frame(span_from(buf_view(&both), frame.n), false, &frame) == V_OK && span_eq(frame, buf_view(&first)),
	   "%s: does not hide the one behind it", name);
	buf_free(&both);
}

/* One byte lost: whatever it is taken for, no byte of it vanishes, and the
 * record behind it is found. */
static void check_loss(const struct expected *e, const char *name)
{
	struct span in = buf_view(&e->panel), frame;
	struct buf less = { 0 };
	bool found = true;
	for (size_t at = 0; at + 1 < in.n; at++) {
		buf_reset(&less);
		buf_span(&less, span_sub(in, 0, at));
		buf_span(&less, span_from(in, at + 1));
		size_t damaged = less.n;
		buf_span(&less, buf_view(&first));
		struct span rest = buf_view(&less);
		while (rest.n > first.n && damaged) {
			enum verdict v = proto->frame(rest, false, &frame);
			if (v == V_MORE || frame.n == 0 || (v == V_OK && frame.n == rest.n))
				break;
			rest = span_from(rest, frame.n);
		}
		found &= span_eq(span_trim(rest), span_trim(buf_view(&first))) && proto->frame(rest, false, &frame) == V_OK;
	}
	ok(found, "%s: a byte lost does not hide the record behind", name);
	buf_free(&less);
}

static void check(const struct expected *e)
{
	struct buf copy = { 0 };
	struct span frame, in = buf_view(&e->panel);
	struct signal s;
	buf_span(&copy, buf_view(&e->name));
	const char *name = buf_cstr(&copy);
	if (first.n == 0)
		buf_span(&first, in);
	enum verdict v = proto->frame(in, false, &frame);
	ok(v == (e->bad ? V_BAD_CHECK : V_OK) && frame.n == in.n, "%s: %s, all of it", name, e->bad ? "bad" : "good");
	v = proto->read(in, &s);
	ok((v == V_OK) == !e->bad, "%s: read", name);
	if (e->bad)
		ok(s.warnings & (WARN(WIDTH_BAD) | WARN(LENGTH_BAD) | WARN(CRC_BAD) | WARN(CHECK_BYTE)), "%s: and why", name);
	else
		check_what(e, &s, name);
	check_header(e, &s, name);
	if (!e->bad)
		check_events(e, &s, name);
	ok(e->has_answer, "%s: its answer is known", name);
	check_answer(e, &s, name);
	if (!s.is_answer) {
		if (!span_is(e->what, "recorded"))	/* a record of reception, which has no end of its own */
			check_cuts(e, name);
		if (!proto->conversation) {	/* a stream that is out of step is given up */
			check_neighbours(e, name);
			check_loss(e, name);
		}
	}
	buf_free(&copy);
}

static void end_case(struct expected *e)
{
	if (e->panel.n)
		check(e);
	buf_free(&e->name);
	buf_free(&e->panel);
	buf_free(&e->answer);
	*e = (struct expected){ 0 };
}

static void take_line(struct expected *e, struct span line)
{
	struct span word, all = line;
	if (!span_word(&line, &word)) {
		end_case(e);
		return;
	}
	line = span_trim(line);
	if (span_is(word, "#") && e->name.n == 0)
		buf_span(&e->name, span_sub(line, 0, (size_t)(span_find(line, ':') < 0 ? 40 : span_find(line, ':'))));
	else if (span_is(word, "panel"))
		take_quoted(&line, &e->panel);
	else if (span_is(word, "verdict"))
		e->bad = span_is(line, "bad");
	else if (span_is(word, "what"))
		e->what = line;
	else if (span_is(word, "header"))
		e->header = line;
	else if (span_is(word, "event") && e->events < EVENTS)
		e->event[e->events++] = line;
	else if (span_is(word, "answer")) {
		e->has_answer = true;
		if (!span_is(line, "none"))
			take_quoted(&line, &e->answer);
	} else
		ok(span_starts(all, SPAN("#")), "a word that is known: %.*s", (int)word.n, (const char *)word.p);
}

static void check_corpus(const struct protocol *p)
{
	struct buf file = { 0 }, path = { 0 };
	struct expected e = { 0 };
	struct span rest, line;
	int before = tap_count;
	proto = p;
	buf_reset(&first);
	buf_printf(&path, "tests/corpus/%s.case", p->name);
	ok(file_read(buf_cstr(&path), &file) == 0, "%s: has a corpus", p->name);
	for (rest = buf_view(&file); span_line(&rest, &line);)
		take_line(&e, line);
	end_case(&e);
	ok(tap_count - before > 20, "%s: all of it", p->name);
	buf_free(&file);
	buf_free(&path);
}

/* What a host that acknowledges nothing reads: copies with no DC4 between. */
static void glued(void)
{
	struct span rest = SPAN("5011 181234E130010045011 181234E130010045011 181234E13001004\x14"), frame;
	struct signal s;
	unsigned n = 0;
	proto = protocol_find(SPAN("surgard"));
	for (; rest.n && proto->frame(rest, false, &frame) == V_OK; rest = span_from(rest, frame.n)) {
		n += proto->read(frame, &s) == V_OK && span_is(s.account, "1234") && span_is(s.line, "1");
		if (frame.n == 0)
			break;
	}
	ok(n == 3 && rest.n == 0, "three glued together are three");
	rest = SPAN("5011 181234E130010045011 181234E13001005011 181234E13001004\x14");
	ok(proto->frame(rest, false, &frame) != V_OK, "a run with a byte missing is none");
}

/* Found by fuzzing: what ends in a bracket and begins like nothing.  The
 * record behind it is found, and nothing is taken for one that cannot be read. */
static void glued_to_noise(void)
{
	static const struct span inputs[] = { SPAN("0S0000[#0001|]#0000[#0001|]\x14"), SPAN("Snvo[#0001|]#0000[#0001|]\x14") };
	proto = protocol_find(SPAN("surgard"));
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
		struct span rest = inputs[i], frame;
		struct signal s;
		unsigned records = 0, unread = 0;
		for (; rest.n; rest = span_from(rest, frame.n)) {
			enum verdict v = proto->frame(rest, false, &frame);
			if (frame.n == 0)
				break;
			bool read = v == V_OK && proto->read(frame, &s) == V_OK;
			records += read;
			unread += v == V_OK && !read;
		}
		ok(records == 1 && unread == 0 && rest.n == 0, "noise glued to a record, %zu", i + 1);
	}
}

/* Strangers, and what has no end. */
static void strangers(void)
{
	struct buf flood = { 0 };
	struct span frame;
	proto = protocol_find(SPAN("surgard"));
	is(proto->neighbour(SPAN("GET / HTTP/1.1\r\n")), "HTTP", "a browser");
	is(proto->neighbour(SPAN("\nCE110032\"SIA-DCS\"9876R579BDFL789ABC#12345A[#12345A|NFA129]\r")), "SIA DC-09", "a panel that dials the wrong port");
	ok(strstr(proto->neighbour(SPAN("\0\0\0\x15" "5011 181234E13001004\x14")), "B32") != NULL, "B32 headers are named");
	ok(!proto->neighbour(SPAN("5011 181234E1300100\x14")), "a damaged record is no stranger");
	ok(proto->frame(SPAN("GET / HTTP/1.1\r\n\r\n"), true, &frame) != V_OK, "and no byte of it a record");
	for (unsigned i = 0; i < proto->most; i++)
		buf_byte(&flood, '1');
	ok(proto->frame(buf_view(&flood), false, &frame) != V_MORE && frame.n, "what never ends is not waited for");
	buf_free(&flood);
}

/* Whose corpus is of whole conversations: conversation_test.c. */
static bool talks(const struct protocol *p)
{
	return strcmp(p->name, "galaxy") == 0 || strcmp(p->name, "osborne-hoffman") == 0;
}

/* The check byte has six bits: it does not see the bits that tell an id from a letter. */
static void ids(void)
{
	struct span frame;
	ok(protocol_find(SPAN("ademco-8000"))->frame(SPAN("B051697\"124039\"02\"0003\"nL\r"), false, &frame) == V_NOT_MINE,
	   "ademco-8000: a system message whose id has changed is none");
	ok(protocol_find(SPAN("ademco-8000"))->frame(SPAN("\002051697\"124039\"02\"0003\"nL\r"), false, &frame) == V_OK,
	   "ademco-8000: with its id it is one");
	ok(protocol_find(SPAN("sk9000"))->frame(SPAN("A062794\"0345\"z9000P\r"), false, &frame) == V_NOT_MINE,
	   "sk9000: the same");
}

/* Each event of a packet belongs to the account in front of it. */
static void accounts_of_a_packet(void)
{
	static const struct span packet = SPAN("&051697\"081356\"02\"0007\"00401\005123456\"FA1*045\005123457\"OP3E\r");
	struct signal s;
	proto = protocol_find(SPAN("ademco-8000"));
	event_list_reset(&list);
	ok(proto->read(packet, &s) == V_OK && proto->events(&s, LANG_EN, &list) == V_OK && list.n == 3, "ademco-8000: two accounts in a packet");
	ok(list.n == 3 && span_is(event_get(&list.event[0], F_ACCOUNT), "123456") && span_is(event_get(&list.event[2], F_ACCOUNT), "123457"),
	   "ademco-8000: each event goes to its own");
	ok(list.n == 3 && span_is(event_get(&list.event[1], F_TEXT), "045"), "ademco-8000: and listen-in keeps its seconds");
}

/* A body of each type of Sur-Gard's, behind a header of each width, with the clock and without. */
static const struct { char type; const char *body; } bodies[] = {
	{ '1', "      1234 A  01" }, { '1', "           @    " }, { '3', "      1234BA0001" }, { 'S', "[#1234|NBA01]" }, { '0', "[#0000|NLR01]" },
	{ '4', "  12344165550123" }, { 'U', "  123402079460123FFFFFFF" }, { '5', " 181234E13001004" }, { '6', "       123 A  01" },
	{ '7', "      1234 1 23 " }, { '8', "1234 1555 5555 7" }, { '9', "    123415555555" }, { 'A', "      4165550123" },
	{ 'D', "      12341 2345" }, { 'C', "    123456E100  " }, { 'E', "      123403    " }, { 'I', "   1`23458b45A01" },
	{ 'T', "123456 A  01" }, { 'V', "121234567812345678" }, { 's', "      1234            123456789" }, { 'G', " 12345107" },
	{ 'Y', " 1234 82" }, { 'L', "  1234" },
};

static bool reads(char type, const char *body, size_t line, bool clock)
{
	struct buf text = { 0 };
	struct span frame;
	struct signal s;
	buf_printf(&text, "%c01%.*s%s%s\x14", type, (int)line, "1234567", body, clock ? "20:14:03-13/01" : "");
	bool good = proto->frame(buf_view(&text), false, &frame) == V_OK && frame.n == text.n && proto->read(frame, &s) == V_OK;
	good = good && span_is(s.receiver, "01") && (s.line.n == line || type == 'L');
	event_list_reset(&list);
	if (good && !s.poll)
		proto->events(&s, LANG_EN, &list);
	for (unsigned i = 0; i < list.n; i++)
		good &= data_has(&list.event[i], SPAN("receiver_time"), SPAN("20:14:03-13/01")) == clock;
	buf_free(&text);
	return good;
}

static void widths(void)
{
	proto = protocol_find(SPAN("surgard"));
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		bool all = true, timed = true;
		for (size_t line = 1; line <= 7; line++) {
			all &= reads(bodies[i].type, bodies[i].body, line, false);
			timed &= reads(bodies[i].type, bodies[i].body, line, true);
		}
		ok(all, "surgard: type %c behind headers of 3 to 9 characters", bodies[i].type);
		ok(timed, "surgard: type %c with the receiver's clock", bodies[i].type);
	}
}

/* What a line that is set otherwise makes of a sound record. */
static void misset(void)
{
	proto = protocol_find(SPAN("surgard"));
	const char *seven = proto->neighbour(SPAN("\xB1\x30\xB1\xB1\xA0\xA0\xA0\xA0\xA0\xA0\xA0\xA0\xA0\xA0\xA0\xC0\xA0\xA0\xA0\xA0\x14"));
	const char *odd = proto->neighbour(SPAN("1\xB0" "11           @    \x94")), *typed = proto->neighbour(SPAN("1011           @    \x0E"));
	ok(seven && strstr(seven, "7e1"), "surgard: even parity on a line of eight bits is named");
	ok(odd && strstr(odd, "7o1"), "surgard: odd parity too");
	ok(typed && strstr(typed, "0E"), "surgard: a terminator typed in decimal is named");
	proto = protocol_find(SPAN("radionics-6500"));
	typed = proto->neighbour(SPAN("1011      1234 A0001\x0E"));
	ok(typed && strstr(typed, "0E"), "radionics-6500: the same");
	ok(!proto->neighbour(SPAN("1011      1234 A0001\x14")), "and a sound record is none of that");
}

int main(void)
{
	for (const struct protocol *const *p = protocols; *p; p++)
		if (((*p)->one_at_a_time || (*p)->conversation) && !talks(*p))
			check_corpus(*p);
	glued();
	glued_to_noise();
	strangers();
	ids();
	accounts_of_a_packet();
	widths();
	misset();
	buf_free(&first);
	event_list_free(&list);
	return done();
}
