/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal: the newest entry's number and hash, signed.  Nobody without the key
 * can write another log that it fits, and it shows that entries were cut off
 * behind the last of them.  Its text is all there is of it:
 *
 *	vigie-seal: 1
 *	log: HASH		of the log's first entry: whose seal it is
 *	seal: 12		from 1, without a gap
 *	entry: 1234
 *	hash: HASH		of that entry, and so of all before
 *	time: 2026-01-13T20:14:03.120Z
 *	previous: HASH		SHA-256 of the text of seal 11; zeros for the first
 *	key: BASE64		the public key, as its PEM has it
 *	signature: BASE64	Ed25519, of the lines above
 *
 * The log says in its next entry that it was sealed, and names the SHA-256 of
 * this text.  So a seal cannot be taken away alone either. */
#ifndef VIGIE_LOGBOOK_SEAL_H
#define VIGIE_LOGBOOK_SEAL_H

#include "crypto/sign.h"
#include "json/record.h"
#include "logbook/logbook.h"
#include "text/text.h"

#define SEAL_TYPE "seal"	/* of its record */

struct seal {
	int64_t seal, entry;
	struct hash log, hash, previous;
	msec at;
	uint8_t key[SIGN_KEY];
	uint8_t signature[SIGNATURE_SIZE];
};

/* Appends its text; without the signature: what is signed. */
void seal_put(struct buf *out, const struct seal *s);
void seal_put_signed(struct buf *out, const struct seal *s);

/* Takes the next seal off a text that may have others and more in it, such as
 * a mail; false when there is none.  *sound: it has the form of a seal. */
bool seal_next(struct span *text, struct seal *s, bool *sound);

/* Nothing else than this one seal, byte for byte. */
bool seal_read(struct span text, struct seal *s);

struct hash seal_hash(const struct seal *s);
void seal_sign(struct seal *s, const struct sign_key *k);
bool seal_signed(const struct seal *s);	/* by the key that it names */

/* Its record, which has its whole text in other words. */
void seal_put_record(struct buf *out, const struct seal *s);
bool seal_from_record(struct span line, struct seal *s);

/* Seals of the log in their order, of entries from `first` to `last`; 0: no bound. */
struct query *seal_search(struct logbook *l, int64_t first, int64_t last);
/* The entry of the first seal that covers this one, 0 where there is none yet, -1. */
int64_t seal_covering(struct logbook *l, int64_t entry);
/* 1, 0 at the end, -1; a seal that is none has only its numbers, and *sound is false. */
int seal_step(struct query *q, struct seal *s, bool *sound);

/* 1 and the newest, 0 when there is none, -1. */
int seal_newest(struct logbook *l, struct seal *s, bool *sound);

enum sealed {
	SEALED,
	SEALED_ALREADY,		/* nothing was added since */
	SEALED_NOT_KEY,		/* the newest seal, given in *s, is by another key */
	SEALED_NOT_INTACT,	/* entry *flawed does not fit the entries or the seal before it: nothing is signed */
	SEALED_FAILED,		/* the store says why */
};

struct sealing {
	const struct sign_key *key;
	bool change;		/* the key may be another than that of the newest seal */
	struct span writer;	/* the Unix user that runs it */
	enum language language;	/* of the entry */
};

/* Signs the newest entry, stores the seal and writes the entry that says so: all or nothing. */
enum sealed logbook_seal(struct logbook *l, const struct sealing *how, struct seal *s, int64_t *flawed);

/* Whether the seal was taken by whom it was handed to; and that it was.  -1: the store says why. */
int seal_handed(struct logbook *l, int64_t seal);
int seal_set_handed(struct logbook *l, int64_t seal);

#endif
