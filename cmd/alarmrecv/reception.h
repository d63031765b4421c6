/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network side of reception, all parts together. */
#ifndef VIGIE_ALARMRECV_RECEPTION_H
#define VIGIE_ALARMRECV_RECEPTION_H

#include "crowd.h"
#include "listener.h"
#include "notice.h"
#include "replies.h"
#include "settings.h"

struct reception {
	struct loop loop;
	struct journal journal;
	struct intake intake;
	const struct settings *settings;
	struct listener *listener;
	unsigned listeners;
	struct crowd crowd;
	struct replies replies;
	struct notices notices;
	const struct address *current;	/* whose bytes are dealt with; NULL: nobody's */
	struct buf in, answer;		/* shared by all: what is read, what is answered to a datagram */
	struct buf faults;		/* beside `in`, of a serial line */
	struct link paused;		/* peers that are read from again when the journal has room */
	struct peer *dead;
	struct watch signals;
	struct timer patience;		/* how long what was begun is waited for at the end */
	bool stopping;
	int status;
};

/* More is queued than the disk takes: nothing is read until it has caught up. */
#define QUEUE_MOST ((size_t)16 << 20)
static inline bool reception_is_full(const struct reception *r)
{
	return r->journal.queue.n > QUEUE_MOST;
}

/* Opens the ports; before privileges are given up.  A port that cannot be had ends the process. */
void reception_open(struct reception *r, const struct settings *s);

/* Receives until told to stop; gives the exit status. */
int reception_run(struct reception *r);

/* The lines of a wire: source, by their own clock. */
int reception_read_wire(struct reception *r, const struct settings *s);

/* Reads keys and accounts, nothing else. */
int reception_check(struct reception *r, const struct settings *s);

void reception_free(struct reception *r);

#endif
