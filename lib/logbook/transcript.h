/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries outside the database, so that they can be proved there.
 *
 * Every line has one spelling: what is read is written again and compared, so
 * that nothing stands beside what the hashes cover.
 *
 *	heads.txt	the head of each entry (chain.h): its SHA-256 is the entry's hash
 *	contents.txt	number TAB random bytes in base64 TAB body LF
 *	journal.txt	number, local time, author and text, for people
 *
 * As JSON lines an entry has its body within, as the bytes that were hashed;
 * one whose body is not given away is a record of type head. */
#ifndef VIGIE_LOGBOOK_TRANSCRIPT_H
#define VIGIE_LOGBOOK_TRANSCRIPT_H

#include "logbook/seal.h"

void transcript_put(struct buf *out, const struct entry *e);

/* Ends a file of JSON lines, which without it was cut off. */
struct transcript_end {
	msec at;
	int64_t first, last;	/* numbers */
	int64_t entries, heads, seals;	/* lines of each type */
};
void transcript_put_end(struct buf *out, const struct transcript_end *end);

enum transcript { T_NONE, T_ENTRY, T_SEAL, T_END };

/* A line read back; the spans of e are in `scratch`.  T_NONE: not as it is written here. */
enum transcript transcript_read(struct span line, struct buf *scratch, struct entry *e, struct seal *s, struct transcript_end *end);

/* e gets what the head says and is withheld; kind is borrowed from the line, which has its LF. */
bool head_read(struct span line, struct entry *e);

void contents_put(struct buf *out, const struct entry *e);
/* The number, and in e random and body; `scratch` holds the random bytes. */
bool contents_read(struct span line, struct buf *scratch, int64_t *number, struct entry *e);

/* The zone is the process's own; journal_same() takes the line's, whatever it is. */
void journal_put(struct buf *out, const struct entry *e);
bool journal_same(struct span line, const struct entry *e);

#endif
