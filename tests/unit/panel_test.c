/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/dc09_panel.h"

#include "../tap.h"

static const uint8_t pad[16] = "ABCDEFGHIJKLMNOP";
static const struct key key = {
	.bytes = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF },
	.n = 16,
};
static struct buf out, opened;

static msec noon(void)
{
	return clock_parse(SPAN("2026-01-31T12:00:00Z"));
}

/* LF as <, CR as >. */
static const char *shown(void)
{
	for (size_t i = 0; i < out.n; i++)
		if (out.p[i] == '\n' || out.p[i] == '\r')
			out.p[i] = out.p[i] == '\n' ? '<' : '>';
	return buf_cstr(&out);
}

static struct dc09_message sia(const char *body)
{
	return (struct dc09_message){
		.token = SPAN("SIA-DCS"), .seq = 2, .line = SPAN("0"), .account = SPAN("1234"),
		.body = span_str(body), .sent = noon(),
	};
}

static void composed(const struct dc09_message *m, const struct key *k, const char *want, const char *name)
{
	buf_reset(&out);
	ok(dc09_compose(m, k, pad, &out) == 0, "%s: composed", name);
	is(shown(), want, "%s", name);
}

static void compose(void)
{
	struct dc09_message m = sia("#1234|Nri1/BA12]");
	composed(&m, NULL, "<8F540039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026>", "in clear");
	composed(&m, &key,
	         "<FD2F0076\"*SIA-DCS\"0002L0#1234[75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2"
	         "EAE00EEA06922DC18E9E7EC212F476CA>", "encrypted");

	m = sia("]");
	m.token = SPAN("NULL");
	m.seq = 0;
	m.account = SPAN("AAA");
	m.sent = CLOCK_NONE;
	composed(&m, NULL, "<54230012\"NULL\"0000L0#AAA[]>", "a link test without a time");

	m = sia("#1234|1130 01 012]");
	m.token = SPAN("ADM-CID");
	m.seq = 3;
	composed(&m, NULL, "<2F32003B\"ADM-CID\"0003L0#1234[#1234|1130 01 012]_12:00:00,01-31-2026>", "Contact ID");
}

/* Padding must not hold what structures the content, and fills whole blocks. */
static void padding(void)
{
	static const uint8_t bad[16] = "|[]|[]|[]|[]|[]|";
	char body[40];
	for (size_t n = 1; n <= 33; n++) {
		struct signal s = { 0 };
		memset(body, 'x', n);
		body[n - 1] = ']';
		body[n] = '\0';
		struct dc09_message m = sia(body);
		buf_reset(&out);
		buf_reset(&opened);
		dc09_compose(&m, &key, bad, &out);
		struct context cx = { .now = noon(), .key = &key, .opened = &opened };
		const struct protocol *p = protocol_find(SPAN("dc09"));
		struct span frame;
		ok(p->frame(buf_view(&out), false, &frame) == V_OK && p->read(frame, &s) == V_OK && s.encrypted,
		   "body of %zu: a whole frame", n);
		p->open(&s, &cx);
		ok(span_is(dc09_body(&s), body), "and the same content when it is opened");
	}
}

static void limits(void)
{
	static char body[4097];
	memset(body, 'x', sizeof body - 1);
	struct dc09_message m = sia(body);
	m.body.n = 4095 - 20 - strlen("\"SIA-DCS\"0002L0#1234[");
	buf_reset(&out);
	ok(dc09_compose(&m, NULL, pad, &out) == 0 && out.n == 4095 + 10, "the longest frame there is");
	m.body.n++;
	ok(dc09_compose(&m, NULL, pad, &out) == -1 && out.n == 4095 + 10, "one byte more is refused, nothing appended");
}

static void bodies(void)
{
	struct signal s = { .content = SPAN("#1|Nri1/BA1][Mxx]_12:00:00,01-31-2026") };
	ok(span_is(dc09_body(&s), "#1|Nri1/BA1][Mxx]"), "content without its time");
	s.content = SPAN("#1|Nri1/BA1^a_12345678901234567^]");
	ok(span_eq(dc09_body(&s), s.content), "a text that looks like one is kept");
	s.content = SPAN("]");
	ok(span_is(dc09_body(&s), "]"), "a short one");
}

static void numbers(void)
{
	ok(dc09_seq_for(SPAN("pc1.mbvq3k7h2f0000-1")) == 1, "the first record of an epoch is 0001");
	ok(dc09_seq_for(SPAN("pc1.mbvq3k7h2f0000-42.3")) == 42, "a part has its frame's number");
	ok(dc09_seq_for(SPAN("pc1.mbvq3k7h2f0000-9999")) == 9999, "9999");
	ok(dc09_seq_for(SPAN("pc1.mbvq3k7h2f0000-10000")) == 1, "then 0001 again");
	unsigned made_up = dc09_seq_for(SPAN("1003+late-close.20260113T184500Z"));
	ok(made_up >= 1 && made_up <= 9999 && made_up == dc09_seq_for(SPAN("1003+late-close.20260113T184500Z")),
	   "an id of another form has its number too");
}

struct answer_case {
	const char *frame, *name;
	enum dc09_match match;
	enum answer answer;
};

/* Frames that servers have sent, those with a dialect included (D27). */
static const struct answer_case answers[] = {
	{ "\n1EB60014\"ACK\"0001R1L0#1234[]\r", "ACK", MATCH_YES, A_ACK },
	{ "\n6E6E0014\"DUH\"0001R1L0#1234[]\r", "DUH", MATCH_YES, A_DUH },
	{ "\n234B0025\"NAK\"0000R0L0A0[]_12:00:00,01-31-2026\r", "NAK", MATCH_YES, A_NAK },
	{ "\n3D430025\"NAK\"0001R0L0A0[]_16:09:09,04-14-2015\r", "NAK with a number", MATCH_YES, A_NAK },
	{ "\nCD400011\"NAK\"0000R0L0A0[]\r", "NAK without a time", MATCH_YES, A_NAK },
	{ "\nA62A0012\"ACK\"0001L0#7099[]\r", "ACK to another account", MATCH_OTHER, A_ACK },
	{ "\n444D0012\"ACK\"1663L0#0000[]\r", "ACK to another number", MATCH_OTHER, A_ACK },
	{ "\n54230012\"NULL\"0000L0#AAA[]\r", "no answer", MATCH_NONE, A_NONE },
};

static void replies(void)
{
	struct dc09_message m = { .seq = 1, .account = SPAN("1234") };
	struct dc09_reply reply;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const struct answer_case *a = &answers[i];
		buf_reset(&opened);
		ok(dc09_reply_read(span_str(a->frame), &m, NULL, &opened, &reply) == a->match && reply.answer == a->answer,
		   "%s", a->name);
	}
	dc09_reply_read(span_str(answers[2].frame), &m, NULL, &opened, &reply);
	ok(reply.time == noon(), "NAK tells the time");
	dc09_reply_read(span_str(answers[4].frame), &m, NULL, &opened, &reply);
	ok(reply.time == CLOCK_NONE, "or does not");
	m.account = SPAN("080027e62a64");
	m.seq = 0;
	ok(dc09_reply_read(SPAN("\n01fc0037\"ACK\"0000Rc0ffdL1234#080027E62A64[]_12:10:40,06-22-2015\r"), &m, NULL, &opened,
	                   &reply) == MATCH_YES, "an account in other letters");
}

static void encrypted_replies(void)
{
	struct span ack = SPAN("\n84660052\"*ACK\"0002L0#1234[540ED383B72DF29AF3910A81CCA96D8B3218FFA11ED19F7B4F02C63A142FDC3C\r");
	struct dc09_message m = { .seq = 2, .account = SPAN("1234") };
	struct key wrong = key;
	struct dc09_reply reply;
	wrong.bytes[0] ^= 1;
	buf_reset(&opened);
	ok(dc09_reply_read(ack, &m, &key, &opened, &reply) == MATCH_YES && !reply.clear, "an encrypted ACK");
	buf_reset(&opened);
	ok(dc09_reply_read(ack, &m, &wrong, &opened, &reply) == MATCH_CLOSED, "under another key it is none");
	m.seq = 1;
	ok(dc09_reply_read(span_str(answers[0].frame), &m, &key, &opened, &reply) == MATCH_YES && reply.clear,
	   "an ACK in clear is told apart");
}

int main(void)
{
	compose();
	padding();
	limits();
	bodies();
	numbers();
	replies();
	encrypted_replies();
	buf_free(&out);
	buf_free(&opened);
	return done();
}
