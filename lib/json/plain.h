/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bytes stand in a JSON string as they are: not quote, backslash,
 * controls, nor what is above ASCII and must be looked at twice.  Many bytes
 * are judged at once, because reading and writing strings is most of what a
 * filter does. */
#ifndef VIGIE_JSON_PLAIN_H
#define VIGIE_JSON_PLAIN_H

#include <endian.h>

#include "util/span.h"

#define PLAIN_AT_ONCE 16

static inline bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Of sixteen bytes, how many stand in front of the first that is not plain. */
static inline size_t plain_bytes(const uint8_t *p)
{
	typedef int8_t bytes __attribute__((vector_size(PLAIN_AT_ONCE)));
	bytes v;
	uint64_t half[2];
	memcpy(&v, p, sizeof v);
	/* As signed numbers, those above ASCII are below blank too. */
	v = (v < ' ') | (v == '"') | (v == '\\');
	memcpy(half, &v, sizeof half);
	if (half[0])
		return (size_t)__builtin_ctzll(le64toh(half[0])) / 8;
	return half[1] ? 8 + (size_t)__builtin_ctzll(le64toh(half[1])) / 8 : PLAIN_AT_ONCE;
}

/* Each term sets the high bit of a byte that is: above ASCII, below blank, a
 * quote, a backslash.  A borrow marks only bytes behind a marked one. */
static inline bool word_is_plain(uint64_t w)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
	uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';
	return !((w | (w - ones * 0x20) | (quote - ones) | (backslash - ones)) & high);
}

/* Are all n bytes plain?  The last look at a run overlaps the one before. */
static inline bool all_plain(const uint8_t *p, size_t n)
{
	if (n >= PLAIN_AT_ONCE) {
		for (size_t at = 0; at + PLAIN_AT_ONCE < n; at += PLAIN_AT_ONCE)
			if (plain_bytes(p + at) < PLAIN_AT_ONCE)
				return false;
		return plain_bytes(p + n - PLAIN_AT_ONCE) == PLAIN_AT_ONCE;
	}
	if (n >= 8)
		return word_is_plain(span_word64(p)) && word_is_plain(span_word64(p + n - 8));
	if (n >= 4)
		return word_is_plain(span_word32(p) | (uint64_t)span_word32(p + n - 4) << 32);
	return n == 0 || (is_plain(p[0]) && is_plain(p[n / 2]) && is_plain(p[n - 1]));
}

#endif
