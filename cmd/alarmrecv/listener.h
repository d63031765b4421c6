/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where signals come in: a port that listens, one for datagrams, or a
 * connection that we dial and keep. */
#ifndef VIGIE_ALARMRECV_LISTENER_H
#define VIGIE_ALARMRECV_LISTENER_H

#include "intake.h"
#include "link/address.h"
#include "link/source.h"

struct reception;
struct peer;

struct listener {
	struct watch watch;		/* fd -1: none */
	struct timer again;		/* accept, or dial, once more */
	struct reception *reception;
	const struct source *source;
	bool paused;
	bool everywhere;		/* our own address is not known from the source */
	struct address far;		/* to dial */
	msec connected;			/* the last time */
	unsigned failures;		/* since it was connected for a while */
};

/* Opens the port, or resolves the name; reads nothing yet.  -1 and *why (translated). */
int listener_open(struct listener *l, const char **why);

/* Begins to take signals in; tells the address on stderr.  -1 and errno. */
int listener_begin(struct listener *l);

/* Takes nothing more in; answers may still leave. */
void listener_stop(struct listener *l);
void listener_resume(struct listener *l);
void listener_close(struct listener *l);

/* The dialled connection has ended: it is dialled again. */
void dial_ended(struct listener *l);
int dial_begin(struct listener *l);

struct origin origin_of(const struct listener *l, struct span peer, struct span local);

#endif
