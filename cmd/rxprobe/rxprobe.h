/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_RXPROBE_H
#define VIGIE_RXPROBE_H

#include "line.h"
#include "text/opt.h"

/* Figures that have thresholds. */
enum figure { AGE, ERRORS, FIGURES };

/* What a receiver that is played does wrong. */
enum play_fault { PLAY_WELL, PLAY_LOST_ACK, PLAY_GARBAGE, PLAY_PARITY, PLAY_CUT, PLAY_SLOW };

struct settings {
	struct source source;
	msec listen;		/* at most; 0: as long as it takes */
	msec until;		/* of a recorded wire; CLOCK_NONE: its last line */
	bool nagios, text, try, ask, answer;
	const struct protocol *simulate;	/* NULL: nothing is played */
	msec every, wait;	/* of what is played: between heartbeats, for an answer; 0: as its family does */
	enum play_fault fault;
	struct range warning[FIGURES], critical[FIGURES];
};

struct probe {
	const struct settings *settings;
	struct loop loop;
	struct exam exam;
	struct line line;
	struct findings findings;
	struct timer end, look, question;
	unsigned asked;
	bool trying;		/* settings that read nothing are soon given up */
	struct answers *answers;	/* NULL: nothing is acknowledged */
	struct play *play;		/* NULL: nothing is played */
	struct buf device;	/* how the line is named in records */
	struct buf out;
};

/* listen.c: listens until all is clear, or time is up.  -1 and *why. */
int probe_listen(struct probe *p, const char **why);

/* try.c: one setting after the other, until one reads something sound.  -1 and *why. */
int probe_try(struct probe *p, const char **why);
/* listen.c: the line is open; listens as above. */
void probe_hear(struct probe *p, msec most);

/* ask.c: the question that the family answers whatever it does.  Is there one? */
bool question_exists(const struct protocol *p);
void question_begin(struct probe *p);

/* wire.c: a line that somebody has recorded.  An exit status. */
int probe_wire(struct probe *p);

/* play.c: plays a receiver.  An exit status. */
int probe_play(struct probe *p);

/* report.c: what was found, on standard output; gives the exit status. */
int probe_report(struct probe *p);
int probe_report_failure(struct probe *p, const char *why);
/* Lines of records, as they are or for a person; what cannot be written ends the program. */
void probe_print(const struct probe *p, struct span lines);

#endif
