/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a receiver's line shows: all that ran over it is kept with its time,
 * its faults and its direction, and judged by rules.  Opens nothing and reads
 * no clock: what an observer saw hours ago is judged as what is seen now. */
#ifndef VIGIE_LINK_EXAM_H
#define VIGIE_LINK_EXAM_H

#include "link/serial.h"
#include "link/symptom.h"
#include "proto/proto.h"

enum way { FROM_RECEIVER, FROM_HOST };

struct moment {
	msec at;
	uint8_t byte, fault, way;
};

#define MOMENTS_MOST ((size_t)1 << 18)	/* then the older half is forgotten: 4 MiB */
#define CONNECTIONS_MOST 64

/* A TCP connection. */
struct connection {
	msec opened, closed;	/* closed CLOCK_NONE: still open */
	size_t bytes;		/* that the receiver sent */
};

struct exam {
	const struct protocol *expected;	/* NULL: find out */
	struct serial_settings line;		/* of the port, whole; of TCP it does not count */
	bool over_tcp, dials, gone;		/* gone: the port disappeared */
	const char *refused;			/* why no connection came about, translated; NULL: one did, or none was tried */
	msec began;
	struct moment *moment;
	size_t n, room;
	struct connection connection[CONNECTIONS_MOST];
	unsigned connections;
};

/* What was found, and what shows it. */
#define EVIDENCE 16
struct finding {
	enum symptom symptom;
	unsigned confidence;	/* per cent */
	bool has_value;
	double value;
	const char *unit;
	char detail[256];	/* translated; empty: the symptom says it all */
	uint8_t evidence[EVIDENCE];
	uint8_t evidence_n;
};

#define FINDINGS_MOST 96
struct findings {
	struct finding finding[FINDINGS_MOST];
	unsigned n;
	/* what the figures of a monitoring system are made of */
	const struct protocol *proto;	/* NULL: not known */
	unsigned frames, heartbeats, events, damaged;	/* sound frames, of which heartbeats and events */
	msec period, age;		/* between heartbeats, 0: not known; since anything sound was heard, CLOCK_NONE: never */
	double fault_rate;		/* per cent of characters */
	struct serial_settings fitting;	/* what the port should be set to; baud 0: as it is, or unknown */
};

void exam_begin(struct exam *x, const struct protocol *expected, const struct serial_settings *line, msec now);

/* Bytes that came, or that a host sent; faults NULL: there were none. */
void exam_take(struct exam *x, msec at, enum way way, struct span bytes, const uint8_t *faults);

void exam_opened(struct exam *x, msec at);
void exam_closed(struct exam *x, msec at);

/* The rules, over all that has been kept.  Text is in the screen's language. */
void exam_judge(const struct exam *x, msec now, struct findings *out);

/* Enough has been heard: more would change nothing. */
bool findings_are_clear(const struct findings *f);

/* Adds it; NULL when there is no room, or it is there already. */
struct finding *findings_add(struct findings *f, enum symptom s, unsigned confidence);

const struct finding *findings_find(const struct findings *f, enum symptom s);

/* Settings that could be the receiver's, the likeliest first, beginning with
 * those that these bytes speak for; at most room. */
size_t exam_plan(const struct exam *x, struct serial_settings *plan, size_t room);

/* What a family leaves between two signs of life when nobody says otherwise. */
msec usual_period(const struct protocol *p);

void exam_free(struct exam *x);

#endif
