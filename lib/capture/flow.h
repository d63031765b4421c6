/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections and exchanges of datagrams, followed in both directions, in
 * bounded memory however many there are:
 *
 *	most flows are known at once; a new one pushes out the one that has been quiet longest
 *	held_most bytes wait for others before them, all flows together
 *	stream_most bytes of one direction
 *
 * What a packet acknowledges is given out before what it carries: so a frame
 * comes before its answer even where the capture has them the other way round.
 *
 * Bytes that were received, as an acknowledgement proves, and do not show up
 * within GRACE of the capture's time were not captured: that is a gap, told
 * once, and what follows it is given out.  Bytes that nobody has received yet
 * will be sent again: they are waited for up to PATIENCE. */
#ifndef VIGIE_CAPTURE_FLOW_H
#define VIGIE_CAPTURE_FLOW_H

#include "capture/packet.h"
#include "capture/stream.h"

#define GRACE INT64_C(1000000)
#define PATIENCE INT64_C(60000000)

enum flow_end { FLOW_CLOSED, FLOW_RESET, FLOW_FORGOTTEN, FLOW_CUT_OFF };

/* Embedded in what the user knows of it.  Direction d comes from end[d]. */
struct traffic {
	struct endpoint end[2];
	uint8_t protocol;
	bool began;		/* its beginning was captured */
	bool over;		/* ended, and remembered only so that late copies are known */
	bool refused;		/* reset before it was accepted */
	int64_t last_us;
	uint64_t again;		/* segments that were sent once more */
	uint64_t packets[2];	/* by direction */
	/* internal */
	bool ending;
	struct stream stream[2];
	struct traffic *chain, *older, *newer;
	struct {
		uint64_t hash;
		int64_t at_us;
		uint32_t ip_id;
	} last[2];		/* so that a packet captured twice counts once */
};

/* When and where bytes were captured. */
struct mark {
	int64_t at_us;
	uint64_t number;	/* of the packet */
};

struct flows {
	/* Set by the caller. */
	size_t most, held_most, stream_most;
	/* A new flow: what it is embedded in, zeroed; NULL: not of interest. */
	struct traffic *(*make)(struct flows *f, const struct packet *first);
	void (*unmake)(struct flows *f, struct traffic *w);
	/* Bytes of direction d, in their order.  A datagram is whole, or `cut` bytes short. */
	void (*bytes)(struct flows *f, struct traffic *w, unsigned d, struct span bytes, const struct mark *at, uint32_t cut);
	/* So many bytes of direction d are missing here. */
	void (*missing)(struct flows *f, struct traffic *w, unsigned d, uint32_t n, const struct mark *at);
	/* Direction d sends no more; then the whole flow is over. */
	void (*half)(struct flows *f, struct traffic *w, unsigned d, const struct mark *at);
	void (*ended)(struct flows *f, struct traffic *w, enum flow_end how, const struct mark *at);

	/* What has happened. */
	uint64_t forgotten;	/* flows that were pushed out before their end */
	uint64_t squeezed;	/* times that memory was too small to wait on */
	uint64_t gaps, gap_bytes;
	uint64_t twice;		/* packets captured twice */
	size_t n, n_most;	/* flows now, and at most */

	/* internal */
	struct traffic **table;
	size_t room, held;
	struct traffic *oldest, *newest;
	struct waits proven, unproven;
	struct mark now;	/* of the packet at hand */
	int64_t clock_us;	/* the latest time of any packet */
	uint64_t seed;
};

void flows_init(struct flows *f);

/* Packets in the order in which they were captured. */
void flows_take(struct flows *f, const struct packet *p);

/* Time passes without a packet. */
void flows_tick(struct flows *f, int64_t now_us);

/* The capture ends: all that is held is given out. */
void flows_end(struct flows *f);

void flows_free(struct flows *f);

#endif
