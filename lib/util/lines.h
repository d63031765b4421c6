/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a pipe in batches: give all that have come, let the caller write
 * what it made of them, then wait for more.
 *
 *	do {
 *		while (lines_next(&in, &line))
 *			take(line);
 *		write what there is;
 *	} while (lines_wait(&in));
 *
 * Zero-initialise but for fd and, where longer lines are wanted, most; free. */
#ifndef VIGIE_UTIL_LINES_H
#define VIGIE_UTIL_LINES_H

#include "util/buf.h"

struct lines {
	int fd;
	size_t most;		/* what is longer is given in pieces of this size; 0: LINES_MOST */
	bool ended;		/* nothing will follow */
	int error;		/* errno of a failed read, which ended it; 0: none */
	bool torn;		/* the line given last has no LF: the last one, or a piece of one that is too long */
	bool within;		/* what comes next goes on with a line that was given in pieces */
	/* internal */
	struct buf in;
	size_t taken;
};

#define LINES_MOST ((size_t)1 << 16)

/* The next line that is there, its LF included; valid until lines_wait(). */
bool lines_next(struct lines *l, struct span *line);

/* Waits for more; false at the end, when all has been given. */
bool lines_wait(struct lines *l);

void lines_free(struct lines *l);

#endif
