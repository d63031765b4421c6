/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../../cmd/alarmrecv/accounts.c"
#include "../../cmd/alarmrecv/supervision.c"

#include <unistd.h>

#include "../tap.h"

#define START (INT64_C(1768335240000))

static struct loop loop;
static struct supervision watched = { .loop = &loop };
static struct accounts accounts;
static char told[512];		/* "1002 down 90 0;": account, state, now and since in seconds after START */
static uint64_t number;

static uint64_t changed(struct supervision *s, const struct path *p)
{
	size_t n = strlen(told);
	snprintf(told + n, sizeof told - n, "%s%s%s %s %d %d;", p->account->path ? p->account->path : "",
	         p->account->path ? ":" : "", p->account->from.account, p->down ? "down" : "up",
	         (int)((s->loop->now - START) / SECOND), (int)((p->since - START) / SECOND));
	return ++number;
}

/* What has been told since it was asked last. */
static const char *news(void)
{
	static char last[sizeof told];
	strcpy(last, told);
	told[0] = '\0';
	return last;
}

static void read_accounts(struct accounts *a, const char *text)
{
	char path[] = "/tmp/vigie-accounts-XXXXXX";
	const char *why;
	int fd = mkstemp(path);
	if (write(fd, text, strlen(text)) < 0 || accounts_load(a, path, &why) < 0)
		printf("Bail out! %s\n", text);
	close(fd);
	unlink(path);
}

static void begin(const char *text)
{
	loop_init(&loop, NULL);
	loop.now = START;
	watched.changed = changed;
	number = 0;
	news();
	read_accounts(&accounts, text);
	supervision_begin(&watched, &accounts);
}

static void end(void)
{
	supervision_free(&watched);
	watched.loop = &loop;
	accounts_free(&accounts);
	loop_free(&loop);
}

static void reload(const char *text)
{
	struct accounts fresh = { 0 };
	read_accounts(&fresh, text);
	supervision_reload(&watched, &fresh);
	accounts_free(&accounts);
	accounts = fresh;
	watched.accounts = &accounts;
}

static void pass(int seconds)
{
	loop_advance(&loop, START + seconds * SECOND);
}

static void hear(const char *name)
{
	supervision_heard(&watched, accounts_find(&accounts, "R1", SPAN("0"), span_str(name)), "R1", 0);
}

static bool is_down(const char *name)
{
	return supervision_is_down(&watched, accounts_find(&accounts, "R1", SPAN("0"), span_str(name)));
}

static void silence_and_return(void)
{
	begin("R1 0 1002 class=SP4\nR1 0 1003 interval=30s\nR1 0 1004\n");
	pass(89);
	is(news(), "", "after a start every account has one full interval");
	pass(90);
	is(news(), "1003 down 90 0;", "then it is silent, once");
	ok(is_down("1003") && !is_down("1002") && !is_down("1004"), "that one");
	pass(100);
	hear("1002");
	hear("1004");
	pass(279);
	is(news(), "", "heard at 100");
	pass(1000);
	is(news(), "1002 down 280 100;", "declared to the second, three minutes after the last");
	hear("1003");
	is(news(), "1003 up 1000 0;", "back, and since when it had been silent");
	hear("1003");
	pass(1089);
	is(news(), "", "told once");
	pass(1090);
	is(news(), "1003 down 1090 1000;", "a new silence is another");
	pass(100000);
	is(news(), "", "nothing more is told of what is down");
	end();
}

static void recalled(const char *line)
{
	struct record r;
	const char *why;
	record_parse(&r, span_str(line), &why);
	supervision_recall(&watched, &r);
}

static void after_a_start(void)
{
	begin("R1 0 1002 class=SP4\nR1 0 1003 class=SP4\n* * 1005 class=SP4\nR1 12 1002 class=SP4\n");
	recalled("{\"type\":\"link\",\"source\":\"R1\",\"line\":\"0\",\"account\":\"1002\",\"state\":\"down\",\"since\":\"2026-01-13T20:10:00.000Z\"}");
	recalled("{\"type\":\"link\",\"source\":\"R1\",\"line\":\"0\",\"account\":\"1003\",\"state\":\"down\",\"since\":\"2026-01-13T20:10:00.000Z\"}");
	recalled("{\"type\":\"link\",\"source\":\"R1\",\"line\":\"0\",\"account\":\"1003\",\"state\":\"up\",\"since\":\"2026-01-13T20:10:00.000Z\"}");
	recalled("{\"type\":\"link\",\"source\":\"R9\",\"account\":\"1005\",\"state\":\"down\",\"since\":\"2026-01-13T20:10:00.000Z\"}");
	recalled("{\"type\":\"link\",\"source\":\"R2\",\"line\":\"0\",\"account\":\"1002\",\"state\":\"up\",\"since\":\"2026-01-13T20:10:00.000Z\"}");
	ok(is_down("1002") && is_down("1005"), "what the journal says is down is down");
	ok(!is_down("1003"), "what came up again is not");
	pass(179);
	is(news(), "", "and has its full interval");
	pass(180);
	char all[sizeof told];
	strcpy(all, news());
	ok(strstr(all, "1003 down 180 0;") && strstr(all, "1002 down 180 0;") && strlen(all) == 2 * strlen("1003 down 180 0;"),
	   "the two that were up are told: %s", all);
	hear("1002");
	is(news(), "1002 up 180 -240;", "back, silent since long before the start");
	hear("1005");
	is(news(), "1005 up 180 -240;", "at another source too, where any will do");
	end();
}

static void until_stored(void)
{
	begin("R1 0 1002 interval=30s\nR1 0 1003 interval=30s\n");
	pass(90);
	news();
	supervision_stored(&watched, 1);
	supervision_lost(&watched);
	is(news(), "", "a lost batch is not told of at once: the disk may be full");
	pass(92);
	char again[sizeof told];
	strcpy(again, news());
	ok(strstr(again, " down 91 0;") && strlen(again) == strlen("1003 down 91 0;"), "the one that was lost is told again: %s", again);
	supervision_lost(&watched);
	hear("1002");
	hear("1003");
	news();
	supervision_stored(&watched, number);
	pass(96);
	is(news(), "", "what changed meanwhile and was stored is not told again");
	end();
}

static void other_accounts(void)
{
	const char *text = "R1 0 1002 class=SP4\nR1 0 1003 class=SP4\n";
	begin(text);
	for (int i = 1; i < 18; i++) {
		pass(10 * i);
		reload(text);
	}
	hear("1003");
	pass(180);
	is(news(), "1002 down 180 0;", "reading the file again gives no silent path more time");
	reload("R1 0 1002 class=SP4\nR1 0 1003 class=SP6\nR1 0 1004 class=SP6\n");
	ok(is_down("1002"), "nor does it bring one up");
	pass(199);
	is(news(), "1003 down 190 170;", "a shorter time counts from when it was heard");
	pass(200);
	is(news(), "1004 down 200 180;", "a new one has its full time");
	hear("1002");
	is(news(), "1002 up 200 0;", "back");
	pass(380);
	is(news(), "1002 down 380 200;", "silent again");
	supervision_lost(&watched);
	reload("R1 0 1002 class=SP4\n");
	pass(390);
	is(news(), "1002 down 381 200;", "what was not stored outlasts a reload");
	end();
}

static msec wall = START;

static msec read_wall(void)
{
	return wall;
}

static void set_wall(msec to)
{
	wall = loop.now = to;
}

/* The steady clock stands nearly still in all this. */
static void clock_steps(void)
{
	begin("R1 0 1002 class=SP4\nR1 0 1003 class=SP4\n");
	loop.clock = read_wall;
	struct path *p = &watched.path[0], *q = &watched.path[1];
	set_wall(START + HOUR);
	p->timer.due(&p->timer);
	is(news(), "", "an hour that did not pass is no silence");
	ok(p->heard == START + HOUR && q->heard == START + HOUR, "for nobody");
	ok(p->timer.at == START + HOUR + 3 * MINUTE, "the time runs on");
	set_wall(START - DAY);
	hear("1002");
	ok(q->heard == START - DAY && q->timer.at == START - DAY + 3 * MINUTE, "set back: silence is noticed no later");
	set_wall(START - DAY + 5 * SECOND);
	hear("1002");
	ok(q->heard == START - DAY, "seconds are time that passed");
	end();
}

int main(void)
{
	clock_steps();
	silence_and_return();
	after_a_start();
	until_stored();
	other_accounts();
	return done();
}
