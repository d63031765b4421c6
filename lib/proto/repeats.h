/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which signals have come before: a panel that has not got its answer sends
 * the same once more, with the same number.  Bounded memory: under a flood
 * the oldest are forgotten early, and a repetition then counts as new. */
#ifndef VIGIE_PROTO_REPEATS_H
#define VIGIE_PROTO_REPEATS_H

#include "event/id.h"
#include "proto/proto.h"

struct repeat {
	uint64_t hash;		/* 0: the place is free */
	msec at;
	msec sent;		/* the panel's time, CLOCK_NONE without one */
	uint64_t seq;		/* the record's id: epoch and number */
	char epoch[EPOCH_TEXT + 1];
};

#define REPEATS_MOST (1u << 17)	/* places of a generation: 6 MiB */

/* Two generations: what is older than the younger one began is in the elder. */
struct repeats {
	uint64_t start;		/* chance, so that nobody can choose what collides */
	struct repeat *young, *old;
	unsigned young_n, young_room, old_room;
	msec young_since;
};

/* For how long a repetition of the signal is known, at most `window`: a
 * number tells it for minutes, a time alone for seconds, and where there is
 * neither it may soon be a new signal that looks the same. */
msec repeats_window(const struct signal *s, msec window);

/* What the signal is known by. */
uint64_t repeats_hash(const struct repeats *r, const char *source, const struct signal *s);

/* The first of it within the window, or NULL. */
const struct repeat *repeats_find(const struct repeats *r, uint64_t hash, msec now, msec window);

/* Surely the same once more: it has the first one's time or, where there is
 * none, comes within seconds.  Panels that begin at 0001 with each connection
 * send new alarms under old numbers, and nobody may miss one. */
bool repeat_is_sure(const struct repeat *first, msec sent, msec now);

/* Remembers it under its record's number. */
void repeats_add(struct repeats *r, uint64_t hash, msec sent, msec now, msec window, const char *epoch, uint64_t seq);

/* Forgets what was not stored: what the panel now sends again is the first of it. */
void repeats_forget(struct repeats *r, const char *epoch, uint64_t behind);

/* Its signal was refused: what comes next is the first of it. */
void repeats_remove(struct repeats *r, uint64_t hash);

void repeats_free(struct repeats *r);

#endif
