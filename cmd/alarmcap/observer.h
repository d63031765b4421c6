/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches connections: bytes become frames, frames meet their answers, both
 * become records and figures. */
#ifndef VIGIE_ALARMCAP_OBSERVER_H
#define VIGIE_ALARMCAP_OBSERVER_H

#include "capture/flow.h"
#include "event/id.h"
#include "exchange.h"
#include "link/address.h"
#include "proto/repeats.h"
#include "proto/session.h"
#include "settings.h"

#define LAST 64

/* What one end of a connection says. */
struct voice {
	struct buf rest;	/* the beginning of a frame */
	bool torn;		/* bytes are missing before `rest`: what is no frame is a piece of one */
	bool heard;		/* a sound frame came */
	uint32_t noise;		/* bytes since then that are none */
};

struct talk {
	struct traffic flow;
	const struct protocol *proto;	/* NULL: not recognised yet */
	const char *source;		/* NULL: no source names it */
	unsigned panel;			/* the direction in which a panel speaks */
	bool foreign;			/* another protocol: nothing more is read */
	uint8_t tries;			/* datagrams in which nothing was recognised */
	struct voice voice[2];
	struct exchange *first, *last;	/* unanswered */
	struct session *session;	/* of a protocol of a conversation, else NULL */
	struct buf expected;		/* what the receiver says in it without a frame */
	struct receiver *receiver;
	struct panel *speaker;		/* who spoke last */
	uint8_t peer_n, local_n;
	char peer[ADDRESS_TEXT], local[ADDRESS_TEXT];
};

struct observer {
	const struct settings *settings;
	struct packets packets;
	struct flows flows;
	struct keys keys;
	struct common common;		/* of all sessions; files of theirs are not kept */
	struct repeats repeats;
	uint64_t last[LAST];		/* what each source sent last, of protocols that wait for each answer */
	struct queue queue;
	struct tally tally;
	char epoch[EPOCH_TEXT + 1];	/* empty until the first packet */
	struct buf node;
	uint64_t seq;			/* of the last record */
	bool show, colour;		/* a person reads */
	struct buf out;			/* lines to be written */
	struct buf opened, id, scratch, line;
};

void observer_begin(struct observer *o, const struct settings *s);

/* The next packet of the capture; number: its place. */
void observer_take(struct observer *o, int link, struct span bytes, size_t wire_n, int64_t at_us, uint64_t number);

/* Time passes without a packet; the capture ends. */
void observer_tick(struct observer *o, int64_t now_us);
void observer_end(struct observer *o);
void observer_free(struct observer *o);

/* heard.c: bytes of the panel's direction, as many as are done with. */
size_t heard(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at);

/* answers.c: the same of the receiver's. */
size_t answered(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at);
void answers_none(struct observer *o, struct talk *t);	/* nobody will answer any more */
void answers_expire(struct observer *o);		/* those that have been waited for long enough */

/* print.c */
struct exchange *print_frame(struct observer *o, struct talk *t, unsigned d, const struct signal *s, const struct mark *at);
void print_error(struct observer *o, struct talk *t, unsigned d, const struct mark *at, const char *error, const char *detail,
                 struct span bytes, struct span account);
void print_missing(struct observer *o, struct talk *t, unsigned d, uint32_t n, const struct mark *at);
/* Its answer is known; it is printed when those before it have been. */
void print_answered(struct observer *o, struct exchange *e);
void print_ready(struct observer *o);

#endif
