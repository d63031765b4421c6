/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/chain.h"

#include "util/hex.h"

void head_put(struct buf *out, const struct head *h)
{
	buf_signed(out, h->number);
	buf_byte(out, '\t');
	hex_lower(out, hash_view(&h->previous));
	buf_byte(out, '\t');
	clock_put(out, h->event_at);
	buf_byte(out, '\t');
	clock_put(out, h->entry_at);
	buf_byte(out, '\t');
	buf_span(out, h->kind);
	buf_byte(out, '\t');
	hex_lower(out, hash_view(&h->commit));
	buf_byte(out, '\n');
}

struct hash head_hash(const struct head *h)
{
	struct buf line = { 0 };
	struct hash hash;
	head_put(&line, h);
	sha256(hash.byte, buf_view(&line));
	buf_free(&line);
	return hash;
}

struct hash body_commit(struct span random, struct span body)
{
	struct hash hash;
	sha256_two(hash.byte, random, body);
	return hash;
}

bool hash_read(struct span digits, struct hash *hash)
{
	struct buf bytes = { 0 };
	bool good = digits.n == 2 * (size_t)SHA256_SIZE && hex_decode(&bytes, digits) == 0;
	if (good)
		memcpy(hash->byte, bytes.p, SHA256_SIZE);
	buf_free(&bytes);
	return good;
}

bool number_read(struct span digits, int64_t *number)
{
	*number = 0;
	if (digits.n == 0 || digits.n > 18)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (!is_digit(digits.p[i]))
			return false;
		*number = *number * 10 + digits.p[i] - '0';
	}
	return true;
}
