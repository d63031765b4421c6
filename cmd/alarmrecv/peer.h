/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection.  It has a buffer only while a frame is incomplete or an
 * answer has not left, so that ten thousand idle ones cost little.  Never
 * closed by us while all goes well: the panel ends it, or its silence. */
#ifndef VIGIE_ALARMRECV_PEER_H
#define VIGIE_ALARMRECV_PEER_H

#include "crowd.h"
#include "listener.h"

struct peer {
	struct watch watch;		/* fd -1: closed */
	struct timer timer;
	struct listener *listener;
	struct address address;
	struct link standing_link, host_link, paused_link;	/* crowd.c, peer.c */
	enum standing standing;
	msec silence;			/* its account's own, 0: none */
	msec heard;			/* the last sound frame, at first the connection itself */
	msec begun;			/* when the first byte of `rest` came */
	msec stuck;			/* since when output is not taken */
	struct buf rest;		/* a frame that is not whole */
	struct buf faults;		/* beside it, of a serial line */
	struct buf out;			/* answers, of which the first may_leave bytes may leave */
	size_t may_leave;
	size_t noise;			/* bytes since the last sound frame */
	uint64_t last_reply;		/* replies.c: the newest that waits */
	unsigned waiting;		/* how many wait */
	uint32_t wanted;		/* what the loop watches it for */
	bool ended;			/* it sends no more */
	bool closing;			/* nothing more is read from it */
	bool is_ready, is_buried;
	struct peer *next_ready, *next_dead;
	struct buf local;		/* our address, where it says something */
	struct session *session;	/* of a protocol of a conversation, else NULL */
	uint8_t name_n;
	char name[ADDRESS_TEXT];
};

/* Takes the descriptor over. */
void peer_new(struct listener *l, int fd, const struct address *from);

/* Reads what there is, and deals with it. */
void peer_read(struct peer *p);

/* Writes what may leave. */
void peer_send(struct peer *p);

/* Reads again, where there is room for what comes. */
void peer_resume(struct peer *p);

/* Nothing new is begun with it: closes as soon as what was begun is done. */
void peer_finish(struct peer *p);

/* Answers that wait will never leave: who dialled sees its connection end,
 * and repeats; on a serial line silence says the same. */
void peer_unanswered(struct peer *p);

/* The bytes of an incomplete frame are recorded with this detail; NULL: they are not. */
void peer_close(struct peer *p, const char *detail);

static inline bool peer_gone(const struct peer *p)
{
	return p->watch.fd < 0;
}

/* "192.0.2.7:51234: why", for people, rate limited. */
void peer_tell(const struct peer *p, const char *why);

/* A closed peer for which no answer waits any more is freed at the end of the turn. */
void peer_bury(struct peer *p);
void peers_free_dead(struct peer **dead);

#endif
