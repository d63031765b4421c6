/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/tally.h"

#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"
#include "util/file.h"

static char dir[] = "/tmp/tally_test.XXXXXX";
static struct tally *t;
static msec now;

static void put_frames(struct buf *out, const char *epoch, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++)
		buf_printf(out, "{\"type\":\"frame\",\"id\":\"n.%s-%u\",\"at\":\"2026-01-13T20:00:00.000Z\",\"text\":\"x\"}\n", epoch, i);
}

static void write_segment(unsigned number, struct buf *content)
{
	char path[64];
	snprintf(path, sizeof path, "%s/%010u.jsonl", dir, number);
	if (file_replace(path, buf_view(content), 0600) < 0)
		exit(1);
	buf_reset(content);
}

static void begin(bool filtered)
{
	const char *why;
	struct place start = { 0 };
	if (t)
		tally_close(t);
	if (tally_open(&t, dir, &start, filtered, &why) < 0)
		exit(1);
}

static bool came(const char *id)
{
	return tally_record(t, span_str(id), 0, now);
}

static void came_run(const char *epoch, unsigned from, unsigned to)
{
	char id[64];
	for (unsigned i = from; i <= to; i++) {
		snprintf(id, sizeof id, "n.%s-%u", epoch, i);
		came(id);
	}
}

static const char *stands(void)
{
	return tally_place(t)->id;
}

static const char *missing(size_t count)
{
	struct missing m = { "nothing", 0, 0 };
	return tally_missing(t, &m) == (count > 0) && m.count == count ? m.id : "another count";
}

static void in_order(void)
{
	begin(false);
	is(stands(), "", "nothing came: before everything");
	came_run("e1", 1, 10);
	is(stands(), "n.e1-10", "a run that came");
	is(missing(0), "nothing", "nothing is missing");
	came_run("e1", 11, 100);
	came_run("e2", 1, 5);
	is(stands(), "n.e2-5", "over the end of an epoch and a segment");
	ok(tally_place(t)->segment == 2, "in the second segment");
	ok(!came("n.e2-6"), "what the journal does not have is not of it");
	ok(!came("n.e9-1") && !came("other.e1-1"), "nor another epoch or node");
	ok(!came("1002+late-close.20260113T184500Z") && !came("") && !came("x"), "nor what a filter made up");
	is(stands(), "n.e2-5", "and nothing moves");
	is(missing(0), "nothing", "nor is missing");
}

static void out_of_order(void)
{
	begin(false);
	now = 1000;
	came_run("e1", 1, 3);
	came_run("e1", 5, 9);
	is(stands(), "n.e1-3", "one is missing: the cursor stays before it");
	is(missing(1), "n.e1-4", "which one");
	now = 2000;
	came_run("e1", 11, 12);
	is(missing(2), "n.e1-4", "a second is missing too");
	struct missing m;
	ok(tally_missing(t, &m) && m.since == 1000, "since a later one came");
	ok(came("n.e1-10"), "the second comes");
	is(missing(1), "n.e1-4", "the first still does not");
	is(stands(), "n.e1-3", "so nothing moves");
	ok(came("n.e1-4"), "it comes");
	is(stands(), "n.e1-12", "and all is passed");
	is(missing(0), "nothing", "nothing is missing");
	ok(!came("n.e1-4"), "twice is no matter");
	came("n.e2-3");
	is(missing(90), "n.e1-13", "a later epoch: all between is missing");
	came_run("e1", 13, 100);
	came_run("e2", 1, 2);
	is(stands(), "n.e2-3", "until it has come");
}

static void parts(void)
{
	begin(false);
	came_run("e1", 1, 2);
	tally_record(t, SPAN("n.e1-3.1"), 3, now);
	is(stands(), "n.e1-2", "one of three is not the frame");
	tally_record(t, SPAN("n.e1-3.1"), 3, now);
	tally_record(t, SPAN("n.e1-3.3"), 3, now);
	is(stands(), "n.e1-2", "nor are two, one of them twice");
	came("n.e1-4");
	is(missing(1), "n.e1-3", "a later one came: the second part is missing");
	tally_record(t, SPAN("n.e1-3.2"), 3, now);
	is(stands(), "n.e1-4", "all three are");
	tally_record(t, SPAN("n.e1-5.1"), 0, now);
	came("n.e1-6");
	is(stands(), "n.e1-4", "a part that does not say of how many is never all");
	came("n.e1-5");
	is(stands(), "n.e1-6", "the frame itself is");
}

static void filtered(void)
{
	begin(true);
	came("n.e1-1");
	came("n.e1-40");
	is(stands(), "n.e1-40", "what came later releases");
	is(missing(0), "nothing", "and nothing is missing");
	tally_mark(t, SPAN("n.e2-4"), now);
	is(stands(), "n.e2-4", "so does a mark");
	tally_mark(t, SPAN("n.e1-50"), now);
	tally_mark(t, SPAN("n.e9-50"), now);
	is(stands(), "n.e2-4", "one from behind, or from nowhere, moves nothing");
}

static void marks(void)
{
	begin(false);
	came_run("e1", 1, 2);
	tally_mark(t, SPAN("n.e1-2"), now);
	is(missing(0), "nothing", "a mark behind what came says nothing new");
	tally_mark(t, SPAN("n.e1-4"), now);
	is(missing(2), "n.e1-3", "one further on shows what is missing, on a quiet night too");
	is(stands(), "n.e1-2", "and moves nothing");
	came_run("e1", 3, 4);
	is(stands(), "n.e1-4", "they come");
}

static void damage(void)
{
	struct buf content = { 0 };
	put_frames(&content, "e1", 1, 100);
	buf_str(&content, "rubbish\n");
	size_t at = content.n - 8;
	put_frames(&content, "e1", 101, 101);
	write_segment(1, &content);
	char id[64];
	snprintf(id, sizeof id, "0000000001@%zu", at);
	begin(false);
	came_run("e1", 1, 101);
	is(stands(), "n.e1-100", "damage that did not come holds the cursor");
	is(missing(1), id, "under its own id");
	ok(came(id), "it comes");
	is(stands(), "n.e1-101", "and releases it");
	ok(!came("0000000001@1") && !came("0000000009@1"), "damage that is not there is not of the journal");

	put_frames(&content, "e1", 1, 3);
	at = content.n;
	buf_str(&content, "{\"type\":\"fra");
	write_segment(1, &content);
	unlink(strcat(strcpy(id, dir), "/0000000002.jsonl"));
	begin(false);
	came_run("e1", 1, 3);
	ok(!tally_failed(t) && strcmp(stands(), "n.e1-3") == 0, "a torn last line is not waited for");
	snprintf(id, sizeof id, "0000000001@%zu", at);
	ok(came(id), "unless the pipe has brought it as damage");
	ok(tally_place(t)->offset == at + 12, "then it is passed");
	buf_free(&content);
}

/* More are missing than are kept: the tally stops, and loses nothing. */
static void many(void)
{
	struct buf content = { 0 };
	const unsigned all = TALLY_MOST + 1000;
	put_frames(&content, "e1", 1, all);
	write_segment(1, &content);
	buf_free(&content);
	char last[32];
	snprintf(last, sizeof last, "n.e1-%u", all);
	begin(false);
	ok(came(last), "the last of very many comes first: it was owed");
	is(missing(TALLY_MOST), "n.e1-1", "as many are missing as are kept");
	came_run("e1", 2, all);
	is(stands(), "", "the first is still missing");
	is(missing(1), "n.e1-1", "and it alone, when the others have come");
	came("n.e1-1");
	is(stands(), last, "then all is passed");
}

int main(void)
{
	struct buf content = { 0 };
	if (!mkdtemp(dir))
		return 1;
	put_frames(&content, "e1", 1, 100);
	write_segment(1, &content);
	put_frames(&content, "e2", 1, 5);
	write_segment(2, &content);
	in_order();
	out_of_order();
	parts();
	filtered();
	marks();
	damage();
	many();
	tally_close(t);
	char path[64];
	unlink(strcat(strcpy(path, dir), "/0000000001.jsonl"));
	rmdir(dir);
	buf_free(&content);
	return done();
}
