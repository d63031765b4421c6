/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encrypted part of a DC-09 frame.
 *
 *	pad | #acct|data ] [extended]… _timestamp	multiple of 16 bytes
 *
 * AES-CBC from a block of zeros for every message, sent as hexadecimal
 * digits.  There is no MAC: the bar within the first seventeen bytes and the
 * order of what follows are all that tells a wrong key, and the caller
 * answers each failure the same way, so that nobody learns which it was. */
#include "crypto/crypto.h"
#include "proto/dc09.h"
#include "util/cursor.h"
#include "util/hex.h"

#define PAD_MOST 16

static bool is_account_byte(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Does it begin as content does: "#account|", "account|", "]" or "][" ? */
static bool begins_well(struct span clear)
{
	struct cursor c = cursor_over(clear);
	if (cursor_skip(&c, ']'))
		return cursor_end(&c) || cursor_peek(&c) == '[';
	cursor_skip(&c, '#');
	return cursor_while(&c, is_account_byte, 16).n && cursor_skip(&c, '|');
}

static bool has_controls(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ')
			return true;
	return false;
}

/* The time's form at the end is proof enough.  Without it the frame may
 * still be ours, and is answered with our time; then all else must fit, or
 * one wrong key in thousands would pass. */
static bool in_order(struct span clear)
{
	bool found;
	dc09_timestamp(clear, &found);
	return span_find(clear, ']') >= 0 && (found || (begins_well(clear) && !has_controls(clear)));
}

enum verdict dc09_open(struct signal *s, const struct context *cx)
{
	struct span digits = s->content;
	size_t began = cx->opened->n;
	if (digits.n && digits.p[digits.n - 1] == ']')
		digits.n--;
	if (!cx->key || cx->key->n == 0 || digits.n == 0 || hex_decode(cx->opened, digits) < 0)
		return V_BAD_CHECK;
	uint8_t *text = cx->opened->p + began;
	size_t n = cx->opened->n - began;
	if (n % 16 == 0)
		aes_cbc_decrypt(cx->key->bytes, cx->key->n, text, text, n);
	struct span plain = span_of(text, n);
	ptrdiff_t bar = span_find(span_sub(plain, 0, PAD_MOST + 1), '|');
	struct span clear = span_from(plain, (size_t)bar + 1);
	if (n % 16 != 0 || bar < 0 || !in_order(clear)) {
		wipe(text, n);
		cx->opened->n = began;
		return V_BAD_CHECK;
	}
	return dc09_content(s, clear);
}
