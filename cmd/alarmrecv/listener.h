/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where signals come in: a port that listens, one for datagrams, or a
 * connection or a serial port that we open and keep. */
#ifndef VIGIE_ALARMRECV_LISTENER_H
#define VIGIE_ALARMRECV_LISTENER_H

#include "intake.h"
#include "link/address.h"
#include "link/serial.h"
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
	struct serial serial;		/* fd -1: not open */
	msec connected;			/* the last time */
	unsigned failures;		/* since it was connected for a while */
	int error;			/* of a serial port, what was told last */
};

static inline bool listener_is_serial(const struct listener *l)
{
	return l->source->transport == OVER_SERIAL;
}

/* One connection, which we open ourselves and keep. */
static inline bool listener_keeps(const struct listener *l)
{
	return l->source->transport == OVER_TCP_CONNECT || listener_is_serial(l);
}

/* Opens the port, or resolves the name; reads nothing yet.  -1 and *why (translated). */
int listener_open(struct listener *l, const char **why);

/* Begins to take signals in; tells the address on stderr.  -1 and errno. */
int listener_begin(struct listener *l);

/* Takes nothing more in; answers may still leave. */
void listener_stop(struct listener *l);
void listener_resume(struct listener *l);
void listener_close(struct listener *l);

/* A serial port is opened as who we are at the start; one that is not there
 * is waited for.  -1 and *why: it will never do. */
int dial_open(struct listener *l, const char **why);
int dial_begin(struct listener *l);

/* The connection that we keep has ended: it is opened again. */
void dial_ended(struct listener *l);

struct origin origin_of(const struct listener *l, struct span peer, struct span local);

#endif
