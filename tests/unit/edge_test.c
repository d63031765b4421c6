/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/edge.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"
#include "util/file.h"

static char dir[] = "/tmp/edge_test.XXXXXX";
static struct buf line;
static struct place place;
static const char *why;

static void put_frame(struct buf *out, const char *epoch, unsigned seq, const char *time)
{
	buf_printf(out, "{\"type\":\"frame\",\"id\":\"n.%s-%u\",\"at\":\"2026-01-13T%s.000Z\",\"text\":\"x\"}\n", epoch, seq, time);
}

static const char *path_of(unsigned number)
{
	static char path[64];
	snprintf(path, sizeof path, "%s/%010u.jsonl", dir, number);
	return path;
}

static void write_segment(unsigned number, struct buf *content)
{
	if (file_replace(path_of(number), buf_view(content), 0600) < 0)
		exit(1);
	buf_reset(content);
}

static const char *text(void)
{
	return buf_cstr(&line);
}

static bool holds(const char *part)
{
	return strstr(text(), part) != NULL;
}

/* Segment 1: e1-1 to e1-3 and a line that is none; 2: rubbish, e1-4, a clock
 * that was set back, e1-6, zeros; 3: e2-1 and a torn line; 5: empty. */
static size_t write_all_segments(void)
{
	struct buf b = { 0 };
	char zeros[300000] = { 0 };
	put_frame(&b, "e1", 1, "10:00:00");
	put_frame(&b, "e1", 2, "10:00:10");
	put_frame(&b, "e1", 3, "10:00:20");
	buf_str(&b, "no record\n");
	write_segment(1, &b);
	buf_str(&b, "rubbish\n");
	put_frame(&b, "e1", 4, "11:00:00");
	put_frame(&b, "e1", 5, "10:30:00");
	put_frame(&b, "e1", 6, "11:00:01");
	size_t sound = b.n;
	buf_add(&b, zeros, sizeof zeros);
	write_segment(2, &b);
	put_frame(&b, "e2", 1, "12:00:00");
	buf_str(&b, "{\"type\":\"frame\",\"id\":\"n.e2-2\"");
	write_segment(3, &b);
	write_segment(5, &b);
	buf_free(&b);
	return sound;
}

static void edges(void)
{
	ok(edge_first(dir, 1, &line) && holds("e1-1\""), "the first of a segment");
	ok(edge_first(dir, 2, &line) && holds("e1-4\""), "rubbish before it is passed over");
	ok(!edge_first(dir, 5, &line) && !edge_first(dir, 9, &line), "an empty segment has none, nor one that is not there");
	ok(edge_last(dir, 1, edge_size(dir, 1), &line) && holds("e1-3\""), "the last, a bad line behind it");
	ok(edge_last(dir, 2, edge_size(dir, 2), &line) && holds("e1-6\""), "the last, many zeros behind it");
	ok(edge_last(dir, 3, edge_size(dir, 3), &line) && holds("e2-1\""), "the last, a torn line behind it");
	is(buf_cstr(&line) + line.n - 1, "\n", "with its LF");
	ok(edge_time(&line) == clock_parse(SPAN("2026-01-13T12:00:00Z")), "and its time");
	place = (struct place){ 5, 0, "" };
	ok(edge_before(dir, &place, &line) && holds("e2-1\""), "before an empty segment: the one before it");
	place = (struct place){ 2, 8, "" };
	ok(edge_before(dir, &place, &line) && holds("e1-3\""), "before the first record of a segment: the last of the one before");
	place = (struct place){ 1, 0, "" };
	ok(!edge_before(dir, &place, &line), "nothing stands before the beginning");
}

static void extents(size_t sound)
{
	struct extent e;
	uint64_t bytes, lines;
	ok(edge_extent(&e, dir) == 0 && e.segments == 4 && e.newest == 5, "four segments, the fifth is the newest");
	ok(e.bytes == edge_size(dir, 1) + edge_size(dir, 2) + edge_size(dir, 3), "their bytes");
	place = (struct place){ 2, sound, "" };
	edge_behind(dir, &place, &bytes, &lines);
	ok(bytes == 300000 + edge_size(dir, 3) && lines == 1, "what stands behind a place");
	ok(place_end(&place, dir) == 0 && place.segment == 5 && place.offset == 0, "the end is in the newest");
	is(place.id, "n.e2-1", "behind the last record");
	unlink(path_of(5));
	ok(place_end(&place, dir) == 0 && place.segment == 3 && place.offset < edge_size(dir, 3), "a torn line is still to be read");
	ok(place_end(&place, "/nonexistent") < 0 && errno == ENOENT, "no journal has no end");
}

static const char *from_time(const char *time)
{
	if (place_of_time(&place, dir, clock_parse(span_str(time)), &why) < 0)
		return why;
	return place.id;
}

static void times(void)
{
	is(from_time("2026-01-01T00:00:00Z"), "", "a time before everything: the start");
	is(from_time("2026-01-13T10:00:10Z"), "n.e1-1", "before the record of that time");
	is(from_time("2026-01-13T10:00:10.001Z"), "n.e1-2", "before the first that is later");
	is(from_time("2026-01-13T10:45:00Z"), "n.e1-3", "a clock that was set back hides nothing");
	is(from_time("2026-01-13T12:00:00Z"), "n.e1-6", "over zeros");
	is(from_time("2030-01-01T00:00:00Z"), "n.e2-1", "a time after everything: the end");
}

static const char *before_id(const char *id)
{
	if (place_of_id(&place, dir, span_str(id), &why) < 0)
		return errno == ENOENT && !why ? "none" : "failed";
	return place.id;
}

static void ids(void)
{
	is(before_id("n.e1-1"), "", "before the first of all");
	is(before_id("n.e1-5"), "n.e1-4", "before a record");
	is(before_id("n.e1-5.2"), "n.e1-4", "a part is its frame");
	is(before_id("n.e2-1"), "n.e1-6", "before the first of an epoch");
	is(before_id("n.e1-7"), "none", "a number that is not there");
	is(before_id("n.e9-1"), "none", "an epoch that is not there");
	is(before_id("m.e1-1"), "none", "another node");
	is(before_id("0000000002@0"), "n.e1-3", "damage is found by its id");
	is(before_id("0000000002@1"), "none", "where there is none it is not");
}

static bool lost(uint64_t segment, uint64_t offset, const char *id)
{
	place = (struct place){ segment, offset, "" };
	strcpy(place.id, id);
	return place_is_lost(&place, dir);
}

static void lost_places(size_t sound)
{
	ok(!lost(0, 0, "") && !lost(2, sound, "n.e1-6"), "a place of this journal is not lost");
	ok(!lost(4, 500, "n.e2-9") && !lost(3, 900, "n.e2-9"), "nor one whose records a power cut has taken");
	ok(lost(9, 500, "n.e0-7"), "one behind all segments, of an older journal, is");
	ok(lost(3, 500, "n.e0-7"), "also where there is a segment of its number");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	size_t sound = write_all_segments();
	edges();
	extents(sound);
	times();
	ids();
	lost_places(sound);
	for (unsigned i = 1; i <= 3; i++)
		unlink(path_of(i));
	rmdir(dir);
	buf_free(&line);
	return done();
}
