/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a receiver is silent, and what of its events it had kept. */
#include "../../cmd/alarmrecv/accounts.c"
#include "../../cmd/alarmrecv/supervision.c"
#include "../../cmd/alarmrecv/receivers.c"

#include "../tap.h"

#define START (INT64_C(1768469340000))

static struct loop loop;
static struct supervision supervision;
static struct receivers receivers;
static const struct protocol *proto;
static char told[256];
static uint64_t number;

static uint64_t changed(struct supervision *s, const struct path *p)
{
	size_t n = strlen(told);
	snprintf(told + n, sizeof told - n, "%s %s %d %d;", p->account->from.source, p->down ? "down" : "up",
	         (int)((s->loop->now - START) / SECOND), (int)((p->since - START) / SECOND));
	return ++number;
}

static const char *news(void)
{
	static char last[sizeof told];
	strcpy(last, told);
	told[0] = '\0';
	return last;
}

static void begin(msec alive)
{
	static const struct accounts none;
	loop_init(&loop, NULL);
	loop.now = START;
	proto = protocol_find(SPAN("surgard"));
	supervision = (struct supervision){ .loop = &loop, .changed = changed };
	supervision_begin(&supervision, &none);
	receivers = (struct receivers){ .supervision = &supervision, .begun = START, .alive = alive };
	news();
}

static void end(void)
{
	receivers_free(&receivers);
	supervision_free(&supervision);
	loop_free(&loop);
}

/* At that second; gives since when it may have been kept, -1: it is new. */
static int says(int second, bool beat, bool again)
{
	loop_advance(&loop, START + second * SECOND);
	struct receiver *x = receivers_of(&receivers, "R2");
	msec since = receiver_kept_since(&receivers, x, NULL, beat);
	receiver_heard(&receivers, x, NULL, proto, beat, again);
	return since == CLOCK_NONE ? -1 : (int)((since - START) / SECOND);
}

static int beats(int second)
{
	return says(second, true, false);
}

static int event(int second)
{
	return says(second, false, false);
}

static void silence(void)
{
	begin(CLOCK_NONE);
	event(0);
	loop_advance(&loop, START + 1000 * SECOND);
	is(news(), "", "one that shows no heartbeat is not supervised");
	beats(1000);
	beats(1030);
	loop_advance(&loop, START + 1200 * SECOND);
	is(news(), "R2 down 1120 1030;", "one that does: three times half a minute");
	beats(1300);
	is(news(), "R2 up 1300 1030;", "it is back");
	for (int at = 1320; at < 1700; at += 20)
		event(at);
	is(news(), "", "under load there are no heartbeats, and none is missed");
	end();
}

static void intervals(void)
{
	begin(CLOCK_NONE);
	beats(0);
	beats(60);
	loop_advance(&loop, START + 239 * SECOND);
	is(news(), "", "every minute is learned: three minutes of silence");
	loop_advance(&loop, START + 241 * SECOND);
	is(news(), "R2 down 240 60;", "and no more");
	beats(250);
	beats(280);
	news();
	loop_advance(&loop, START + 400 * SECOND);
	is(news(), "R2 down 370 280;", "set back to half a minute");
	end();

	begin(CLOCK_NONE);
	proto = protocol_find(SPAN("radionics-6500"));
	beats(0);
	loop_advance(&loop, START + 200 * SECOND);
	is(news(), "R2 down 180 0;", "a D6500 has a minute");
	end();
}

static void bursts(void)
{
	begin(CLOCK_NONE);
	ok(event(0) == -1 && beats(30) == -1 && beats(60) == -1 && event(70) == -1, "what comes is new");
	ok(beats(735) == 70, "after an outage the first heartbeat");
	ok(beats(738) == 70, "and the same once more");
	ok(event(739) == 70 && event(740) == 70 && event(745) == 70, "events in a burst: kept since it was heard last");
	ok(beats(770) == -1 && event(771) == -1, "idle: what comes is new again");
	ok(event(2000) == 771 && event(2004) == 771, "back with an event");
	ok(event(2014) == -1, "a pause: it has no more");
	end();
}

/* It does not get our answers. */
static void deaf(void)
{
	begin(CLOCK_NONE);
	event(0);
	for (int at = 4; at <= 12; at += 4)
		says(at, false, true);
	ok(event(13) == -1, "answered at the fourth time: nothing is old");
	for (int at = 17; at <= 60; at += 4)
		says(at, false, true);
	ok(event(61) == 13 && event(62) == 13, "after more than half a minute it has kept events");
	ok(event(80) == -1, "until a pause");
	end();
}

static void cuts(void)
{
	begin(CLOCK_NONE);
	beats(0);
	receivers_gone(&receivers, "R1", true);
	receivers_gone(&receivers, "R2", true);
	ok(event(9) == -1, "a cut of some seconds makes nothing old");
	receivers_gone(&receivers, "R2", true);
	ok(event(25) == 9 && event(26) == 9, "a longer one does");
	ok(event(36) == -1, "until a pause");
	receivers_gone(&receivers, "R2", true);
	ok(beats(60) == 36, "with a heartbeat first");
	ok(event(95) == 36, "it may wait a while");
	end();

	begin(CLOCK_NONE);
	event(0);
	receivers_gone(&receivers, "R2", false);
	ok(event(60) == -1, "one that dials in for each event");
	beats(90);
	receivers_gone(&receivers, "R2", false);
	ok(event(120) == 90, "one that stays connected, and was not");
	end();

	begin(START - 5 * SECOND);
	ok(event(0) == -1, "a short stop of ours");
	end();
	begin(START - 600 * SECOND);
	ok(event(0) == -600 && event(1) == -600 && event(20) == -1, "a longer one");
	end();
}

/* SIGHUP while it is down, and with a line of its own in the file. */
static void reloaded(void)
{
	static const struct accounts none;
	struct account line = { .from = { .source = xstrdup("R2"), .account = xstrdup(RECEIVER_ACCOUNT) }, .silence = 30 * SECOND };
	const struct accounts named = { .account = &line, .n = 1 };
	begin(CLOCK_NONE);
	beats(0);
	beats(30);
	loop_advance(&loop, START + 200 * SECOND);
	supervision_reload(&supervision, &none);
	is(news(), "R2 down 120 30;", "down");
	supervision_lost(&supervision);
	loop_advance(&loop, START + 210 * SECOND);
	is(news(), "R2 down 201 30;", "what was not stored is told again");
	supervision_reload(&supervision, &named);
	struct receiver *x = receivers_of(&receivers, "R2");
	loop_advance(&loop, START + 220 * SECOND);
	receiver_kept_since(&receivers, x, &line, true);
	receiver_heard(&receivers, x, &line, proto, true, false);
	is(news(), "R2 up 220 30;", "back under its new line: told once");
	loop_advance(&loop, START + 251 * SECOND);
	is(news(), "R2 down 250 220;", "whose silence counts");
	end();
	free(line.from.source);
	free(line.from.account);
}

static void unstored(void)
{
	begin(CLOCK_NONE);
	beats(0);
	event(10);
	receivers_stored(&receivers, 28);
	ok(event(14) == -1, "sent again at once");
	receivers_stored(&receivers, 0);
	ok(event(15) == -1, "and stored: nothing is old");
	receivers_stored(&receivers, 28);
	for (int at = 19; at < 70; at += 4) {
		event(at);
		receivers_stored(&receivers, 28);
	}
	ok(beats(72) == 14 && beats(84) == -1, "heartbeats go on");
	receivers_stored(&receivers, 28);
	ok(event(100) >= 14, "a disk that was full for long");
	receivers_stored(&receivers, 0);
	ok(event(101) >= 14 && event(120) == -1, "until a pause");
	end();
}

int main(void)
{
	silence();
	intervals();
	bursts();
	cuts();
	deaf();
	unstored();
	reloaded();
	return done();
}
