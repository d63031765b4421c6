/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "loop/loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/buf.h"

#define EVENTS_A_TURN 512

int loop_init(struct loop *l, msec (*clock)(void))
{
	*l = (struct loop){ .clock = clock, .now = clock ? clock() : 0 };
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	return l->epoll < 0 ? -1 : 0;
}

void loop_free(struct loop *l)
{
	close(l->epoll);
	free(l->heap);
	*l = (struct loop){ .epoll = -1 };
}

static int control(struct loop *l, int what, struct watch *w, uint32_t wanted)
{
	struct epoll_event e = { .events = wanted, .data.ptr = w };
	return epoll_ctl(l->epoll, what, w->fd, &e);
}

int loop_watch(struct loop *l, struct watch *w, uint32_t wanted)
{
	return control(l, EPOLL_CTL_ADD, w, wanted);
}

int loop_change(struct loop *l, struct watch *w, uint32_t wanted)
{
	return control(l, EPOLL_CTL_MOD, w, wanted);
}

void loop_forget(struct loop *l, struct watch *w)
{
	control(l, EPOLL_CTL_DEL, w, 0);
	for (int i = 0; i < l->pending_n; i++)
		if (l->pending[i].data.ptr == w)
			l->pending[i].data.ptr = NULL;
}

/* The heap: places count from 1, the parent of k is k / 2, the earliest is at 1. */
static void put(struct loop *l, size_t place, struct timer *t)
{
	l->heap[place] = t;
	t->place = place;
}

static void rise(struct loop *l, struct timer *t)
{
	size_t k = t->place;
	for (; k > 1 && l->heap[k / 2]->at > t->at; k /= 2)
		put(l, k, l->heap[k / 2]);
	put(l, k, t);
}

static void sink(struct loop *l, struct timer *t)
{
	size_t k = t->place;
	for (size_t child; (child = 2 * k) <= l->timers; k = child) {
		if (child < l->timers && l->heap[child + 1]->at < l->heap[child]->at)
			child++;
		if (l->heap[child]->at >= t->at)
			break;
		put(l, k, l->heap[child]);
	}
	put(l, k, t);
}

void timer_set(struct loop *l, struct timer *t, msec at)
{
	t->at = at;
	if (!timer_is_set(t)) {
		if (l->timers + 2 > l->room) {
			l->room = l->room ? l->room * 2 : 64;
			l->heap = xrealloc(l->heap, l->room * sizeof *l->heap);
		}
		put(l, ++l->timers, t);
	}
	rise(l, t);
	sink(l, t);
}

void timer_clear(struct loop *l, struct timer *t)
{
	if (!timer_is_set(t))
		return;
	struct timer *last = l->heap[l->timers--];
	if (last != t) {
		put(l, t->place, last);
		rise(l, last);
		sink(l, last);
	}
	t->place = 0;
}

static struct timer *next_timer(const struct loop *l)
{
	return l->timers ? l->heap[1] : NULL;
}

static void run_due(struct loop *l)
{
	/* Timers that handlers set for "now" wait for the next turn: at most
	 * as many run as there were. */
	size_t most = l->timers;
	for (struct timer *t; most-- && (t = next_timer(l)) && t->at <= l->now;) {
		timer_clear(l, t);
		t->due(t);
	}
}

static int wait_for(const struct loop *l, int wait_ms)
{
	const struct timer *t = next_timer(l);
	if (!t || !l->clock)
		return wait_ms;
	msec until = t->at - l->clock();
	if (until < 0)
		until = 0;
	if (until > INT_MAX)
		until = INT_MAX;
	return wait_ms < 0 || until < wait_ms ? (int)until : wait_ms;
}

int loop_turn(struct loop *l, int wait_ms)
{
	struct epoll_event events[EVENTS_A_TURN];
	int n = epoll_wait(l->epoll, events, EVENTS_A_TURN, wait_for(l, wait_ms));
	if (n < 0 && errno != EINTR)
		return -1;
	if (l->clock)
		l->now = l->clock();
	l->pending = events;
	l->pending_n = n < 0 ? 0 : n;
	for (int i = 0; i < l->pending_n; i++) {
		struct watch *w = events[i].data.ptr;
		if (w)
			w->ready(w, events[i].events);
	}
	l->pending = NULL;
	l->pending_n = 0;
	if (l->clock)
		run_due(l);
	if (l->after)
		l->after(l);
	return 0;
}

int loop_run(struct loop *l)
{
	while (!l->stop)
		if (loop_turn(l, -1) < 0)
			return -1;
	return 0;
}

void loop_advance(struct loop *l, msec to)
{
	for (struct timer *t; (t = next_timer(l)) && t->at <= to;) {
		if (t->at > l->now)
			l->now = t->at;
		timer_clear(l, t);
		t->due(t);
		if (l->after)
			l->after(l);
	}
	if (to > l->now)
		l->now = to;
}

int loop_signals(const int *signals, size_t n)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int loop_signal_read(int fd)
{
	struct signalfd_siginfo got;
	return read(fd, &got, sizeof got) == (ssize_t)sizeof got ? (int)got.ssi_signo : 0;
}
