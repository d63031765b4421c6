/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers that wait until their records are on disk, in the order of the
 * journal; for each connection in the order of its frames. */
#ifndef VIGIE_ALARMRECV_REPLIES_H
#define VIGIE_ALARMRECV_REPLIES_H

#include "link/udp.h"

struct peer;

/* An answer to a datagram; owned by the queue. */
struct letter {
	struct route route;
	int fd;
	size_t n;
	uint8_t bytes[];
};

struct reply {
	uint64_t seq;
	struct peer *peer;	/* `n` more bytes of its output may leave */
	struct letter *letter;	/* or this */
	size_t n;
};

struct replies {
	struct reply *ring;
	uint64_t first, end;	/* the waiting ones, counted from the start */
	size_t room;		/* a power of two */
	struct peer *ready;	/* have output that may leave */
};

/* The last n bytes of the peer's output wait for that record. */
void replies_wait(struct replies *q, struct peer *p, uint64_t seq, size_t n);

/* The last n bytes of the peer's output may leave once what was answered before them has left. */
void replies_follow(struct replies *q, struct peer *p, size_t n);

void replies_post(struct replies *q, int fd, const struct route *route, uint64_t seq, struct span bytes);

/* Records up to this one are on disk. */
void replies_stored(struct replies *q, uint64_t seq);

/* Nothing that waits will be acknowledged: connections close, silently, so that panels repeat. */
void replies_failed(struct replies *q);

/* One send for each peer that has something to get. */
void replies_send(struct replies *q);

static inline size_t replies_waiting(const struct replies *q)
{
	return (size_t)(q->end - q->first);
}

void replies_free(struct replies *q);

#endif
