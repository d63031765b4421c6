/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings one message at a time to the first destination that acknowledges
 * it: connects, sends, waits, sends again, goes on to the next destination,
 * and in a relay begins again after a rest.  Belongs to the caller, who
 * embeds it; the message is borrowed until done() has been called. */
#ifndef VIGIE_ALARMSEND_COURIER_H
#define VIGIE_ALARMSEND_COURIER_H

#include <netdb.h>

#include "loop/loop.h"
#include "plan.h"

/* How it ended; a later one weighs more when several destinations were tried. */
enum fate { FATE_UNCONNECTED, FATE_UNANSWERED, FATE_REFUSED, FATE_ACKNOWLEDGED };

struct outcome {
	enum fate fate;
	enum answer answer;		/* the last that came */
	const struct target *target;	/* whose it was */
	int64_t latency_us;		/* since the signal was due */
	unsigned sent;			/* times, over all destinations */
};

/* What is remembered of a destination. */
struct road {
	unsigned failures;	/* since the last answer */
	msec rests_until;	/* by the loop's clock */
	msec clock_offset;	/* panel's clock minus ours, as NAK has set it */
};

enum courier_state { AT_REST, CONNECTING, WAITING, RESTING };

struct courier {
	/* Set by the caller before courier_init(). */
	struct loop *loop;
	const struct plan *plan;
	void (*done)(struct courier *c, const struct outcome *o);

	/* The rest is internal. */
	enum courier_state state;
	struct road road[TARGETS_MOST];
	unsigned at;			/* the destination of the connection or attempt */
	struct addrinfo *addresses, *address;
	struct watch watch;		/* fd -1: no connection */
	bool wants_out;
	bool proven;			/* an answer has come over this connection */
	struct timer timer;
	struct buf in, out, opened;
	size_t written;
	const struct message *message;
	struct dc09_message sent;	/* what the answer must fit */
	const struct key *key;
	bool endless;
	unsigned tries;			/* at this destination */
	int64_t due_us;
	struct outcome outcome;
};

void courier_init(struct courier *c);
void courier_free(struct courier *c);

static inline bool courier_idle(const struct courier *c)
{
	return c->state == AT_REST;
}

/* due_us: since when the signal waits, by clock_steady_us().  endless: never
 * gives up.  done() may be called before it returns. */
void courier_send(struct courier *c, const struct message *m, int64_t due_us, bool endless);

/* No new attempt: what is on its way may still be answered. */
void courier_stop(struct courier *c);

#endif
