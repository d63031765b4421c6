/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of reception, in the order of keys of vigie-records(5), put
 * into the journal's queue. */
#ifndef VIGIE_ALARMRECV_RECORD_H
#define VIGIE_ALARMRECV_RECORD_H

#include "intake.h"

/* What became of a frame. */
struct outcome {
	enum answer answer;
	bool unasked;			/* accepted, and the panel waits for no answer */
	warnings flags;
	const struct repeat *repeat;	/* the first of it; NULL: none */
	msec since;			/* it may have been kept since then; CLOCK_NONE: it is new */
};

void record_frame(struct intake *in, const struct origin *from, const struct signal *s, const struct outcome *o);

/* Bytes that are no sound frame; very many of them come as several records. */
struct error {
	const char *error, *detail;	/* the word, and why in English */
	struct span bytes;
	struct span account;	/* where the header gave it */
};
void record_error(struct intake *in, const struct origin *from, const struct error *e);

/* The members of a link record that tell a path and its state. */
void record_put_path(struct buf *out, const struct path *p, msec since);
void record_link(struct intake *in, const struct path *p);

#endif
