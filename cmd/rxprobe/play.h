/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a family of receivers does on its line, as far as we can play it. */
#ifndef VIGIE_RXPROBE_PLAY_H
#define VIGIE_RXPROBE_PLAY_H

#include "json/record.h"
#include "proto/proto.h"

struct family {
	const char *name;
	msec wait;		/* for an answer */
	unsigned tries, nak_tries;	/* how often a record is sent: behind silence, behind refusals */
	/* Appends the sign of life. */
	void (*heartbeat)(msec now, struct buf *out);
	/* Appends a record for an event; false: it has none for that.  NULL: it is given frames alone. */
	bool (*event)(const struct record *r, struct buf *out);
};

/* NULL: we know how it repeats of none such, and do not play it. */
const struct family *family_find(const struct protocol *p);

#endif
