/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came through a pipe, held against the journal that went in: how far
 * a cursor may move.  The tally reads the journal itself, in step with what
 * comes out; what it has read and what has not come is missing, until it
 * does.  Memory is bounded: only missing records are kept, not those that
 * came; when TALLY_MOST are missing it reads no further until some come. */
#ifndef VIGIE_SPOOL_TALLY_H
#define VIGIE_SPOOL_TALLY_H

#include "spool/reader.h"

#define TALLY_MOST 16384
#define TALLY_PARTS 4096	/* most records of one frame that are told apart */

struct tally;

/* filtered: the pipe drops records on purpose, so that what came later
 * releases what is missing.  -1 and *why. */
int tally_open(struct tally **t, const char *dir, const struct place *from, bool filtered, const char **why);

/* A record with this id came through; `of` is its "of", 0 when it has none.
 * An id that is not of the journal, or of before the cursor, is ignored.
 * now: a steady clock.  True when it was one that the pipe owed, as far as
 * can be told while too many are missing. */
bool tally_record(struct tally *t, struct span id, uint32_t of, msec now);

/* A mark came through whose `cursor` is this id: all up to it has gone in. */
void tally_mark(struct tally *t, struct span cursor, msec now);

/* The journal could not be read: errno, and 0 when all is well. */
int tally_failed(const struct tally *t);

/* Where the cursor may stand: behind the longest run that came through. */
const struct place *tally_place(const struct tally *t);

/* The first record that is missing although something later came, and how
 * many there are; NULL when there is none. */
struct missing {
	const char *id;
	msec since;		/* when a later one came, by the clock given */
	size_t count;
};
bool tally_missing(const struct tally *t, struct missing *first);

void tally_close(struct tally *t);

#endif
