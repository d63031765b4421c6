/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_CENTREPROBE_H
#define VIGIE_CENTREPROBE_H

#include "event/check.h"
#include "text/opt.h"

struct settings {
	char *spool, *logbook;
	const char *loop;	/* where the test signal is sent; NULL: no loop */
	const char *account, *keys;
	msec within;
	bool all;		/* of the logbook, not only its newest entries */
};

/* A figure and its thresholds. */
enum figure { CLOCK, DISK, FSYNC, WRITER, AGE, CURSOR, LINK, LOGBOOK, LOOP, FIGURES };

struct probe {
	const struct settings *settings;
	struct checks checks;
	struct range warning[FIGURES], critical[FIGURES];
	struct buf out;
	struct buf text;	/* of the check being made */
	msec now;
};

/* A check of that figure, with its thresholds. */
struct check probe_check(const struct probe *p, enum figure f, struct span device);

/* Judges the value and adds the check; its words: format and what follows. */
void probe_value(struct probe *p, struct check *c, double value, const char *unit, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Adds it with that state. */
void probe_state(struct probe *p, struct check *c, enum check_state state, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

void probe_clock(struct probe *p);
void probe_disk(struct probe *p);
void probe_journal(struct probe *p);
void probe_cursors(struct probe *p);
void probe_links(struct probe *p);
void probe_logbook(struct probe *p);
void probe_loop(struct probe *p);

#endif
