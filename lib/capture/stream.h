/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One direction of a TCP connection: segments go in as they were captured,
 * bytes come out in their order.  Where segments overlap the first copy
 * counts.  What came too early is held; the rules for when to stop waiting
 * are flow.c's. */
#ifndef VIGIE_CAPTURE_STREAM_H
#define VIGIE_CAPTURE_STREAM_H

#include "util/buf.h"

/* Bytes that wait: for those in front of them, or for the other direction. */
struct segment {
	struct segment *next;
	int64_t at_us;
	uint64_t number;	/* of its packet */
	uint32_t seq, ack;
	bool has_ack;
	uint32_t n;
	uint8_t bytes[];
};

struct stream {
	bool known;		/* `next` says something */
	bool has_acked;
	bool has_end;		/* a FIN has been seen, at `end` */
	bool over;		/* and reached */
	uint32_t next;		/* number of the byte that comes next */
	uint32_t acked;		/* up to where the other side has it all */
	uint32_t end;
	struct segment *held;	/* in their order, none overlapping another */
	size_t held_n;		/* bytes of them, with what they need themselves */
	uint32_t first;		/* number of its first byte, where the beginning was captured */
	/* flow.c: in a list of those that wait */
	struct waits *in;	/* NULL: for nothing */
	struct stream *earlier, *later;
	int64_t since_us;
	uint8_t side;		/* which of its flow's two it is */
};

struct waits {
	struct stream *first, *last;
};

static inline int32_t seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Puts bytes in, with what is already there left away.  Gives how much the
 * memory held has grown by. */
size_t stream_hold(struct stream *s, const struct segment *head, struct span bytes);

/* Takes the first held segment out; the caller frees it. */
struct segment *stream_take(struct stream *s);

/* Drops all that is held; gives how much memory that was. */
size_t stream_drop(struct stream *s);

#endif
