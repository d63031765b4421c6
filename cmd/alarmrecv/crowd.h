/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All connections, and who gives way when there is no more room: first those
 * that never sent a sound frame, then those of accounts we do not know, the
 * longest idle before the others, then of the known the one that is the
 * furthest beyond its own interval.  So a panel with an alarm always finds a
 * place.  Whoever has bytes waiting is heard before it goes. */
#ifndef VIGIE_ALARMRECV_CROWD_H
#define VIGIE_ALARMRECV_CROWD_H

#include "intake.h"

#define CROWD_HOSTS 1024

/* A place in a circular list; embedded. */
struct link {
	struct link *prev, *next;
};

struct peer;
struct limits;

struct crowd {
	unsigned n, most;
	struct link standing[KNOWN_ACCOUNT + 1];	/* each in the order of the last sound frame */
	struct link host[CROWD_HOSTS];	/* strangers by address, the oldest first */
};

/* As many as the limits and the descriptors of this process allow. */
void crowd_init(struct crowd *c, const struct limits *l);

/* A stranger has come, or somebody goes. */
void crowd_join(struct crowd *c, struct peer *p);
void crowd_leave(struct crowd *c, struct peer *p);

/* A sound frame has come. */
void crowd_heard(struct crowd *c, struct peer *p, enum standing standing);

/* Somebody gives way; false when nobody can. */
bool crowd_make_room(struct crowd *c, msec now);

/* Of the newcomer's address too many have had their time to say something. */
void crowd_limit_host(struct crowd *c, const struct peer *newcomer, const struct limits *l, msec now);

void link_before(struct link *place, struct link *l);	/* at the end of a list: before its head */
void link_out(struct link *l);
static inline void link_init(struct link *head)
{
	head->prev = head->next = head;
}

#endif
