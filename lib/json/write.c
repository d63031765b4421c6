/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/write.h"

#include <endian.h>

#include "util/charset.h"
#include "util/hex.h"

/* A run of this many bytes is shown in hex where control bytes, six
 * characters each, would make a record of 16 KiB too long to be one. */
#define LONG 1024

/* The comma goes where something stands before it: not behind { and [. */
static bool opens(const struct buf *b)
{
	return b->n == 0 || b->p[b->n - 1] == '{' || b->p[b->n - 1] == '[';
}

static void put_key(struct buf *b, struct span key)
{
	/* An empty buf collects members for record_amend(): comma kept. */
	if (b->n && opens(b))
		key = span_from(key, 1);
	buf_span(b, key);
}

void json_begin(struct buf *b)
{
	buf_byte(b, '{');
}

void json_begin_in(struct buf *b, struct span key)
{
	put_key(b, key);
	buf_byte(b, '{');
}

void json_end(struct buf *b)
{
	buf_byte(b, '}');
}

void json_begin_list(struct buf *b, struct span key)
{
	put_key(b, key);
	buf_byte(b, '[');
}

void json_end_list(struct buf *b)
{
	buf_byte(b, ']');
}

/* What must be escaped, or looked at twice: quote, backslash, controls, and all above ASCII. */
static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* How many of the eight bytes, from the first on, are plain.  Each term sets
 * the high bit of a byte that is: above ASCII, below blank, a quote, a
 * backslash.  A borrow marks only bytes behind one that is marked already, so
 * the first mark is right. */
static size_t plain_bytes(const uint8_t *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
	uint64_t w;
	memcpy(&w, p, 8);
	w = le64toh(w);
	uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
	uint64_t odd = (w | (w - ones * 0x20) | (quote - ones) | (backslash - ones)) & high;
	return odd ? (size_t)__builtin_ctzll(odd) / 8 : 8;
}

static size_t plain_run(struct span s)
{
	size_t n = 0;
	while (s.n - n >= 8) {
		size_t plain = plain_bytes(s.p + n);
		n += plain;
		if (plain < 8)
			return n;
	}
	while (n < s.n && is_plain(s.p[n]))
		n++;
	return n;
}

static void escape(struct buf *b, uint8_t c)
{
	static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *found = c ? strchr(shorts, c) : NULL;
	if (found) {
		buf_byte(b, '\\');
		buf_byte(b, (uint8_t)letters[found - shorts]);
	} else {
		buf_lit(b, "\\u00");
		hex_lower(b, span_of(&c, 1));
	}
}

/* s is sound UTF-8. */
static void put_escaped(struct buf *b, struct span s)
{
	while (s.n) {
		size_t n = plain_run(s);
		buf_add(b, s.p, n);
		s = span_from(s, n);
		if (s.n == 0)
			break;
		if (s.p[0] >= 0x80)
			buf_byte(b, s.p[0]);
		else
			escape(b, s.p[0]);
		s = span_from(s, 1);
	}
}

void json_quote(struct buf *b, struct span text)
{
	buf_byte(b, '"');
	if (plain_run(text) == text.n) {
		buf_span(b, text);
	} else if (is_utf8(text)) {
		put_escaped(b, text);
	} else {
		struct buf utf8 = { 0 };
		text_to_utf8(&utf8, text);
		put_escaped(b, buf_view(&utf8));
		buf_free(&utf8);
	}
	buf_byte(b, '"');
}

void json_str(struct buf *b, struct span key, struct span text)
{
	put_key(b, key);
	json_quote(b, text);
}

void json_int(struct buf *b, struct span key, int64_t value)
{
	put_key(b, key);
	buf_signed(b, value);
}

void json_time(struct buf *b, struct span key, msec t)
{
	put_key(b, key);
	buf_byte(b, '"');
	clock_put(b, t);
	buf_byte(b, '"');
}

void json_bool(struct buf *b, struct span key, bool value)
{
	put_key(b, key);
	buf_str(b, value ? "true" : "false");
}

void json_raw(struct buf *b, struct span key, struct span value)
{
	put_key(b, key);
	buf_span(b, value);
}

void json_bytes(struct buf *b, struct span bytes)
{
	size_t began = b->n;
	if (is_ascii(bytes)) {
		json_str(b, KEY("text"), bytes);
		if (bytes.n < LONG || b->n - began < 2 * bytes.n)
			return;
		b->n = began;
	}
	put_key(b, KEY("hex"));
	buf_byte(b, '"');
	hex_lower(b, bytes);
	buf_byte(b, '"');
}

void json_key(struct buf *b, struct span name)
{
	if (!opens(b))
		buf_byte(b, ',');
	json_quote(b, name);
	buf_byte(b, ':');
}

void json_element(struct buf *b, struct span text)
{
	if (!opens(b) && b->p[b->n - 1] != ':')
		buf_byte(b, ',');
	json_quote(b, text);
}
