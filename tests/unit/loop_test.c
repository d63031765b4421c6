/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "loop/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"

static struct loop loop;
static msec fired[2000];
static size_t fired_n;
static bool in_order = true;

static void note(struct timer *t)
{
	if (fired_n && fired[fired_n - 1] > loop.now)
		in_order = false;
	if (loop.now != t->at)
		in_order = false;
	fired[fired_n++] = loop.now;
}

static void timers(void)
{
	static struct timer timer[1000];
	for (size_t i = 0; i < 1000; i++) {
		timer[i].due = note;
		timer_set(&loop, &timer[i], (msec)(i * 7919 % 1000 + 1));
	}
	for (size_t i = 0; i < 1000; i += 10)
		timer_clear(&loop, &timer[i]);
	for (size_t i = 1; i < 1000; i += 10)
		timer_set(&loop, &timer[i], timer[i].at + 5000);
	loop_advance(&loop, 1000);
	ok(fired_n == 800 && in_order, "timers fire in order, each at its time; cleared and moved ones do not");
	loop_advance(&loop, 7000);
	ok(fired_n == 900 && in_order && loop.now == 7000, "moved ones fire later, and time stands where it was let go");
	loop_advance(&loop, 10);
	ok(loop.now == 7000, "time does not go back");
}

static struct watch first, second;
static int first_got, second_got;

static void read_first(struct watch *w, uint32_t got)
{
	(void)got;
	char byte;
	first_got += (int)read(w->fd, &byte, 1);
	loop_forget(&loop, w == &first ? &second : &first);
}

static void watches(void)
{
	int a[2], b[2];
	ok(pipe(a) == 0 && pipe(b) == 0, "two pipes");
	first = (struct watch){ read_first, a[0] };
	second = (struct watch){ read_first, b[0] };
	loop_watch(&loop, &first, EPOLLIN);
	loop_watch(&loop, &second, EPOLLIN);
	ok(write(a[1], "x", 1) == 1 && write(b[1], "x", 1) == 1, "both are ready");
	loop_turn(&loop, 1000);
	ok(first_got == 1 && second_got == 0, "a watch forgotten in the same turn is not called");
}

static void signals(void)
{
	int wanted[] = { SIGUSR1 };
	int fd = loop_signals(wanted, 1);
	ok(loop_signal_read(fd) == 0, "no signal waits");
	raise(SIGUSR1);
	ok(loop_signal_read(fd) == SIGUSR1, "a signal is read");
	close(fd);
}

static struct timer again;
static int agains;

static void set_again(struct timer *t)
{
	agains++;
	timer_set(&loop, t, loop.now);
}

static void real_time(void)
{
	loop_free(&loop);
	loop_init(&loop, clock_now);
	again.due = set_again;
	timer_set(&loop, &again, loop.now);
	loop_turn(&loop, 1000);
	ok(agains == 1, "a timer set for now by its own handler waits for the next turn");
	loop_free(&loop);
}

int main(void)
{
	ok(loop_init(&loop, NULL) == 0, "a loop without a clock");
	timers();
	watches();
	signals();
	real_time();
	return done();
}
