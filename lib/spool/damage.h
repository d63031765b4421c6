/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error record that names what a reader could not take from a journal. */
#ifndef VIGIE_SPOOL_DAMAGE_H
#define VIGIE_SPOOL_DAMAGE_H

#include "util/clock.h"

#define DAMAGE_PART 16384	/* most bytes that one record carries */
#define DAMAGE_ID 40		/* room for SEGMENT@OFFSET */

struct damage {
	uint64_t segment, offset;	/* of the first byte of this part */
	msec at;			/* never a clock's: the same bytes at every reading */
	const char *error;		/* one word */
	const char *detail;
	struct span bytes;		/* empty when there are none to show */
	unsigned part, parts;
};

/* Gives the length. */
size_t damage_id(char id[static DAMAGE_ID], uint64_t segment, uint64_t offset);

/* Appends the record and LF. */
void damage_put(struct buf *out, const struct damage *d);

#endif
