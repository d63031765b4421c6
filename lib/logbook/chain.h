/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain that proves the log.
 *
 *	body    canonical JSON: the text and all personal data
 *	commit  SHA-256 of 32 random bytes and the body
 *	head    number TAB previous hash TAB event time TAB entry time TAB kind TAB commit LF
 *	hash    SHA-256 of the head
 *
 * Hashes stand in lower-case hexadecimal digits; the first entry's previous
 * hash is 64 zeros.  The chain runs over the heads alone: a body and its
 * random bytes can be erased one day, nobody can then guess the body from
 * its commit, and the chain still holds. */
#ifndef VIGIE_LOGBOOK_CHAIN_H
#define VIGIE_LOGBOOK_CHAIN_H

#include "crypto/crypto.h"
#include "util/clock.h"

#define RANDOM_SIZE 32

struct hash {
	uint8_t byte[SHA256_SIZE];
};

struct head {
	int64_t number;		/* from 1, without a gap */
	struct hash previous;
	msec event_at;		/* when it happened */
	msec entry_at;		/* when it was written */
	struct span kind;
	struct hash commit;
};

/* Appends the head's line. */
void head_put(struct buf *out, const struct head *h);
struct hash head_hash(const struct head *h);
struct hash body_commit(struct span random, struct span body);

/* Reads 64 hexadecimal digits. */
bool hash_read(struct span digits, struct hash *hash);

/* Reads 1 to 18 decimal digits. */
bool number_read(struct span digits, int64_t *number);

static inline bool hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->byte, b->byte, SHA256_SIZE) == 0;
}

static inline struct span hash_view(const struct hash *h)
{
	return span_of(h->byte, SHA256_SIZE);
}

#endif
