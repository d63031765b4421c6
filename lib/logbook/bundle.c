/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/bundle.h"

#include "crypto/crypto.h"
#include "util/hex.h"

#define DIGITS (2 * (size_t)SHA256_SIZE)
#define ENDING_MOST 8

static bool is_small_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static size_t ending(struct span s)
{
	size_t n = 0;
	while (n < s.n && n <= ENDING_MOST && (is_digit(s.p[n]) || (s.p[n] >= 'a' && s.p[n] <= 'z')))
		n++;
	return n <= ENDING_MOST ? n : 0;
}

bool stored_name_next(struct span *text, char name[static STORED_NAME_MOST])
{
	for (size_t at = 0, digits = 0; at < text->n; at++) {
		size_t behind = digits == DIGITS && text->p[at] == '.' ? ending(span_from(*text, at + 1)) : 0;
		if (behind) {
			memcpy(name, text->p + at - DIGITS, DIGITS + 1 + behind);
			name[DIGITS + 1 + behind] = '\0';
			*text = span_from(*text, at + 1 + behind);
			return true;
		}
		digits = is_small_hex(text->p[at]) ? digits + 1 : 0;
	}
	*text = (struct span){ 0 };
	return false;
}
