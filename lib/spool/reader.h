/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a journal in order.  A line is taken only if it is whole JSON and
 * carries the next number; anything else comes as an error record whose id
 * is SEGMENT@OFFSET: nothing is skipped in silence. */
#ifndef VIGIE_SPOOL_READER_H
#define VIGIE_SPOOL_READER_H

#include "json/record.h"

/* A place in the journal: between records. */
struct place {
	uint64_t segment;	/* number; 0: before everything */
	uint64_t offset;	/* bytes from its start */
	char id[128];		/* id of the record before it, "" at the start */
};

/* "SEGMENT OFFSET ID", the id "-" where there is none: appended; read, or -1. */
void place_put(struct buf *out, const struct place *p);
int place_parse(struct span text, struct place *p);

struct reader;

/* -1 and *why. A directory that does not exist yet is an error. */
int reader_open(struct reader **r, const char *dir, const struct place *from, const char **why);

enum reading {
	READ_RECORD,	/* *line is a record (LF included), *id its id */
	READ_DAMAGE,	/* *line is the error record (LF included) that names it */
	READ_END,	/* caught up with the writer: try again later */
	READ_FAILED	/* errno */
};

/* The next item; spans are valid until the next call.  final: nobody writes
 * any more, so a torn last line is damage too. */
enum reading reader_next(struct reader *r, bool final, struct span *line, struct span *id);

/* Where the reader stands: behind the item it gave last. */
const struct place *reader_place(const struct reader *r);

void reader_close(struct reader *r);

#endif
