/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Record ids.  A journal id is NODE.EPOCH-SEQ, with .PART behind where a
 * frame gave several records; SEGMENT@OFFSET names damage in the journal;
 * SUBJECT+WORD.DUE is made up by a filter. */
#ifndef VIGIE_EVENT_ID_H
#define VIGIE_EVENT_ID_H

#include "util/buf.h"
#include "util/clock.h"

#define EPOCH_TEXT 14	/* 7 digits of start time and 7 of chance, base 32, so that text order is time order */

struct id {
	struct span root;	/* NODE.EPOCH-SEQ */
	struct span node;
	struct span epoch;
	uint64_t seq;
	uint32_t part;		/* 0 when there is none */
};

/* -1 when it is no journal id. */
int id_parse(struct span text, struct id *id);

/* Start time and 32 random bits; never taken from what is on disk. */
void epoch_new(char epoch[static EPOCH_TEXT + 1], msec now, uint32_t chance);

/* The centre's name for this machine: $VIGIE_NODE or the host name up to
 * its first dot, letters, digits and - only.  Appended. */
void node_name(struct buf *out);

#endif
