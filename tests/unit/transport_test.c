/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What networks and panels do to DC-09 frames before a receiver sees them:
 * cut anywhere, joined, after noise, with a length that lies, with a CRC
 * whose bytes look like borders. */
#include "../tap.h"
#include "proto/proto.h"
#include "util/checksum.h"

#define GOOD "\n8F540039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r"
#define LINK_TEST "\n54230012\"NULL\"0000L0#AAA[]\r"

static const struct protocol *dc09;
static struct buf stream, held;

/* What a receiver finds in a connection's bytes. */
struct found {
	unsigned good, bad, noise;
	size_t bytes;		/* handed on or dropped */
	bool stuck;		/* no progress, or more taken than there was */
	char tokens[64];
};

static void note(struct found *f, enum verdict v, struct span frame)
{
	struct signal s;
	f->good += v == V_OK;
	f->bad += v == V_BAD_CHECK;
	f->noise += v == V_NOT_MINE;
	if (v != V_OK || dc09->read(frame, &s) != V_OK)
		return;
	size_t n = strlen(f->tokens);
	snprintf(f->tokens + n, sizeof f->tokens - n, "%.*s ", (int)s.token.n, (const char *)s.token.p);
}

static void drain(struct found *f, bool at_end)
{
	struct span frame;
	while (held.n && !f->stuck) {
		enum verdict v = dc09->frame(buf_view(&held), at_end, &frame);
		f->stuck = frame.n > held.n || (v != V_MORE && frame.n == 0) || (v == V_MORE && at_end);
		note(f, v, frame);
		f->bytes += frame.n;
		buf_consume(&held, frame.n);
		if (v == V_MORE)
			return;
	}
}

/* The stream in pieces of so many bytes, the first of them shorter. */
static struct found received(struct span in, size_t first, size_t piece)
{
	struct found f = { 0 };
	buf_reset(&held);
	for (size_t at = 0, n = first; at < in.n; at += n, n = piece) {
		buf_span(&held, span_sub(in, at, n));
		drain(&f, false);
	}
	drain(&f, true);
	return f;
}

static bool all_of(const struct found *f, struct span in)
{
	return !f->stuck && f->bytes == in.n;
}

/* Whole and in every two pieces: the same. */
static void expect(const char *name, struct span in, unsigned good, const char *tokens)
{
	struct found whole = received(in, in.n, in.n);
	ok(all_of(&whole, in) && whole.good == good, "%s: %u good frames", name, good);
	is(whole.tokens, tokens, "%s: in their order", name);
	bool same = true;
	for (size_t n = 1; n < in.n && in.n < 2000; n++) {
		struct found f = received(in, n, in.n);
		same &= all_of(&f, in) && f.good == good && strcmp(f.tokens, tokens) == 0;
	}
	ok(same, "%s: cut anywhere the same", name);
	struct found f = received(in, 1, 1);
	ok(in.n > 2000 || (all_of(&f, in) && f.good == good), "%s: byte by byte the same", name);
}

static void joined(void)
{
	expect("one frame", SPAN(GOOD), 1, "SIA-DCS ");
	expect("two in a segment", SPAN(GOOD LINK_TEST), 2, "SIA-DCS NULL ");
	expect("NUL behind CR", SPAN(GOOD "\0" LINK_TEST "\0\0\0" GOOD), 3, "SIA-DCS NULL SIA-DCS ");
	expect("no LF", SPAN("54230012\"NULL\"0000L0#AAA[]\r" "54230012\"NULL\"0000L0#AAA[]\r"), 2, "NULL NULL ");
	expect("no CR", SPAN("\n54230012\"NULL\"0000L0#AAA[]" GOOD), 2, "NULL SIA-DCS ");
	expect("stray CR, LF, blanks", SPAN("\r\n\n \r" GOOD "\r\n\r\n" LINK_TEST "\n"), 2, "SIA-DCS NULL ");
	expect("a word in front", SPAN("AT\r\nOK\r\n" GOOD), 1, "SIA-DCS ");
	expect("a half frame in front", SPAN("\n8F540039\"SIA-DCS\"0002L0#12" GOOD), 1, "SIA-DCS ");
	expect("a half header in front", SPAN("\n8F54" GOOD), 1, "SIA-DCS ");
	expect("a bad CRC in front", SPAN("\n8F550039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r" GOOD), 1,
	       "SIA-DCS ");
	expect("CR and LF in the data", SPAN("\n6BAF001D\"VIS-ACK\"5564L0#2A4CC3[\r\x02" "C\xBA\n]\r" GOOD), 2,
	       "VIS-ACK SIA-DCS ");
}

static void in_three(void)
{
	struct span in = SPAN(GOOD);
	bool same = true;
	for (size_t a = 1; a < in.n; a++)
		for (size_t piece = 1; piece < in.n - a; piece++) {
			struct found f = received(in, a, piece);
			same &= all_of(&f, in) && f.good == 1;
		}
	ok(same, "in three pieces and more, cut inside the CRC too");
}

/* Header and CR around a body whose CRC is what its bytes make it. */
static uint16_t frame_of(struct buf *out, struct span body, unsigned length, bool binary)
{
	uint16_t crc = crc16_arc(0, body);
	buf_byte(out, '\n');
	if (binary) {
		buf_byte(out, (uint8_t)(crc >> 8));
		buf_byte(out, (uint8_t)crc);
	} else {
		buf_printf(out, "%04X", crc);
	}
	buf_printf(out, "%04X", length);
	buf_span(out, body);
	buf_byte(out, '\r');
	return crc;
}

/* A link test whose binary CRC has the byte at that place. */
static void with_crc_byte(uint8_t byte, bool low)
{
	struct buf body = { 0 };
	for (unsigned account = 0x100; account < 0xFFFF; account++) {
		buf_reset(&body);
		buf_reset(&stream);
		buf_printf(&body, "\"NULL\"0000L0#%04X[]", account);
		uint16_t crc = frame_of(&stream, buf_view(&body), (unsigned)body.n, true);
		if ((low ? crc & 0xFF : crc >> 8) == byte)
			break;
	}
	char name[64];
	snprintf(name, sizeof name, "a binary CRC with %02X as its %s byte", byte, low ? "second" : "first");
	buf_lit(&stream, GOOD);
	expect(name, buf_view(&stream), 2, "NULL SIA-DCS ");
	buf_free(&body);
}

static void binary_crc(void)
{
	static const uint8_t bytes[] = { '"', '\n', '\r', '\0', ' ', '0', 'A' };
	for (size_t i = 0; i < sizeof bytes; i++) {
		with_crc_byte(bytes[i], false);
		with_crc_byte(bytes[i], true);
	}
}

/* Whatever length a frame claims, its own CRC tells where it ends, and a
 * good frame behind a bad one is found. */
static void lying_lengths(void)
{
	struct span body = SPAN("\"SIA-DCS\"0007L0#1234[#1234|Nri1/BA12]");
	unsigned hidden = 0, refused = 0;
	for (unsigned length = 0; length <= 0xFFFF; length += length < 0x1000 ? 1 : 0x101) {
		buf_reset(&stream);
		frame_of(&stream, body, length, false);
		buf_lit(&stream, GOOD);
		struct found f = received(buf_view(&stream), stream.n, stream.n);
		refused += f.good != 2;
		stream.p[1] ^= 1;	/* another digit: the CRC is wrong */
		f = received(buf_view(&stream), 20, 7);
		hidden += f.good != 1 || !all_of(&f, buf_view(&stream));
	}
	ok(refused == 0, "with any length: taken by its CRC, and the frame behind it too");
	ok(hidden == 0, "with any length and a bad CRC: the frame behind it is found");
}

static uint32_t next_chance(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Bytes of all kinds, and now and then what could begin a frame. */
static void put_noise(struct buf *out, uint32_t seed, size_t n)
{
	while (out->n < n) {
		uint32_t r = next_chance(&seed);
		if (r % 97 == 0)
			buf_lit(out, "\n0FFF0FFF\"");
		else if (r % 89 == 0)
			buf_lit(out, "ABCD0123\"");
		else
			buf_byte(out, (uint8_t)(r >> 4));
	}
}

static void noise(void)
{
	for (uint32_t seed = 1; seed <= 3; seed++) {
		buf_reset(&stream);
		put_noise(&stream, seed, 200 * 1024);
		buf_lit(&stream, GOOD);
		struct span in = buf_view(&stream);
		struct found f = received(in, 1460, 1460);
		ok(all_of(&f, in) && strstr(f.tokens, "SIA-DCS"), "200 KiB of noise, then a frame is found (%u)", seed);
	}
}

/* A beginning without an end takes what follows with it only up to the next
 * frame's header, also where that is cut. */
static void cut_header_behind_bad(void)
{
	struct span good = SPAN(GOOD);
	bool found = true;
	for (size_t n = 1; n < good.n; n++) {
		buf_reset(&stream);
		buf_lit(&stream, "\n00000FFF\"");
		while (stream.n < 4200)
			buf_byte(&stream, 'z');
		size_t cut = stream.n + n;
		buf_span(&stream, good);
		struct found f = received(buf_view(&stream), cut, stream.n);
		found &= f.good == 1 && all_of(&f, buf_view(&stream));
	}
	ok(found, "a good frame cut anywhere behind a bad one of full length is found");
}

/* Cut from its first byte to its last: the header's fields and the answer
 * do not depend on how it came. */
static void same_when_read(void)
{
	struct span in = SPAN(GOOD), frame;
	struct buf first = { 0 }, second = { 0 };
	struct context cx = { .now = 0 };
	bool waits = true;
	for (size_t n = 0; n + 1 < in.n; n++) {
		enum verdict v = dc09->frame(span_sub(in, 0, n), false, &frame);
		waits &= v == V_MORE && frame.n == 0;
	}
	ok(waits, "up to its last byte the rest is waited for, and nothing dropped");
	struct signal whole = { 0 }, without_cr = { 0 };
	ok(dc09->frame(in, false, &frame) == V_OK && dc09->read(frame, &whole) == V_OK, "whole");
	ok(dc09->frame(span_sub(in, 0, in.n - 1), true, &frame) == V_OK && dc09->read(frame, &without_cr) == V_OK,
	   "at the end of the connection its CR is not missed");
	dc09->answer(&whole, &cx, A_ACK, &first);
	dc09->answer(&without_cr, &cx, A_ACK, &second);
	ok(span_eq(buf_view(&first), buf_view(&second)) && span_eq(whole.identity, without_cr.identity),
	   "the same answer, the same identity");
	ok(!whole.lenient_only && without_cr.warnings & WARN(CR_MISSING), "but it is noted");
	buf_free(&first);
	buf_free(&second);
}

/* A datagram is all there is. */
static void datagrams(void)
{
	struct span in = SPAN(GOOD GOOD), frame;
	bool decided = true;
	for (size_t n = 1; n < in.n; n++) {
		enum verdict v = dc09->frame(span_sub(in, 0, n), true, &frame);
		decided &= v != V_MORE && frame.n > 0 && frame.n <= n;
	}
	ok(decided, "a datagram cut anywhere is decided on");
}

/* Each ] of these begins a walk over the rest, if one lets it. */
static void hostile(void)
{
	struct buf body = { 0 };
	struct signal s;
	buf_lit(&body, "\"SIA-DCS\"0001L0#1234[#1234|NBA1]");
	size_t data = body.n;
	while (body.n < 4000)
		buf_lit(&body, "[A]");
	for (int stale = 0; stale < 2; stale++) {
		buf_reset(&stream);
		if (stale)
			buf_byte(&body, 'x');
		frame_of(&stream, buf_view(&body), (unsigned)body.n, false);
		ok(dc09->read(buf_view(&stream), &s) == V_OK && span_is(s.payload, "NBA1"), "a thousand extended fields");
		ok(s.extended.n == body.n - data - (size_t)stale && !!(s.warnings & WARN(TRAILING_BYTES)) == stale,
		   "all of them; what is behind them is noted");
	}
	buf_free(&body);
}

int main(void)
{
	dc09 = protocol_find(SPAN("dc09"));
	joined();
	in_three();
	binary_crc();
	lying_lengths();
	noise();
	cut_header_behind_bad();
	same_when_read();
	datagrams();
	hostile();
	buf_free(&stream);
	buf_free(&held);
	return done();
}
