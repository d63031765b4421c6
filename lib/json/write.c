/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/write.h"

#include "json/plain.h"
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

static size_t plain_run(struct span s)
{
	size_t n = 0, plain = PLAIN_AT_ONCE;
	for (; plain == PLAIN_AT_ONCE && s.n - n >= PLAIN_AT_ONCE; n += plain)
		plain = plain_bytes(s.p + n);
	while (plain == PLAIN_AT_ONCE && n < s.n && is_plain(s.p[n]))
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

/* s is sound UTF-8, or ASCII. */
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

/* What is no UTF-8 is read as Windows-1252, byte by byte. */
static void put_bytes(struct buf *b, struct span s)
{
	while (s.n) {
		size_t n = 0;
		while (n < s.n && s.p[n] < 0x80)
			n++;
		put_escaped(b, span_sub(s, 0, n));
		text_to_utf8(b, span_sub(s, n, 1));
		s = span_from(s, n + 1);
	}
}

void json_quote(struct buf *b, struct span text)
{
	if (all_plain(text.p, text.n)) {
		uint8_t *to = buf_reserve(b, text.n + 2);
		*to = '"';
		if (text.n <= 16)
			copy_short(to + 1, text.p, text.n);
		else
			memcpy(to + 1, text.p, text.n);
		to[text.n + 1] = '"';
		b->n += text.n + 2;
		return;
	}
	buf_byte(b, '"');
	if (is_utf8(text))
		put_escaped(b, text);
	else
		put_bytes(b, text);
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
