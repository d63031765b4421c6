/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in the order in which they were seen, each printed when its answer
 * is known, or when none can come any more.  Bounded: beyond EXCHANGES_MOST
 * frames or EXCHANGE_BYTES the first is printed as it stands. */
#ifndef VIGIE_ALARMCAP_EXCHANGE_H
#define VIGIE_ALARMCAP_EXCHANGE_H

#include "proto/frame_record.h"
#include "tally.h"

#define EXCHANGES_MOST 65536
#define EXCHANGE_BYTES ((size_t)64 << 20)

struct exchange {
	struct exchange *next;			/* in the order of all */
	struct exchange *before, *behind;	/* unanswered ones of its connection */
	struct talk *talk;			/* whose answer it waits for; NULL: nobody's */
	int64_t at_us;
	uint64_t packet, seq;			/* number of its packet, of its record */
	/* what its answer is known by */
	uint8_t number[4];
	uint8_t number_n;
	bool encrypted;
	uint64_t account;			/* hash of it */
	const struct key *key;
	/* what is printed behind the frame */
	bool done;				/* nothing of it is waited for any more */
	bool is_frame, has_delay, has_drift;
	enum answer reply;
	warnings flags;
	int64_t delay_us, drift_ms;
	uint64_t repeat;			/* record of the first of it, 0: none */
	unsigned retry;
	uint64_t hash;				/* by which repetitions know it; 0: not */
	struct panel *panel;
	struct receiver *receiver;
	struct buf record;			/* up to `clear`; of an error all of it */
	struct buf wanted[2];			/* the bytes that would acknowledge or refuse it */
};

struct queue {
	struct exchange *first, *last, *spare;
	size_t n, bytes;
	uint64_t early;		/* printed before their answer could be known */
};

/* At the end of the queue; its buffers empty. */
struct exchange *queue_add(struct queue *q);

/* Takes the first away, to be used again. */
void queue_drop(struct queue *q);

void queue_free(struct queue *q);

#endif
