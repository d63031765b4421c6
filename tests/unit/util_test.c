/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../tap.h"
#include "util/charset.h"
#include "util/checksum.h"
#include "util/clock.h"
#include "util/cursor.h"
#include "util/hex.h"

static struct buf out;

static const char *written(msec t)
{
	buf_reset(&out);
	clock_put(&out, t);
	return buf_cstr(&out);
}

static void clocks(void)
{
	static const char *const times[] = {
		"1970-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "2000-02-29T12:34:56.789Z", "2026-12-31T23:59:59.999Z",
		"2100-02-28T00:00:00.001Z", "2400-02-29T00:00:00.000Z", "9999-12-31T23:59:59.999Z",
	};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		is(written(clock_parse(span_str(times[i]))), times[i], "there and back: %s", times[i]);
	ok(clock_parse(SPAN("2026-01-13T21:14:03+01:00")) == clock_parse(SPAN("2026-01-13T20:14:03Z")), "an offset");
	ok(clock_parse(SPAN("2026-01-13 20:14:03.5Z")) == clock_parse(SPAN("2026-01-13T20:14:03.500Z")), "a blank and a short fraction");
	static const char *const wrong[] = {
		"", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-1-1T00:00:00Z",
		"2026-01-01T00:00:00Zx", "2026-00-01T00:00:00Z",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ok(clock_parse(span_str(wrong[i])) == CLOCK_NONE, "no time: \"%s\"", wrong[i]);
	ok(clock_duration(SPAN("36h")) == 36 * HOUR && clock_duration(SPAN("500ms")) == 500 && clock_duration(SPAN("5")) == 5000,
	   "durations");
	ok(clock_duration(SPAN("h")) == CLOCK_NONE && clock_duration(SPAN("3x")) == CLOCK_NONE && clock_duration(SPAN("-1s")) == CLOCK_NONE,
	   "no durations");
}

static void checks(void)
{
	ok(crc16_arc(0, SPAN("123456789")) == 0xBB3D, "CRC-16/ARC, its check value");
	ok(crc16_arc(0, SPAN("\"NULL\"0000L0#AAA[]")) == 0x5423, "the worked example of DC-09");
	uint16_t one = 0;
	for (const char *p = "\"NULL\"0000L0#AAA[]"; *p; p++)
		one = crc16_arc(one, span_of(p, 1));
	ok(one == 0x5423, "byte by byte it is the same");
}

static void cursors(void)
{
	struct cursor c = cursor_over(SPAN("12aF;xyz"));
	ok(cursor_digits(&c, 2, 10) == 12 && cursor_digits(&c, 2, 16) == 0xAF, "digits");
	ok(span_is(cursor_until(&c, ';'), "") && cursor_peek(&c) == 'x', "until");
	ok(!cursor_skip(&c, 'q') && cursor_ok(&c) && cursor_skip(&c, 'x'), "skip fails nothing");
	cursor_take(&c, 3);
	ok(!cursor_ok(&c) && cursor_u8(&c) == 0 && cursor_take(&c, 1).n == 0, "past the end: zeros, and it is known");
	c = cursor_over(SPAN("1x"));
	cursor_digits(&c, 2, 10);
	ok(!cursor_ok(&c), "no digit");
	c = cursor_over(SPAN("abc"));
	cursor_until(&c, ';');
	ok(!cursor_ok(&c), "no stop");
}

static void charsets(void)
{
	buf_reset(&out);
	text_to_utf8(&out, SPAN("caf\xe9 \x80 \x81"));
	is(buf_cstr(&out), "caf\xc3\xa9 \xe2\x82\xac \xc2\x81", "Windows-1252");
	buf_reset(&out);
	text_to_utf8(&out, SPAN("caf\xc3\xa9"));
	is(buf_cstr(&out), "caf\xc3\xa9", "UTF-8 stays");
	ok(!is_utf8(SPAN("\xf8\x88\x80\x80\x80")) && !is_utf8(SPAN("\xe2\x82")) && is_utf8(SPAN("")), "what is no UTF-8");
	ok(is_ascii(SPAN("0123456789")) && !is_ascii(SPAN("01234567\xc3")), "ASCII");
}

static void bytes(void)
{
	buf_reset(&out);
	ok(hex_decode(&out, SPAN("0aFf")) == 0 && out.n == 2 && out.p[1] == 0xFF, "hex");
	ok(hex_decode(&out, SPAN("0")) < 0 && hex_decode(&out, SPAN("0g")) < 0 && out.n == 2, "no hex, nothing appended");
	struct span line, rest = SPAN("a\r\n\nb"), word, words = SPAN("  one\t two ");
	ok(span_line(&rest, &line) && span_is(line, "a") && span_line(&rest, &line) && line.n == 0 && span_line(&rest, &line) &&
	   span_is(line, "b") && !span_line(&rest, &line), "lines");
	ok(span_word(&words, &word) && span_is(word, "one") && span_word(&words, &word) && span_is(word, "two") &&
	   !span_word(&words, &word), "words");
	ok(span_eq_nocase(SPAN("22aB"), SPAN("22Ab")) && !span_eq_nocase(SPAN("0012"), SPAN("12")), "accounts");
	buf_reset(&out);
	buf_lit(&out, "abcdef");
	buf_consume(&out, 2);
	is(buf_cstr(&out), "cdef", "consumed");
}

int main(void)
{
	clocks();
	checks();
	cursors();
	charsets();
	bytes();
	buf_free(&out);
	return done();
}
