/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a probe found: a `check` record for each thing it looked at, or one
 * line for Nagios and its kin (plugin guidelines: state words, thresholds as
 * ranges, performance data), which no other output of vigie follows. */
#ifndef VIGIE_EVENT_CHECK_H
#define VIGIE_EVENT_CHECK_H

#include "event/id.h"
#include "util/buf.h"

/* In the order of their badness for a person; the numbers are Nagios'. */
enum check_state { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };
const char *check_state_word(enum check_state s);	/* "ok", "warning", "critical", "unknown" */

/* A threshold: 10 is 0 to 10, 10: at least, ~:10 at most, @10:20 not within. */
struct range {
	double low, high;	/* infinite where it is open */
	bool inside;		/* bad within, not outside */
	bool set;
	char text[32];		/* as it was given, for performance data */
};
/* -1: no range. */
int range_parse(struct range *r, struct span text);
bool range_is_broken(const struct range *r, double value);

struct check {
	const char *check;	/* what was looked at: "disk", "heartbeat"; English */
	struct span device;	/* of what: a line, a path, a camera; may be empty */
	enum check_state state;
	bool has_value;
	double value;
	const char *unit;	/* "s", "ms", "%", "B"; "": none */
	struct range warning, critical;
	struct span text;	/* for a person, translated; owned by the caller */
	unsigned confidence;	/* per cent, where it is a conclusion; 0: it was measured */
	struct span bytes;	/* of a wire, that show it; may be empty */
};

/* With a value: its state, by its thresholds. */
void check_judge(struct check *c, double value, const char *unit);

/* Gives each record of a run its id and time. */
struct checks {
	bool nagios;		/* one line at the end instead of records */
	msec now;
	struct buf node;
	char epoch[EPOCH_TEXT + 1];
	uint64_t seq;
	enum check_state worst;
	unsigned n;
	struct buf said, perf;	/* of the line: what is not well, and the figures */
};
void checks_begin(struct checks *all, bool nagios, msec now);

/* Appends the record and LF; with nagios nothing yet. */
void checks_put(struct checks *all, const struct check *c, struct buf *out);

/* Appends the line of nagios: "VIGIE OK: 5 checks | …".  Gives the exit
 * status: nagios' own with nagios, else EXIT_OK where all is well, EXIT_NO. */
int checks_end(struct checks *all, struct buf *out);

#endif
