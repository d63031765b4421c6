/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/charset.h"

bool is_ascii(struct span s)
{
	size_t i = 0;
	for (uint64_t word; s.n - i >= 8; i += 8) {
		memcpy(&word, s.p + i, 8);
		if (word & UINT64_C(0x8080808080808080))
			return false;
	}
	for (; i < s.n; i++)
		if (s.p[i] & 0x80)
			return false;
	return true;
}

size_t utf8_length(struct span s)
{
	if (s.n == 0)
		return 0;
	uint8_t first = s.p[0];
	if (first < 0x80)
		return 1;
	size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
	if (first < 0xC2 || first > 0xF4 || s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s.p[i] & 0xC0) != 0x80)
			return 0;
	if ((first == 0xE0 && s.p[1] < 0xA0) || (first == 0xED && s.p[1] > 0x9F) ||
	    (first == 0xF0 && s.p[1] < 0x90) || (first == 0xF4 && s.p[1] > 0x8F))
		return 0;
	return n;
}

bool is_utf8(struct span s)
{
	if (is_ascii(s))
		return true;
	while (s.n) {
		size_t n = utf8_length(s);
		if (n == 0)
			return false;
		s = span_from(s, n);
	}
	return true;
}

size_t control_length(struct span s)
{
	if (s.n && (s.p[0] < 0x20 || s.p[0] == 0x7F))
		return 1;
	return s.n > 1 && s.p[0] == 0xC2 && s.p[1] >= 0x80 && s.p[1] < 0xA0 ? 2 : 0;
}

size_t utf8_width(struct span s)
{
	size_t columns = 0;
	for (size_t i = 0; i < s.n; i++)
		columns += (s.p[i] & 0xC0) != 0x80;
	return columns;
}

void utf8_put(struct buf *out, uint32_t u)
{
	if (u < 0x80) {
		buf_byte(out, (uint8_t)u);
	} else if (u < 0x800) {
		buf_byte(out, (uint8_t)(0xC0 | u >> 6));
		buf_byte(out, (uint8_t)(0x80 | (u & 0x3F)));
	} else if (u < 0x10000) {
		buf_byte(out, (uint8_t)(0xE0 | u >> 12));
		buf_byte(out, (uint8_t)(0x80 | (u >> 6 & 0x3F)));
		buf_byte(out, (uint8_t)(0x80 | (u & 0x3F)));
	} else {
		buf_byte(out, (uint8_t)(0xF0 | u >> 18));
		buf_byte(out, (uint8_t)(0x80 | (u >> 12 & 0x3F)));
		buf_byte(out, (uint8_t)(0x80 | (u >> 6 & 0x3F)));
		buf_byte(out, (uint8_t)(0x80 | (u & 0x3F)));
	}
}

static const uint16_t cp1252[32] = {
	0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
	0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

void text_to_utf8(struct buf *out, struct span s)
{
	if (is_utf8(s)) {
		buf_span(out, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		utf8_put(out, c >= 0x80 && c < 0xA0 ? cp1252[c - 0x80] : c);
	}
}
