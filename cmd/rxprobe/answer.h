/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_RXPROBE_ANSWER_H
#define VIGIE_RXPROBE_ANSWER_H

#include "event/id.h"
#include "proto/frame_record.h"
#include "rxprobe.h"

/* Frames that are taken off a receiver, and their records. */
struct answers {
	struct probe *probe;
	const struct protocol *proto;	/* NULL: not recognised yet */
	uint64_t kept;			/* records, heartbeats not */
	/* internal */
	struct buf bytes, faults;	/* side by side: the beginning of a frame */
	struct buf record, reply, id, node;
	char epoch[EPOCH_TEXT + 1];
	uint64_t seq, last_seq, last_hash;	/* last: to know what comes again */
};

void answers_begin(struct answers *a, struct probe *p);
void answers_take(struct answers *a, struct span bytes, const uint8_t *faults);
void answers_end(struct answers *a);

#endif
