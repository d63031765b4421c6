/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_RXPROBE_DELIVERY_H
#define VIGIE_RXPROBE_DELIVERY_H

#include "event/id.h"
#include "rxprobe.h"

/* What became of a record that was sent.  Borrows all it is given. */
struct delivery {
	struct span account, frame, cause;	/* account and cause may be empty */
	enum answer reply;
	msec latency;		/* since the first try, of one that was answered */
	unsigned tries;
};

/* The records of a rehearsal. */
struct deliveries {
	const struct probe *probe;
	char epoch[EPOCH_TEXT + 1];
	struct buf node, id, line;
	uint64_t seq;
};

void deliveries_begin(struct deliveries *all, const struct probe *p);
void deliveries_put(struct deliveries *all, const struct delivery *d);
void deliveries_free(struct deliveries *all);

#endif
