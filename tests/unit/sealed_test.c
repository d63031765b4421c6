/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encrypted DC-09: what opens, what does not, and the answers to either,
 * byte for byte.  The corpus has the frames of panels; here are those that
 * somebody builds who tries. */
#include "../tap.h"
#include "crypto/crypto.h"
#include "proto/proto.h"
#include "util/checksum.h"
#include "util/hex.h"

#define SEALED "\nFD2F0076\"*SIA-DCS\"0002L0#1234[75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2EAE00EEA06922DC18E9E7EC212F476CA\r"

static const struct key key = {
	.bytes = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF },
	.n = 16,
};
static const struct protocol *dc09;
static struct buf frame, opened, out;

static struct context with(const struct key *k)
{
	buf_reset(&opened);
	return (struct context){ .now = clock_parse(SPAN("2026-01-31T12:00:01Z")), .key = k, .opened = &opened,
	                         .pad = "abcdefghijklmnop" };
}

static void put_frame(struct span body)
{
	buf_reset(&frame);
	buf_printf(&frame, "\n%04X%04X", crc16_arc(0, body), (unsigned)body.n);
	buf_span(&frame, body);
	buf_byte(&frame, '\r');
}

/* A frame around digits that need not be a ciphertext. */
static struct signal of_digits(const char *digits)
{
	struct signal s = { 0 };
	struct buf body = { 0 };
	buf_printf(&body, "\"*SIA-DCS\"0002L0#1234[%s", digits);
	put_frame(buf_view(&body));
	buf_free(&body);
	ok(dc09->read(buf_view(&frame), &s) == V_OK && s.encrypted, "a sound frame around it");
	return s;
}

/* A frame around the plaintext, which is filled up with blanks in front. */
static struct signal of_plain(struct span plain, unsigned *n)
{
	struct buf text = { 0 }, digits = { 0 };
	while ((text.n + plain.n) % 16)
		buf_byte(&text, ' ');
	buf_span(&text, plain);
	*n = (unsigned)text.n;
	aes_cbc_encrypt(key.bytes, key.n, text.p, text.p, text.n);
	hex_upper(&digits, buf_view(&text));
	struct signal s = of_digits(buf_cstr(&digits));
	buf_free(&text);
	buf_free(&digits);
	return s;
}

static void opens(const char *plain, const char *content, bool has_time)
{
	unsigned n;
	struct signal s = of_plain(span_str(plain), &n);
	struct context cx = with(&key);
	ok(dc09->open(&s, &cx) == V_OK && span_is(s.content, content), "opened: %s", plain);
	ok((s.sent != CLOCK_NONE) == has_time, "%s", has_time ? "with its time" : "without a time, for the caller to refuse");
}

static void closed(const char *plain)
{
	unsigned n;
	struct signal s = of_plain(span_str(plain), &n);
	struct context cx = with(&key);
	bool clean = true;
	ok(dc09->open(&s, &cx) == V_BAD_CHECK && opened.n == 0, "not opened: %s", plain);
	for (unsigned i = 0; i < n && i < opened.room; i++)
		clean &= opened.p[i] == 0;
	ok(clean, "and nothing of it left");
}

static void content(void)
{
	opens("|#1234|Nri1/BA12]_12:00:00,01-31-2026", "#1234|Nri1/BA12]_12:00:00,01-31-2026", true);
	opens("|]_12:00:00,01-31-2026", "]_12:00:00,01-31-2026", true);
	opens("|Nri1/BA12]_12:00:00,01-31-2026", "Nri1/BA12]_12:00:00,01-31-2026", true);
	opens("|#1234|Nri1/BA12][M001122334455]_12:00:00,01-31-2026", "#1234|Nri1/BA12][M001122334455]_12:00:00,01-31-2026", true);
	opens("|#1234|Nri1/BA12]", "#1234|Nri1/BA12]", false);
	opens("|1234|Nri1/BA12]", "1234|Nri1/BA12]", false);
	opens("|]", "]", false);
	opens("|][M001122334455]", "][M001122334455]", false);
	opens("|#1234|Nri1/BA12]_12:00:00,13-31-2026", "#1234|Nri1/BA12]_12:00:00,13-31-2026", false);
	closed("#1234 Nri1/BA12]_12:00:00,01-31-2026");
	closed("                 |#1234|NBA12]_12:00:00,01-31-2026");
	closed("|#1234|Nri1/BA12_12:00:00,01-31-2026");
	closed("|#1234 Nri1/BA12]");
	closed("|#12\x01|Nri1/BA12]");
	closed("|#1234|Nri1/BA\x02]");
	closed("|]x");
	closed("|");
}

static void digits(void)
{
	static const char *const bad[] = {
		"", "7", "75EE", "75EE49DEB90E28685AA76B35124E5C8", "75EE49DEB90E28685AA76B35124E5C86FF",
		"75EE49DEB90E28685AA76B35124E5CXX", "#1234|Nri1/BA12]_12:00:00,01-31-2026",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct signal s = of_digits(bad[i]);
		struct context cx = with(&key);
		ok(dc09->open(&s, &cx) == V_BAD_CHECK && opened.n == 0, "no ciphertext: \"%s\"", bad[i]);
	}
}

/* Each bit of a key counts; and without one nothing opens. */
static void wrong_keys(void)
{
	struct signal s;
	struct key wrong = key;
	unsigned passed = 0;
	for (unsigned bit = 0; bit < 128; bit++) {
		struct context cx = with(&wrong);
		wrong = key;
		wrong.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		dc09->read(SPAN(SEALED), &s);
		passed += dc09->open(&s, &cx) != V_BAD_CHECK || opened.n;
	}
	for (unsigned i = 1; i <= 20000; i++) {
		struct context cx = with(&wrong);
		memcpy(wrong.bytes, &i, sizeof i);
		dc09->read(SPAN(SEALED), &s);
		passed += dc09->open(&s, &cx) != V_BAD_CHECK || opened.n;
	}
	ok(passed == 0, "no wrong key opens it");
	dc09->read(SPAN(SEALED), &s);
	s.content = SPAN("75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2EAE00EEA06922DC18E9E7EC212F476CA]");
	struct context bracket = with(&key);
	ok(dc09->open(&s, &bracket) == V_OK, "a bracket behind the digits is no part of them");
	dc09->read(SPAN(SEALED), &s);
	struct context none = with(NULL);
	ok(dc09->open(&s, &none) == V_BAD_CHECK, "no key does not either");
	struct context right = with(&key);
	ok(dc09->open(&s, &right) == V_OK && span_is(s.payload, "Nri1/BA12"), "the right one does");
}

/* What strict receivers refuse is judged of what was hidden, too. */
static void strict(void)
{
	unsigned n;
	struct signal s = of_plain(SPAN("|#1234|NBA1]stale_12:00:00,01-31-2026"), &n);
	struct context cx = with(&key);
	ok(!s.lenient_only, "nothing to refuse in its header");
	ok(dc09->open(&s, &cx) == V_OK && s.lenient_only && s.warnings & WARN(TRAILING_BYTES), "but in its content");
}

static const char *answered(const struct signal *s, const struct context *cx, enum answer a)
{
	buf_reset(&out);
	dc09->answer(s, cx, a, &out);
	for (size_t i = 0; i < out.n; i++)
		out.p[i] = out.p[i] == '\n' ? '<' : out.p[i] == '\r' ? '>' : out.p[i];
	return buf_cstr(&out);
}

/* CRC and length of each were computed apart from this code. */
static void answers(void)
{
	struct signal s;
	struct context cx = with(&key);
	dc09->read(SPAN(SEALED), &s);
	ok(dc09->open(&s, &cx) == V_OK, "an event, opened");
	is(answered(&s, &cx, A_ACK),
	   "<84660052\"*ACK\"0002L0#1234[540ED383B72DF29AF3910A81CCA96D8B3218FFA11ED19F7B4F02C63A142FDC3C>",
	   "acknowledged under the same key");
	is(answered(&s, &cx, A_DUH), "<2AEF0012\"DUH\"0002L0#1234[]>", "DUH is never encrypted");
	is(answered(&s, &cx, A_NAK), "<E0B60025\"NAK\"0000R0L0A0[]_12:00:01,01-31-2026>", "NAK tells our time, in clear");
	is(answered(&s, &cx, A_NONE), "", "silence");
	struct span binary = SPAN("\n\xC5[002A\"NULL\"0000R8L0#41213[]_21:00:10,02-20-2024\r");
	ok(dc09->read(binary, &s) == V_OK && s.poll, "a link test with a binary CRC");
	is(answered(&s, &cx, A_NAK), "<\xE0\xB6" "0025\"NAK\"0000R0L0A0[]_12:00:01,01-31-2026>", "NAK in the form it spoke");
}

int main(void)
{
	dc09 = protocol_find(SPAN("dc09"));
	content();
	digits();
	wrong_keys();
	strict();
	answers();
	buf_free(&frame);
	buf_free(&opened);
	buf_free(&out);
	return done();
}
