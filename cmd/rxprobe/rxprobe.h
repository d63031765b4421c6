/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_RXPROBE_H
#define VIGIE_RXPROBE_H

#include "line.h"
#include "text/opt.h"

/* Figures that have thresholds. */
enum figure { AGE, ERRORS, FIGURES };

struct settings {
	struct source source;
	msec listen;		/* at most; 0: as long as the family needs */
	msec until;		/* of a recorded wire; CLOCK_NONE: its last line */
	bool nagios, text;
	struct range warning[FIGURES], critical[FIGURES];
};

struct probe {
	const struct settings *settings;
	struct loop loop;
	struct exam exam;
	struct line line;
	struct findings findings;
	struct timer end, look;
	struct buf device;	/* how the line is named in records */
	struct buf out;
};

/* listen.c: listens until all is clear, or time is up.  -1 and *why. */
int probe_listen(struct probe *p, const char **why);

/* wire.c: a line that somebody has recorded.  An exit status. */
int probe_wire(struct probe *p);

/* report.c: what was found, on standard output; gives the exit status. */
int probe_report(struct probe *p);
int probe_report_failure(struct probe *p, const char *why);

#endif
