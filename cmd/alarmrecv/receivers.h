/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hardware receivers, by source.  One that shows a heartbeat is supervised
 * from then on, even where the accounts file does not name it: silence of a
 * receiver is silence of every site behind it.
 *
 * While we do not hear a receiver, or cannot store what it says, it keeps
 * its events; afterwards they come in a burst, in order and without their
 * time.  Such a burst is over when the receiver is idle again: it sends
 * heartbeats only then.  The first heartbeat says nothing yet, many wait for
 * its acknowledgement before they go on. */
#ifndef VIGIE_ALARMRECV_RECEIVERS_H
#define VIGIE_ALARMRECV_RECEIVERS_H

#include "proto/proto.h"
#include "supervision.h"

struct receiver {
	struct receiver *next;
	char *source;
	struct account account;		/* 0000 of the source, where the file has none */
	struct path path;		/* its supervision then */
	bool supervised;
	uint64_t beats;			/* heartbeats that were answered */
	msec heard, before;		/* last, and the time before that */
	msec beat;			/* the last message, if it was a heartbeat; else CLOCK_NONE */
	msec interval;			/* between heartbeats */
	msec since;			/* what comes may have happened since then; CLOCK_NONE: it comes at once */
	msec away;			/* since when it could not be received */
	msec returned;			/* heard again; CLOCK_NONE: not yet */
	msec fresh;			/* when what it said last came for the first time */
	bool poured;			/* events came since */
	bool unstored;			/* it was heard, and the disk failed */
};

struct receivers {
	struct supervision *supervision;
	struct receiver *first;
	msec begun;			/* this run */
	msec alive;			/* the run before was alive at this time; CLOCK_NONE: there was none */
};

/* Does it speak for many, and wait for each answer? */
bool receivers_speak(const struct protocol *proto);

struct receiver *receivers_of(struct receivers *r, const char *source);

/* A link record of a receiver that the accounts file does not have. */
void receivers_recall(struct receivers *r, const struct record *link);

/* Is its path down?  `own` is its account in the file, NULL: there is none. */
bool receiver_is_down(const struct receivers *r, const struct receiver *x, const struct account *own);

/* Since when the message that has come may have been kept; CLOCK_NONE: it is new.  To be asked once, before receiver_heard(). */
msec receiver_kept_since(struct receivers *r, struct receiver *x, const struct account *own, bool beat);

/* A sound message of it has come.  again: surely for another time, it does not get our answers. */
void receiver_heard(struct receivers *r, struct receiver *x, const struct account *own, const struct protocol *proto, bool beat,
                    bool again);

/* Its port is gone, or its connection.  Not kept: who shows no heartbeats may
 * open one for each event, and then misses nothing. */
void receivers_gone(struct receivers *r, const char *source, bool kept);

/* The journal has stored what came, or has failed to. */
void receivers_stored(struct receivers *r, int error);

void receivers_free(struct receivers *r);

#endif
