/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run: a source gives messages, couriers bring them, the source hears how
 * each ended, and what there is to print leaves once a turn. */
#ifndef VIGIE_ALARMSEND_RUN_H
#define VIGIE_ALARMSEND_RUN_H

#include "courier.h"
#include "event/id.h"
#include "util/histogram.h"

enum next { NEXT_GIVEN, NEXT_LATER, NEXT_END };

struct run;

/* Embedded in what gives the messages. */
struct supply {
	/* Fills m and says since when it is due; LATER: run_wake() follows. */
	enum next (*next)(struct supply *s, struct message *m, int64_t *due_us);
	/* How a message ended, before the next is asked for on that connection. */
	void (*ended)(struct supply *s, const struct message *m, const struct outcome *o);
	void (*free)(struct supply *s);
};

struct tally {
	uint64_t acked, naks, duhs, timeouts, unconnected;
	struct histogram latency;	/* of what was acknowledged, microseconds */
	int64_t began_us;
};

struct worker {
	struct courier courier;
	struct message message;
	struct run *run;
	bool polling;		/* what is on its way is a link test */
};

struct run {
	struct loop loop;
	const struct plan *plan;
	struct supply *source;
	struct worker *workers;
	struct worker **idle;
	unsigned idle_n;
	bool ended, stopping;
	bool refused;		/* something could not be put into a frame at all */
	struct timer wake;
	struct timer poll;
	bool poll_due;
	uint64_t polls;
	struct watch signals;
	struct tally tally;
	struct buf out;		/* for stdout */
	struct buf node;
	char epoch[EPOCH_TEXT + 1];
	uint64_t reports;
};

/* Gives the exit status. */
int run_all(struct run *run);

/* Asks the source again at that time of the loop's clock. */
void run_wake(struct run *run, msec at);

/* One record, or one line for a person, about a message that has ended. */
void report_delivery(struct run *run, const struct message *m, const struct outcome *o);
/* An error record behind a line that was passed on. */
void report_error(struct run *run, const char *error, const char *detail);
/* The figures of the whole run. */
void report_load(struct run *run);
void report_flush(struct run *run);

/* The signal of the options, once or as often and as fast as they say. */
struct supply *volley_new(struct run *run);
/* Records or raw frames from stdin. */
struct supply *relay_new(struct run *run);

#endif
