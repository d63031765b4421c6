/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread waits for descriptors, times and signals; epoll stays in here.
 * `struct watch` and `struct timer` are embedded in what they serve, and
 * OWNER() finds it again.  Handlers never block. */
#ifndef VIGIE_LOOP_LOOP_H
#define VIGIE_LOOP_LOOP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "util/clock.h"

#define OWNER(member, type, name) ((type *)((char *)(member) - offsetof(type, name)))

struct watch {
	void (*ready)(struct watch *w, uint32_t got);	/* EPOLLIN, EPOLLOUT, EPOLLHUP… */
	int fd;
};

struct timer {
	void (*due)(struct timer *t);
	msec at;		/* when, by the loop's clock */
	size_t place;		/* internal: 1-based place in the heap, 0 when not set */
};

struct loop {
	msec (*clock)(void);	/* clock_now; NULL when loop_advance() gives the time */
	void (*after)(struct loop *l);	/* when all that was ready has been handled; may be NULL */
	msec now;		/* read once a turn */
	bool stop;
	/* internal */
	int epoll;
	struct timer **heap;
	size_t timers, room;
	struct epoll_event *pending;
	int pending_n;
};

/* -1 and errno. */
int loop_init(struct loop *l, msec (*clock)(void));
void loop_free(struct loop *l);

int loop_watch(struct loop *l, struct watch *w, uint32_t wanted);
int loop_change(struct loop *l, struct watch *w, uint32_t wanted);
/* Also drops what is pending for it in this turn; call before close(). */
void loop_forget(struct loop *l, struct watch *w);

/* Sets, or moves, or clears.  Times in the past are due in the next turn. */
void timer_set(struct loop *l, struct timer *t, msec at);
void timer_clear(struct loop *l, struct timer *t);
static inline bool timer_is_set(const struct timer *t)
{
	return t->place != 0;
}

/* Blocks the signals and gives a descriptor to watch, read with loop_signal_read(). */
int loop_signals(const int *signals, size_t n);
int loop_signal_read(int fd);	/* the signal's number, 0 when none waits */

/* One turn: waits at most wait_ms (-1: until something happens). -1 and errno. */
int loop_turn(struct loop *l, int wait_ms);

/* Turns until l->stop. */
int loop_run(struct loop *l);

/* Without a clock: lets time pass up to `to`; each timer is called with
 * l->now at its own time, in order, and after() runs behind each. */
void loop_advance(struct loop *l, msec to);

#endif
