/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the options ask for.  Filled once, then read by all parts; its
 * strings belong to the command line. */
#ifndef VIGIE_ALARMSEND_PLAN_H
#define VIGIE_ALARMSEND_PLAN_H

#include "link/source.h"
#include "message.h"

#define TARGETS_MOST 8

/* Where to: a centre's receiver. */
struct target {
	const char *url;	/* as it was given: how it is named to people */
	struct source source;
	bool udp;
};

/* "dc09+tcp://192.0.2.1:6001"; the url is kept, not copied.  -1 and *why (translated). */
int target_parse(struct target *t, const char *url, const char **why);
void target_free(struct target *t);

enum input { INPUT_NONE, INPUT_RECORDS, INPUT_RAW };

struct plan {
	struct target target[TARGETS_MOST];	/* in the order to try them */
	unsigned targets;
	struct keys keys;
	struct panel panel;	/* the signal of the options, and what all signals share */
	bool has_signal;
	enum input input;
	msec wait;		/* for a connection, and for an answer */
	unsigned tries;		/* at one destination, before the next has its turn */
	bool endless;		/* a relay: begins again with the first after a rest */
	msec poll;		/* 0: none */
	msec clock_offset;	/* the panel's clock is this far from ours */
	bool accept_clear;	/* an encrypted signal may be acknowledged in clear */
	bool verbatim;		/* frames of records go out byte for byte */
	bool skip_refused;	/* what no centre takes is passed on all the same */
	bool load;		/* figures at the end instead of a record for each signal */
	double rate;		/* signals a second; 0: as fast as answers come */
	uint64_t count;		/* signals; 0: until told to stop */
	unsigned connections;
	bool connect_each;	/* a connection for each signal */
	bool show;		/* lines for a person, not JSON */
};

/* Reads the command line; a wrong one is told and ends the process with 2. */
void plan_read(struct plan *plan, int argc, char **argv);
void plan_free(struct plan *plan);

#endif
