/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signal of the options, once or many times. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "run.h"
#include "util/log.h"

#define GRAIN_US 2000	/* the loop's timers are no finer: that much is no waiting */

struct volley {
	struct supply source;
	struct run *run;
	uint64_t given;
	unsigned seq;
};

/* When the next is due at the wanted rate; now, without one. */
static int64_t due(const struct volley *v)
{
	int64_t now = clock_steady_us();
	double rate = v->run->plan->rate;
	if (rate <= 0)
		return now;
	int64_t at = v->run->tally.began_us + (int64_t)((double)v->given * 1e6 / rate);
	return at <= now && now - at < GRAIN_US ? now : at;
}

static enum next next(struct supply *s, struct message *m, int64_t *due_us)
{
	struct volley *v = OWNER(s, struct volley, source);
	const struct plan *plan = v->run->plan;
	const char *why;
	if (!plan->has_signal || (plan->count && v->given == plan->count))
		return NEXT_END;
	*due_us = due(v);
	if (*due_us > clock_steady_us()) {
		run_wake(v->run, (*due_us + 999) / 1000);
		return NEXT_LATER;
	}
	if (message_from_options(m, &plan->panel, v->seq, &why) < 0)
		die(EXIT_CALL, "%s", why);
	if (v->seq)	/* --seq 0 stays: some panels send nothing else */
		v->seq = v->seq % DC09_SEQ_MOST + 1;
	v->given++;
	return NEXT_GIVEN;
}

static void ended(struct supply *s, const struct message *m, const struct outcome *o)
{
	struct volley *v = OWNER(s, struct volley, source);
	if (!v->run->plan->load)
		report_delivery(v->run, m, o);
}

static void release(struct supply *s)
{
	free(OWNER(s, struct volley, source));
}

/* Without --seq the first number is left to chance: two calls within a
 * minute must not look like one signal and its repetition. */
static unsigned first_seq(const struct panel *panel)
{
	uint32_t chance;
	if (panel->has_seq)
		return panel->seq;
	if (panel->token && strcmp(panel->token, "NULL") == 0)
		return 0;
	random_bytes(&chance, sizeof chance);
	return chance % DC09_SEQ_MOST + 1;
}

struct supply *volley_new(struct run *run)
{
	struct volley *v = xcalloc(1, sizeof *v);
	v->source = (struct supply){ .next = next, .ended = ended, .free = release };
	v->run = run;
	v->seq = first_seq(&run->plan->panel);
	return &v->source;
}
