/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules of an examination look at.  Only exam*.c include it. */
#ifndef VIGIE_LINK_EXAM_VIEW_H
#define VIGIE_LINK_EXAM_VIEW_H

#include "link/exam.h"

enum sort { HEARD_EVENT, HEARD_STATUS, HEARD_HEARTBEAT, HEARD_HOST };

/* A sound record. */
struct heard {
	msec at;		/* of its last byte */
	size_t moment;		/* of its last byte */
	struct span frame;
	uint64_t hash;		/* the same when it comes again */
	enum sort sort;
	bool acked, refused;	/* what the host answered before anything else came */
	bool strange;		/* with a header that we cannot read */
	uint8_t header, account;	/* their widths */
	struct span seq;
};

/* The same record several times, whatever heartbeats are between. */
struct run {
	size_t first, last;	/* of `heard` */
	unsigned count, acks, naks;
	msec gap;		/* the usual one */
	bool followed;		/* by another record */
};

struct view {
	const struct exam *x;
	struct findings *out;
	msec now;
	/* what the receiver sent, side by side */
	struct buf bytes;	/* without parity bits, where those are all that is wrong */
	struct buf raw, faults;
	size_t *moment;
	size_t host;		/* bytes that a host sent */
	/* its characters, counted */
	size_t marked, breaks, zeros, high, even;
	size_t on_odd, on_even, odd;	/* faults on bytes of odd and even weight (seven bits), bytes of odd weight */
	bool typed_0e;
	/* its records */
	struct heard *heard;
	size_t records, room;
	struct span damaged;	/* the first that was */
	struct run *run;
	size_t runs;
	struct event_list list;
	struct finding spare;	/* for what is not added */
};

static inline size_t view_n(const struct view *v)
{
	return v->raw.n;
}

/* The receiver's bytes, taken out of what ran both ways. */
void view_begin(struct view *v, const struct exam *x, msec now, struct findings *out);
void view_end(struct view *v);

/* Adds it once; NULL and no more when it is there already (but for what a receiver says). */
struct finding *find(struct view *v, enum symptom s, unsigned confidence, struct span evidence);
void detail(struct finding *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void value(struct finding *f, double v, const char *unit);

msec middle(msec *of, size_t n);	/* sorts them; 0 of none */
bool contains(struct span s, struct span word);

void view_line(struct view *v);		/* exam_line.c */
void view_frames(struct view *v);	/* exam_frames.c */
void view_runs(struct view *v);		/* exam_answers.c */
void rules_answers(struct view *v);
void rules_records(struct view *v);	/* exam_records.c */
void rules_connections(struct view *v);	/* exam_connections.c */

bool is_family(const struct view *v, const char *name);

#endif
