/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "util/log.h"

#define HANDED_A_TURN 1024	/* so that answers are read in between */

static void count(struct tally *t, const struct outcome *o)
{
	if (o->fate == FATE_ACKNOWLEDGED) {
		t->acked++;
		histogram_add(&t->latency, (uint64_t)o->latency_us);
	} else if (o->fate == FATE_UNCONNECTED) {
		t->unconnected++;
	} else if (o->fate == FATE_UNANSWERED) {
		t->timeouts++;
	} else if (o->answer == A_NAK) {
		t->naks++;
	} else {
		t->duhs++;
	}
}

static void done(struct courier *c, const struct outcome *o)
{
	struct worker *w = OWNER(c, struct worker, courier);
	struct run *run = w->run;
	count(&run->tally, o);
	run->idle[run->idle_n++] = w;
	if (!w->polling)
		run->source->ended(run->source, &w->message, o);
	else if (run->plan->input != INPUT_RECORDS && !run->plan->load)
		report_delivery(run, &w->message, o);
}

static enum next poll_next(struct run *run, struct message *m, int64_t *due_us)
{
	if (!run->poll_due)
		return NEXT_LATER;
	run->poll_due = false;
	run->polls++;
	*due_us = clock_steady_us();
	message_poll(m, &run->plan->panel);
	return NEXT_GIVEN;
}

static enum next source_next(struct run *run, struct message *m, int64_t *due_us)
{
	if (run->ended || run->stopping)
		return NEXT_END;
	enum next next = run->source->next(run->source, m, due_us);
	run->ended = next == NEXT_END;
	return next;
}

static bool hand_out(struct run *run)
{
	struct worker *w = run->idle[run->idle_n - 1];
	int64_t due_us;
	w->polling = poll_next(run, &w->message, &due_us) == NEXT_GIVEN;
	if (!w->polling && source_next(run, &w->message, &due_us) != NEXT_GIVEN)
		return false;
	run->idle_n--;
	courier_send(&w->courier, &w->message, due_us, !w->polling && run->plan->endless);
	return true;
}

/* A run with nothing but link tests ends after `count` of them, others with their source. */
static bool all_done(const struct run *run)
{
	if (run->idle_n < run->plan->connections || run->poll_due)
		return false;
	bool only_polls = !run->plan->has_signal && run->plan->input == INPUT_NONE;
	bool polls_wanted = run->plan->poll && run->plan->input == INPUT_NONE &&
	                    !(only_polls && run->plan->count && run->polls >= run->plan->count);
	return run->stopping || (run->ended && !polls_wanted);
}

static void after(struct loop *l)
{
	struct run *run = OWNER(l, struct run, loop);
	for (unsigned n = 0; run->idle_n && hand_out(run); n++)
		if (n == HANDED_A_TURN) {
			timer_set(l, &run->wake, l->now);
			break;
		}
	report_flush(run);
	l->stop = all_done(run);
}

static void poll_now(struct timer *t)
{
	struct run *run = OWNER(t, struct run, poll);
	run->poll_due = !run->stopping;
	timer_set(&run->loop, t, run->loop.now + run->plan->poll);
}

static void nothing(struct timer *t)
{
	(void)t;	/* after() does the work */
}

void run_wake(struct run *run, msec at)
{
	timer_set(&run->loop, &run->wake, at);
}

/* What is on its way may still be answered; nothing new begins. */
static void told_to_stop(struct watch *w, uint32_t got)
{
	struct run *run = OWNER(w, struct run, signals);
	(void)got;
	if (!loop_signal_read(w->fd))
		return;
	run->stopping = true;
	for (unsigned i = 0; i < run->plan->connections; i++)
		courier_stop(&run->workers[i].courier);
}

static void begin(struct run *run)
{
	static const int stops[] = { SIGTERM, SIGINT, SIGHUP };
	const struct plan *plan = run->plan;
	uint32_t chance;
	random_bytes(&chance, sizeof chance);
	epoch_new(run->epoch, clock_now(), chance);
	node_name(&run->node);
	run->tally.began_us = clock_steady_us();
	run->loop.after = after;
	run->poll.due = poll_now;
	run->wake.due = nothing;
	run->signals = (struct watch){ .ready = told_to_stop, .fd = loop_signals(stops, 3) };
	if (run->signals.fd < 0 || loop_watch(&run->loop, &run->signals, EPOLLIN) < 0)
		die(EXIT_WORK, _("signals: %s"), strerror(errno));
	run->workers = xcalloc(plan->connections, sizeof *run->workers);
	run->idle = xcalloc(plan->connections, sizeof *run->idle);
	for (unsigned i = 0; i < plan->connections; i++) {
		struct worker *w = &run->workers[i];
		w->run = run;
		w->courier.loop = &run->loop;
		w->courier.plan = plan;
		w->courier.done = done;
		courier_init(&w->courier);
		run->idle[run->idle_n++] = w;
	}
}

static void end(struct run *run)
{
	for (unsigned i = 0; i < run->plan->connections; i++) {
		courier_free(&run->workers[i].courier);
		message_free(&run->workers[i].message);
	}
	free(run->workers);
	free(run->idle);
	buf_free(&run->out);
	buf_free(&run->node);
	close(run->signals.fd);
	loop_free(&run->loop);
}

static int status(const struct run *run)
{
	const struct tally *t = &run->tally;
	if (t->naks + t->duhs + t->timeouts || run->refused)
		return EXIT_NO;
	return t->unconnected ? EXIT_WORK : EXIT_OK;
}

int run_all(struct run *run)
{
	/* Steady time: a step of the clock must not end or stretch a wait. */
	if (loop_init(&run->loop, clock_steady) < 0)
		die(EXIT_WORK, "epoll: %s", strerror(errno));
	begin(run);
	if (run->plan->input != INPUT_NONE)
		run->source = relay_new(run);
	else
		run->source = volley_new(run);
	if (run->plan->poll)
		timer_set(&run->loop, &run->poll, run->loop.now);
	timer_set(&run->loop, &run->wake, run->loop.now);
	if (loop_run(&run->loop) < 0)
		die(EXIT_WORK, "epoll: %s", strerror(errno));
	if (run->plan->load)
		report_load(run);
	run->source->free(run->source);
	int result = status(run);
	end(run);
	return result;
}
