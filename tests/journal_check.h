/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold for every journal, whatever its bytes: all bytes are
 * accounted for; a reader that begins anywhere gives what is left; one that
 * follows a growing segment gives what one gives that comes later.  Each
 * check says NULL, or what does not hold. */
#ifndef VIGIE_TESTS_JOURNAL_CHECK_H
#define VIGIE_TESTS_JOURNAL_CHECK_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/reader.h"
#include "spool/segment.h"
#include "util/file.h"

/* A journal in a folder of its own; segments are numbered from 1. */
struct sample {
	char dir[64];
	unsigned segments;
};

static inline void sample_make(struct sample *s)
{
	const char *tmp = getenv("TMPDIR");
	*s = (struct sample){ 0 };
	snprintf(s->dir, sizeof s->dir, "%s/journal.XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(s->dir))
		abort();
}

static inline void sample_path(const struct sample *s, unsigned number, char path[static 128])
{
	char name[SEGMENT_NAME];
	segment_name(name, number);
	snprintf(path, 128, "%s/%s", s->dir, name);
}

static inline void sample_write(struct sample *s, unsigned number, struct span bytes, bool add)
{
	char path[128];
	sample_path(s, number, path);
	int fd = open(path, O_WRONLY | O_CREAT | (add ? O_APPEND : O_TRUNC), 0600);
	if (fd < 0 || write_all(fd, bytes) < 0)
		abort();
	close(fd);
	if (number > s->segments)
		s->segments = number;
}

static inline void sample_remove(struct sample *s, unsigned number)
{
	char path[128];
	sample_path(s, number, path);
	unlink(path);
}

static inline void sample_free(struct sample *s)
{
	for (unsigned i = 1; i <= s->segments; i++)
		sample_remove(s, i);
	rmdir(s->dir);
}

/* All that a reader gives: the lines, where each ends, and the place behind it. */
struct heard {
	struct buf lines;
	size_t *end;
	struct place *place;
	uint64_t records, damages, bytes;
	size_t n, room;
	enum reading last;
};

static inline void heard_free(struct heard *h)
{
	buf_free(&h->lines);
	free(h->end);
	free(h->place);
	*h = (struct heard){ 0 };
}

static inline struct span heard_item(const struct heard *h, size_t i)
{
	size_t from = i ? h->end[i - 1] : 0;
	return span_sub(buf_view(&h->lines), from, h->end[i] - from);
}

/* The bytes that a damage record stands for. */
static inline uint64_t damage_bytes(struct span line)
{
	static struct record r;
	const char *why;
	struct buf bytes = { 0 }, scratch = { 0 };
	if (record_parse(&r, line, &why) < 0 || !record_is(&r, "type", "error") || record_time(&r, "at") == CLOCK_NONE)
		abort();
	uint64_t n = 0;
	if (record_bytes(&r, &bytes) == 0)
		n = bytes.n;
	else if (record_is(&r, "error", "journal-zeros") || record_is(&r, "error", "journal-unreadable"))
		n = strtoull((const char *)record_text(&r, "detail", &scratch).p, NULL, 10);
	buf_free(&bytes);
	buf_free(&scratch);
	return n;
}

static inline void hear(struct heard *h, struct reader *r, bool final)
{
	struct span line, id;
	while ((h->last = reader_next(r, final, &line, &id)) < READ_END) {
		if (h->n == h->room) {
			h->room = h->room ? h->room * 2 : 64;
			h->end = xrealloc(h->end, h->room * sizeof *h->end);
			h->place = xrealloc(h->place, h->room * sizeof *h->place);
		}
		if (line.n > RECORD_MOST || line.n == 0 || line.p[line.n - 1] != '\n')
			abort();
		h->records += h->last == READ_RECORD;
		h->damages += h->last == READ_DAMAGE;
		h->bytes += h->last == READ_RECORD ? line.n : damage_bytes(line);
		buf_span(&h->lines, line);
		h->place[h->n] = *reader_place(r);
		h->end[h->n++] = h->lines.n;
	}
}

static inline void hear_from(struct heard *h, const struct sample *s, const struct place *from, bool final)
{
	struct reader *r;
	const char *why;
	if (reader_open(&r, s->dir, from, &why) < 0)
		abort();
	hear(h, r, final);
	reader_close(r);
}

static inline void hear_all(struct heard *h, const struct sample *s)
{
	struct place start = { 0 };
	hear_from(h, s, &start, true);
}

/* Parts of one damage, and a note with its record, are given again. */
static inline const char *check_restart(const struct sample *s, const struct heard *all, size_t i)
{
	struct heard rest = { 0 };
	const char *wrong = NULL;
	hear_from(&rest, s, &all->place[i], true);
	size_t from = all->n - rest.n;
	if (rest.n > all->n || from > i + 1 || from + 6 < i + 1)
		wrong = "a restart begins somewhere else";
	else if (!span_eq(buf_view(&rest.lines), span_from(buf_view(&all->lines), from ? all->end[from - 1] : 0)))
		wrong = "a restart gives other lines";
	heard_free(&rest);
	return wrong;
}

/* The segments as they are, the last of them written in two goes. */
static inline const char *check_growth(struct sample *s, struct span last, size_t cut)
{
	struct heard once = { 0 }, growing = { 0 };
	struct reader *r;
	const char *why;
	hear_all(&once, s);
	unsigned number = s->segments;
	sample_write(s, number, span_sub(last, 0, cut), false);
	if (reader_open(&r, s->dir, &(struct place){ 0 }, &why) < 0)
		abort();
	hear(&growing, r, false);
	sample_write(s, number, span_from(last, cut), true);
	hear(&growing, r, false);
	hear(&growing, r, true);
	bool same = span_eq(buf_view(&once.lines), buf_view(&growing.lines));
	reader_close(r);
	heard_free(&once);
	heard_free(&growing);
	return same ? NULL : "following gives other lines than reading";
}

#endif
