/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bytes are in that nothing names: they are tried against all wire
 * protocols, then all event languages, in the order of the registries,
 * strict ones first.  A pure function; its cost is bounded by DETECT_MOST. */
#ifndef VIGIE_PROTO_DETECT_H
#define VIGIE_PROTO_DETECT_H

#include "proto/proto.h"

#define DETECT_MOST ((size_t)1 << 16)	/* longer bytes are nothing's */
#define READINGS_MOST 48

enum sure {
	SURE_DOUBTFUL,	/* by form, and something speaks against it */
	SURE_FORM,	/* nothing but its form shows it */
	SURE_CHECK	/* proved by a CRC, a sum, parity, a check digit or a second round */
};
const char *sure_word(enum sure s);	/* "doubtful", "form", "check" */

/* One of the ways to read the bytes. */
struct reading {
	const struct protocol *protocol;	/* NULL: a payload without a frame */
	const struct format *format;		/* of such a payload; of a frame that is one from end to end, so that it is the same reading */
	enum sure sure;				/* of one that fits */
	bool ended;				/* with all its borders; a log may have taken the last away */
	enum warning damage;			/* of a frame that does not: what is wrong */
	unsigned refusal;			/* of a payload: enum refusal */
};
const char *reading_name(const struct reading *r);

struct detection {
	enum sure sure;		/* of the first, in sight of all others */
	unsigned fit;		/* how many fit: the surest first, then in order */
	unsigned n;		/* behind them those that would, were they not damaged */
	struct reading reading[READINGS_MOST];
};

enum detect { DETECT_FRAMES = 1, DETECT_PAYLOADS = 2 };

/* list: where the languages may put their events; it is left empty. */
void detect(struct span bytes, unsigned what, struct event_list *list, struct detection *d);

/* Appends a word for each reading behind the first, a blank in front of each
 * but the first: "also-…" fits too, "damaged-…" would. */
void detection_words(const struct detection *d, struct buf *out);

#endif
