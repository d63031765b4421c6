/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a journal's segments in their order, in large reads.  Knows
 * nothing of records; owns its descriptors and bytes. */
#ifndef VIGIE_SPOOL_TAPE_H
#define VIGIE_SPOOL_TAPE_H

#include <sys/types.h>
#include <time.h>

#include "spool/segment.h"

#define TAPE_CHUNK ((size_t)512 * 1024)

struct tape {
	int dir_fd, fd;
	uint64_t segment;	/* open, or to be opened next when fd is -1 */
	struct buf bytes;
	size_t used;		/* of bytes */
	uint64_t base;		/* offset of bytes.p[0] in the segment */
	bool superseded;	/* a later segment is there: nobody writes in this one */
	bool unreadable;	/* the disk refuses what follows bytes */
	struct segments list;
	struct timespec listed;	/* the directory's time when it was */
};

static inline uint64_t tape_position(const struct tape *t)
{
	return t->base + t->used;
}

/* What is read and not yet skipped; valid until the next call. */
static inline struct span tape_rest(const struct tape *t)
{
	return span_from(buf_view(&t->bytes), t->used);
}

/* Begins at an offset of a segment; adopts dir_fd. */
void tape_begin(struct tape *t, int dir_fd, uint64_t segment, uint64_t offset);

void tape_skip(struct tape *t, uint64_t n);

/* The descriptor of a segment by its number; -1 and errno. */
int tape_segment(const struct tape *t, uint64_t number);

/* Opens the first segment at or behind t->segment, which becomes it; at its
 * start when it is another than was asked for.  1 when it is open, 0 when
 * there is none yet, -1 and errno. */
int tape_open(struct tape *t);

/* Leaves the open segment for its successor. */
void tape_leave(struct tape *t);

/* More bytes behind the rest: their count, 0 at the end or where the disk
 * gives no more, -1 and errno. */
ssize_t tape_fill(struct tape *t);

/* Whether a later segment is there; then superseded is set. */
bool tape_succeeded(struct tape *t);

/* How many zero bytes stand next, beyond the rest too; *open when they reach
 * the end of what there is. */
uint64_t tape_zeros(struct tape *t, bool *open);

/* How many bytes the disk refuses from here on: whole blocks, all in a row. */
uint64_t tape_refused(struct tape *t);

void tape_free(struct tape *t);

#endif
