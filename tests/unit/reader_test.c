/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/reader.h"

#include <errno.h>
#include <sys/syscall.h>

#include "../journal_check.h"
#include "../tap.h"

/* The disk refuses this block of whatever file is read. */
static off_t refused_from = -1, refused_to = -1;

ssize_t pread(int fd, void *bytes, size_t n, off_t offset)
{
	if (offset >= refused_from && offset < refused_to) {
		errno = EIO;
		return -1;
	}
	if (offset < refused_from && offset + (off_t)n > refused_from)
		n = (size_t)(refused_from - offset);
	return syscall(SYS_pread64, fd, bytes, n, offset);
}

static struct buf text;

static void record(const char *epoch, unsigned seq)
{
	buf_printf(&text, "{\"type\":\"frame\",\"id\":\"pc1.%s-%u\",\"at\":\"2026-01-13T20:14:%02u.000Z\"}\n", epoch, seq, seq % 60);
}

static void records(unsigned from, unsigned to)
{
	for (unsigned seq = from; seq <= to; seq++)
		record("aa", seq);
}

static void segment(struct sample *s, unsigned number)
{
	sample_write(s, number, buf_view(&text), false);
	buf_reset(&text);
}

/* One word an item: the number of a record, the id and reason of damage. */
static const char *told(const struct heard *h)
{
	static struct buf out;
	static struct record r;
	struct buf scratch = { 0 };
	const char *why;
	buf_reset(&out);
	for (size_t i = 0; i < h->n; i++) {
		record_parse(&r, heard_item(h, i), &why);
		struct span id = record_text(&r, "id", &scratch);
		if (out.n)
			buf_byte(&out, ' ');
		buf_span(&out, record_is(&r, "type", "frame") ? span_from(id, 4) : span_from(id, 9));	/* the last digit of ten */
		if (!record_is(&r, "type", "frame"))
			buf_span(&out, span_from(record_text(&r, "error", &scratch), 7));
	}
	buf_free(&scratch);
	return buf_cstr(&out);
}

static uint64_t size_of(const struct sample *s)
{
	uint64_t n = 0;
	for (unsigned i = 1; i <= s->segments; i++) {
		char path[128];
		struct buf b = { 0 };
		sample_path(s, i, path);
		if (file_read(path, &b) == 0)
			n += b.n;
		buf_free(&b);
	}
	return n;
}

/* What is told, all bytes of it, from every place. */
static void holds(struct sample *s, const char *want, const char *what)
{
	struct heard h = { 0 };
	const char *wrong = NULL;
	hear_all(&h, s);
	is(told(&h), want, "%s", what);
	for (size_t i = 0; i < h.n && !wrong; i++)
		wrong = check_restart(s, &h, i);
	ok(!wrong && h.bytes == size_of(s) && h.last == READ_END, "%s: all bytes, the same from every place%s%s", what,
	   wrong ? ": " : "", wrong ? wrong : "");
	heard_free(&h);
	sample_free(s);
	sample_make(s);
}

static void whole(struct sample *s)
{
	records(1, 3);
	segment(s, 1);
	segment(s, 2);
	records(4, 5);
	record("bb", 1);
	segment(s, 3);
	holds(s, "aa-1 aa-2 aa-3 aa-4 aa-5 bb-1", "three segments, an empty one between, two epochs");

	struct heard h = { 0 };
	hear_all(&h, s);
	ok(h.n == 0 && h.last == READ_END, "a journal without segments has ended");
	heard_free(&h);

	records(40, 41);
	segment(s, 7);
	holds(s, "aa-40 aa-41", "what was pruned before the first segment is not missed");
	records(2, 3);
	segment(s, 1);
	holds(s, "1@0-gap aa-2 aa-3", "but the very first segment begins with number 1");
}

static void lost(struct sample *s)
{
	records(1, 2);
	records(5, 5);
	record("bb", 3);
	segment(s, 1);
	holds(s, "aa-1 aa-2 1@130-gap aa-5 1@195-gap bb-3", "a gap is named, then the record is given");

	records(1, 1);
	records(1, 2);
	segment(s, 1);
	holds(s, "aa-1 1@65-order aa-2", "a number that stands twice");

	records(1, 1);
	records(3, 3);
	records(2, 2);
	records(4, 4);
	segment(s, 1);
	holds(s, "aa-1 1@65-gap aa-3 1@130-order aa-4", "two records that changed places");

	records(1, 2);
	segment(s, 1);
	records(7, 7);
	segment(s, 4);
	holds(s, "aa-1 aa-2 2@0-missing 4@0-gap aa-7", "segments that are gone are named, and what they held");

	records(1, 2);
	segment(s, 1);
	records(3, 3);
	segment(s, 3);
	holds(s, "aa-1 aa-2 aa-3", "a segment that held nothing is not missed");
}

static void damage(struct sample *s)
{
	records(1, 1);
	buf_lit(&text, "{\"type\":\"fra");
	segment(s, 1);
	record("bb", 1);
	segment(s, 2);
	holds(s, "aa-1 1@65-torn bb-1", "a torn last line");

	records(1, 1);
	buf_lit(&text, "{\"type\":\"fra");
	record("bb", 1);
	segment(s, 1);
	holds(s, "aa-1 1@65-torn bb-1", "a record glued to a torn line is found");

	records(1, 1);
	buf_lit(&text, "{\"type\":\"fra");
	memset(buf_reserve(&text, 5000), 0, 5000);
	text.n += 5000;
	record("aa", 3);
	segment(s, 1);
	holds(s, "aa-1 1@65-torn 1@77-zeros 1@5077-gap aa-3", "zeros within, as of a lost block");

	records(1, 1);
	memset(buf_reserve(&text, 3000000), 0, 3000000);
	text.n += 3000000;
	segment(s, 1);
	record("bb", 1);
	segment(s, 2);
	holds(s, "aa-1 1@65-zeros bb-1", "a long zero-filled end is one record");

	buf_lit(&text, "\x93\xff\xfe no utf-8\n\nnull\n{}\n{\"type\":\"frame\",\"id\":\"pc1.aa-1\"}\n");
	record("aa", 1);
	text.n--;
	buf_lit(&text, "\r\n");
	record("aa", 1);
	segment(s, 1);
	holds(s, "1@0-damage 1@13-damage 1@14-damage 1@19-damage 1@22-damage 1@55-damage aa-1",
	      "garbage, an empty line, no object, no id, no time, CR");

	for (int i = 0; i < 50000; i++)
		buf_byte(&text, (uint8_t)(i % 9 + 1));	/* LF is 10 */
	buf_byte(&text, '\n');
	records(1, 1);
	for (int i = 0; i < 70000; i++)
		buf_byte(&text, 'x');
	segment(s, 1);
	records(2, 2);
	segment(s, 2);
	holds(s, "1@0-damage 1@16384-damage 1@32768-damage 1@49152-damage aa-1 1@50066-torn 1@66450-torn 1@82834-torn "
	      "1@99218-torn 1@115602-torn aa-2", "long damage comes in parts of 16 KiB, and is a record each");
}

static void exact(struct sample *s)
{
	records(1, 1);
	buf_lit(&text, "oh\x01\n");
	records(2, 2);
	segment(s, 1);
	struct heard h = { 0 };
	hear_all(&h, s);
	struct span line = heard_item(&h, 1);
	buf_span(&text, line);
	is(buf_cstr(&text),
	   "{\"type\":\"error\",\"id\":\"0000000001@65\",\"at\":\"2026-01-13T20:14:01.000Z\",\"error\":\"journal-damage\","
	   "\"detail\":\"a line of 4 bytes that is no record of this journal\",\"text\":\"oh\\u0001\\n\"}\n",
	   "damage carries its bytes and the time of the record before it");
	buf_reset(&text);
	heard_free(&h);
	sample_free(s);
	sample_make(s);
}

/* Following: what is incomplete waits, what has a successor does not. */
static void following(struct sample *s)
{
	struct reader *r;
	const char *why;
	struct heard h = { 0 };
	records(1, 2);
	size_t half = text.n - 20;
	struct buf all = text;
	text = (struct buf){ 0 };
	sample_write(s, 1, span_sub(buf_view(&all), 0, half), false);
	ok(reader_open(&r, s->dir, &(struct place){ 0 }, &why) == 0, "a reader follows");
	hear(&h, r, false);
	is(told(&h), "aa-1", "half a line is not given while its writer may complete it");
	sample_write(s, 1, span_from(buf_view(&all), half), true);
	hear(&h, r, false);
	is(told(&h), "aa-1 aa-2", "it is when it is whole");
	sample_write(s, 1, SPAN("{\"ty"), true);
	hear(&h, r, false);
	ok(h.n == 2, "half a line again");
	records(1, 0);
	segment(s, 2);
	hear(&h, r, false);
	is(told(&h), "aa-1 aa-2 1@130-torn", "with a successor it is damage, even while that is empty");
	record("bb", 1);
	sample_write(s, 2, buf_view(&text), true);
	buf_reset(&text);
	sample_remove(s, 1);
	hear(&h, r, false);
	is(told(&h), "aa-1 aa-2 1@130-torn bb-1", "and reading goes on in the successor while the old one is pruned");
	record("bb", 2);
	segment(s, 5);
	hear(&h, r, false);
	is(told(&h), "aa-1 aa-2 1@130-torn bb-1 bb-2", "also where numbers between are gone with nothing lost");
	reader_close(r);
	heard_free(&h);
	buf_free(&all);
	sample_free(s);
	sample_make(s);
}

static void early_damage(struct sample *s)
{
	struct heard h = { 0 };
	buf_lit(&text, "noise\n");
	segment(s, 1);
	hear_from(&h, s, &(struct place){ 0 }, false);
	ok(h.n == 0 && h.last == READ_END, "damage before any record waits for one while the journal is followed");
	hear_all(&h, s);
	is(told(&h), "1@0-damage", "and is given when nobody writes any more");
	heard_free(&h);
	records(1, 1);
	sample_write(s, 1, buf_view(&text), true);
	buf_reset(&text);
	hear_from(&h, s, &(struct place){ 0 }, false);
	ok(h.n == 2 && memmem(h.lines.p, h.end[0], "20:14:01", 8), "then it has the time of that record");
	heard_free(&h);
	sample_free(s);
	sample_make(s);
}

/* After a power cut the number of a lost segment is given again. */
static void replaced(struct sample *s)
{
	struct heard h = { 0 };
	struct place gone = { .segment = 2, .offset = 130, .id = "pc1.aa-4" };
	records(1, 2);
	segment(s, 1);
	record("bb", 1);
	record("bb", 2);
	record("bb", 3);
	segment(s, 2);
	hear_from(&h, s, &gone, true);
	is(told(&h), "bb-1 bb-2 bb-3", "a place whose record is not there begins with its segment");
	heard_free(&h);
	struct place pruned = { .segment = 1, .offset = 65, .id = "pc1.aa-1" };
	sample_remove(s, 1);
	hear_from(&h, s, &pruned, true);
	is(told(&h), "1@65-missing bb-1 bb-2 bb-3", "a place in a segment that is gone says so");
	heard_free(&h);
	sample_free(s);
	sample_make(s);
}

static void refused(struct sample *s)
{
	struct heard h = { 0 };
	records(1, 400);
	segment(s, 1);
	refused_from = 4096;
	refused_to = 12288;
	hear_all(&h, s);
	ok(h.damages == 4 && h.bytes == size_of(s) && h.last == READ_END,
	   "two blocks that the disk refuses are told, with the torn lines at both ends and the gap");
	ok(memmem(h.lines.p, h.lines.n, "8192 bytes that the disk does not give", 38) != NULL, "all blocks in one record");
	refused_from = refused_to = -1;
	heard_free(&h);
	sample_free(s);
	sample_make(s);
}

static void rotation(struct sample *s)
{
	for (unsigned i = 0; i < 40; i++) {
		records(i * 100 + 1, i * 100 + 100);
		segment(s, i + 1);
	}
	struct heard h = { 0 };
	hear_all(&h, s);
	ok(h.records == 4000 && h.damages == 0, "forty segments, one epoch");
	const char *wrong = NULL;
	for (size_t i = 0; i < h.n && !wrong; i += 333)
		wrong = check_restart(s, &h, i);
	ok(!wrong, "from any place in them");
	heard_free(&h);
	records(4001, 4003);
	struct span last = buf_view(&text);
	for (size_t cut = 0; cut <= last.n && !wrong; cut += 7) {
		sample_write(s, 41, last, false);
		wrong = check_growth(s, last, cut);
	}
	buf_reset(&text);
	ok(!wrong, "following a segment that grows in pieces gives the same");
	sample_free(s);
	sample_make(s);
}

int main(void)
{
	struct sample s;
	struct reader *r;
	const char *why = NULL;
	sample_make(&s);
	ok(reader_open(&r, "/nonexistent/journal", &(struct place){ 0 }, &why) < 0 && why, "a folder that is not there");
	whole(&s);
	lost(&s);
	damage(&s);
	exact(&s);
	following(&s);
	early_damage(&s);
	replaced(&s);
	refused(&s);
	rotation(&s);
	sample_free(&s);
	buf_free(&text);
	return done();
}
