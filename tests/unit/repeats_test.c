/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/repeats.h"

#include "../tap.h"

#define NOW (INT64_C(1768335243000))
#define EPOCH "1ngd0rh114pqkh"
#define WINDOW (10 * MINUTE)

static struct signal signal_of(const char *account, const char *seq, const char *identity, msec sent)
{
	return (struct signal){
		.token = SPAN("ADM-CID"), .seq = span_str(seq), .line = SPAN("0"), .has_line = true,
		.account = span_str(account), .has_account = true, .identity = span_str(identity), .sent = sent,
	};
}

static void told_apart(void)
{
	struct repeats r = { .start = 5 };
	const char *text = "#1002|1130 01 003]";
	struct signal s = signal_of("1A02", "0101", text, NOW), t = s;
	uint64_t hash = repeats_hash(&r, "R1", &s);
	t.sent += 12 * SECOND;
	t.account = SPAN("1a02");
	ok(repeats_hash(&r, "R1", &t) == hash, "another time, another case: the same");
	t = signal_of("1A02", "0102", text, NOW);
	ok(repeats_hash(&r, "R1", &t) != hash, "another number");
	t = signal_of("01A02", "0101", text, NOW);
	ok(repeats_hash(&r, "R1", &t) != hash, "leading zeros count");
	t = signal_of("1A02", "0101", "#1002|1130 01 004]", NOW);
	ok(repeats_hash(&r, "R1", &t) != hash, "other content");
	t = s;
	t.token = SPAN("SIA-DCS");
	ok(repeats_hash(&r, "R1", &t) != hash, "another token");
	t = s;
	t.line = SPAN("12");
	ok(repeats_hash(&r, "R1", &t) != hash, "another line");
	ok(repeats_hash(&r, "R2", &s) != hash, "another source: another customer may have the number");
	t = signal_of("1A02", "0000", text, NOW);
	struct signal later = signal_of("1A02", "0000", text, NOW + SECOND);
	ok(repeats_hash(&r, "R1", &t) != repeats_hash(&r, "R1", &later), "0000: the time tells them apart");
	ok(repeats_window(&s, WINDOW) == WINDOW && repeats_window(&t, WINDOW) < MINUTE, "and for seconds only");
	ok(repeats_window(&t, SECOND) == SECOND, "never longer than was asked for");
	r.start = 6;
	ok(repeats_hash(&r, "R1", &s) != hash, "nobody can choose what collides");
}

static void in_window(void)
{
	struct repeats r = { 0 };
	ok(!repeats_find(&r, 7, NOW, WINDOW), "nothing is known at first");
	repeats_add(&r, 7, NOW, NOW, WINDOW, EPOCH, 41);
	const struct repeat *found = repeats_find(&r, 7, NOW + WINDOW, WINDOW);
	ok(found && found->seq == 41 && strcmp(found->epoch, EPOCH) == 0, "found under its record's number");
	ok(!repeats_find(&r, 7, NOW + WINDOW + 1, WINDOW), "not behind the window");
	ok(!repeats_find(&r, 8, NOW, WINDOW), "nor another");
	repeats_add(&r, 8, NOW, NOW + WINDOW - SECOND, WINDOW, EPOCH, 42);
	repeats_add(&r, 9, NOW, NOW + WINDOW + SECOND, WINDOW, EPOCH, 43);
	ok(repeats_find(&r, 8, NOW + WINDOW + SECOND, WINDOW), "a new generation keeps the one before");
	repeats_add(&r, 7, NOW, NOW + WINDOW + SECOND, WINDOW, EPOCH, 44);
	found = repeats_find(&r, 7, NOW + WINDOW + SECOND, WINDOW);
	ok(found && found->seq == 44, "the same behind the window is a first one again");
	repeats_free(&r);
}

static void not_stored(void)
{
	struct repeats r = { 0 };
	repeats_add(&r, 1, NOW, NOW, WINDOW, EPOCH, 10);
	repeats_add(&r, 2, NOW, NOW, WINDOW, EPOCH, 11);
	repeats_add(&r, 3, NOW, NOW, WINDOW, "1ngd0rh2akv1tr", 12);
	repeats_forget(&r, EPOCH, 10);
	ok(repeats_find(&r, 1, NOW, WINDOW), "what was stored stays");
	ok(!repeats_find(&r, 2, NOW, WINDOW), "what was not is forgotten");
	ok(repeats_find(&r, 3, NOW, WINDOW), "another epoch has numbers of its own");
	repeats_add(&r, 2, NOW, NOW, WINDOW, EPOCH, 12);
	ok(repeats_find(&r, 2, NOW, WINDOW)->seq == 12, "what comes again is the first of it");
	repeats_free(&r);
}

/* A flood: memory stays, what came last is known. */
static void bounded(void)
{
	struct repeats r = { 0 };
	unsigned missing = 0;
	for (uint64_t i = 1; i <= 1000000; i++)
		repeats_add(&r, i * UINT64_C(0x9e3779b97f4a7c15), NOW, NOW, WINDOW, EPOCH, i);
	ok(r.young_room <= REPEATS_MOST && r.old_room <= REPEATS_MOST, "a million take no more room than there is");
	for (uint64_t i = 1000000; i > 1000000 - REPEATS_MOST / 2; i--) {
		const struct repeat *found = repeats_find(&r, i * UINT64_C(0x9e3779b97f4a7c15), NOW, WINDOW);
		missing += !found || found->seq != i;
	}
	ok(missing == 0, "the last ones are known");
	repeats_free(&r);
}

int main(void)
{
	told_apart();
	in_window();
	not_stored();
	bounded();
	return done();
}
