/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A segment is cut into runs: a whole line is a record or damage; bytes
 * without LF are damage once it is sure that nobody will complete them.
 * Where a run ends follows from the bytes alone, never from how they came
 * into the buffer, so that damage has the same id and content at every
 * reading: at the LF, behind RECORD_MOST bytes, before a zero byte (what a
 * power cut leaves), before a record that stands whole at the end of a bad
 * line, at the end of a segment that has a successor.
 *
 * A place names the last record taken.  Its number says what must come next,
 * and its `at` is the time of damage behind it. */
#include "spool/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/id.h"
#include "spool/damage.h"
#include "spool/segment.h"
#include "text/text.h"

#define CHUNK ((size_t)512 * 1024)
#define BLOCK 4096		/* what a disk gives or does not give */

struct reader {
	int dir_fd, fd;
	uint64_t segment;	/* open, or to be opened next when fd is -1 */
	struct buf bytes;
	size_t used;		/* of bytes */
	uint64_t base;		/* offset of bytes.p[0] */
	bool superseded;	/* a later segment is there: nobody writes in this one */
	bool unreadable;	/* the disk refuses what follows bytes */
	struct segments list;
	struct timespec listed;	/* the directory's time when it was */

	struct place place;
	size_t stem;		/* length of NODE.EPOCH in place.id */
	uint64_t seq;		/* number in place.id */
	bool any;		/* no number is expected */
	bool gap_told;		/* of the line that is next */
	msec at;		/* of the last record, CLOCK_NONE when there is none */
	msec at_ahead;		/* then this, of the next one, stands in for it */
	bool missing;		/* segments from the place on are gone, not told yet */
	uint64_t missing_from, missing_offset;

	/* Damage being given, part by part. */
	struct {
		uint64_t n;	/* bytes left; */
		bool shown;	/* carried by the records */
		const char *error;
		char detail[320];
		unsigned part, parts;
	} damage;

	struct record record;
	struct buf scratch, line;
	char damage_name[DAMAGE_ID];
};

static uint64_t position(const struct reader *r)
{
	return r->base + r->used;
}

static struct span rest_of(const struct reader *r)
{
	return span_from(buf_view(&r->bytes), r->used);
}

static void skip(struct reader *r, uint64_t n)
{
	if (n <= r->bytes.n - r->used) {
		r->used += (size_t)n;
		return;
	}
	r->base = position(r) + n;
	r->used = r->bytes.n = 0;
}

static void leave(struct reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	r->base = 0;
	r->used = r->bytes.n = 0;
	r->superseded = r->unreadable = false;
}

static int open_number(const struct reader *r, uint64_t number)
{
	char name[SEGMENT_NAME];
	segment_name(name, number);
	return openat(r->dir_fd, name, O_RDONLY | O_CLOEXEC);
}

/* -1 and errno.  The time is taken first: what changes meanwhile is listed again. */
static int list_anew(struct reader *r)
{
	struct stat st;
	if (fstat(r->dir_fd, &st) < 0)
		return -1;
	r->listed = st.st_mtim;
	return segments_list(&r->list, r->dir_fd);
}

/* Whether a later segment is there.  The usual successor is asked for by
 * name; the directory is listed only when it has changed. */
static bool has_successor(struct reader *r)
{
	char name[SEGMENT_NAME];
	struct stat st;
	segment_name(name, r->segment + 1);
	if (faccessat(r->dir_fd, name, F_OK, 0) == 0)
		return true;
	if (fstat(r->dir_fd, &st) < 0)
		return false;
	bool same = st.st_mtim.tv_sec == r->listed.tv_sec && st.st_mtim.tv_nsec == r->listed.tv_nsec;
	if (!same && list_anew(r) < 0)
		return false;
	return segments_from(&r->list, r->segment + 1) != 0;
}

/* Opens the first segment at or behind r->segment.  READ_RECORD: it is open. */
static enum reading enter(struct reader *r)
{
	for (;;) {
		if (list_anew(r) < 0)
			return READ_FAILED;
		uint64_t number = segments_from(&r->list, r->segment);
		if (number == 0)
			return READ_END;
		r->fd = open_number(r, number);
		if (r->fd < 0 && errno != ENOENT)
			return READ_FAILED;
		if (r->fd < 0)
			continue;	/* pruned just now */
		if (r->segment == 0)
			r->any = number > 1;	/* what was before it has been pruned */
		else if (number > r->segment && !r->missing) {
			r->missing = true;
			r->missing_from = r->segment;
			r->missing_offset = r->base;
		}
		if (number != r->segment)
			r->base = 0;
		r->segment = number;
		return READ_RECORD;
	}
}

/* More bytes behind those there are: their count, 0 at the end or where the disk gives no more, -1 and errno. */
static ssize_t fill(struct reader *r)
{
	r->base += r->used;
	buf_consume(&r->bytes, r->used);
	r->used = 0;
	for (;;) {
		ssize_t n = pread(r->fd, buf_reserve(&r->bytes, CHUNK), CHUNK, (off_t)(r->base + r->bytes.n));
		if (n >= 0) {
			r->bytes.n += (size_t)n;
			return n;
		}
		if (errno == EIO) {
			r->unreadable = true;
			return 0;
		}
		if (errno != EINTR)
			return -1;
	}
}

/* Damage. */
static void damaged(struct reader *r, uint64_t n, bool shown, const char *error, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void damaged(struct reader *r, uint64_t n, bool shown, const char *error, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(r->damage.detail, sizeof r->damage.detail, format, ap);
	va_end(ap);
	r->damage.n = n;
	r->damage.shown = shown;
	r->damage.error = error;
	r->damage.part = 0;
	r->damage.parts = shown ? (unsigned)((n + DAMAGE_PART - 1) / DAMAGE_PART) : 1;
}

/* The `at` of the first record behind this place, where none is before it. */
static msec time_ahead(struct reader *r)
{
	struct reader *ahead = xcalloc(1, sizeof *ahead);
	ahead->dir_fd = dup(r->dir_fd);
	ahead->fd = -1;
	ahead->segment = r->segment;
	ahead->base = position(r);
	ahead->any = true;
	ahead->at = 0;		/* it asks nobody itself */
	struct span line, id;
	enum reading got = READ_DAMAGE;
	while (got == READ_DAMAGE)
		got = reader_next(ahead, true, &line, &id);
	msec at = got == READ_RECORD ? ahead->at : 0;
	reader_close(ahead);
	return at;
}

static msec damage_time(struct reader *r)
{
	if (r->at != CLOCK_NONE)
		return r->at;
	if (r->at_ahead == CLOCK_NONE)
		r->at_ahead = time_ahead(r);
	return r->at_ahead;
}

static void put_damage(struct reader *r, uint64_t segment, uint64_t offset, struct span bytes, struct span *line,
                       struct span *id)
{
	struct damage d = {
		.segment = segment, .offset = offset, .at = damage_time(r),
		.error = r->damage.error, .detail = r->damage.detail, .bytes = bytes,
		.part = r->damage.part, .parts = r->damage.parts,
	};
	buf_reset(&r->line);
	damage_put(&r->line, &d);
	*line = buf_view(&r->line);
	*id = span_of(r->damage_name, damage_id(r->damage_name, segment, offset));
}

/* The next part of the damage at hand.  The place moves behind the last
 * part only: a reader that begins there gives the same parts again. */
static enum reading give_damage(struct reader *r, struct span *line, struct span *id)
{
	uint64_t n = r->damage.n;
	struct span bytes = { 0 };
	if (r->damage.shown) {
		bytes = span_sub(rest_of(r), 0, n < DAMAGE_PART ? (size_t)n : DAMAGE_PART);
		n = bytes.n;
	}
	r->damage.part++;
	put_damage(r, r->segment, position(r), bytes, line, id);
	skip(r, n);
	r->damage.n -= n;
	if (r->damage.n == 0) {
		r->place.segment = r->segment;
		r->place.offset = position(r);
	}
	return READ_DAMAGE;
}

/* A note without bytes: the place stays before the record that shows the loss. */
static enum reading give_note(struct reader *r, uint64_t segment, uint64_t offset, struct span *line, struct span *id)
{
	put_damage(r, segment, offset, (struct span){ 0 }, line, id);
	return READ_DAMAGE;
}

/* Whole lines. */
static bool is_journal_id(struct span text, struct id *id)
{
	return text.n && text.n < sizeof ((struct place *)0)->id && id_parse(text, id) == 0 && id->part == 0;
}

/* A line as the writer writes it, LF included. */
static bool parse_line(struct reader *r, struct span line, struct span *text, struct id *id)
{
	const char *why;
	if (line.n < 3 || line.p[0] != '{' || line.p[line.n - 2] != '}' || record_parse(&r->record, line, &why) < 0)
		return false;
	*text = record_text(&r->record, "id", &r->scratch);
	return is_journal_id(*text, id);
}

static struct span stem_of(const struct reader *r)
{
	return span_of(r->place.id, r->stem);
}

static struct span stem_in(struct span text, const struct id *id)
{
	return span_sub(text, 0, (size_t)(id->epoch.p + id->epoch.n - text.p));
}

/* The number that a record of this epoch must carry. */
static uint64_t expected(const struct reader *r, struct span stem)
{
	return span_eq(stem, stem_of(r)) ? r->seq + 1 : 1;
}

static void expect_after(struct reader *r, struct span text)
{
	struct id id;
	r->stem = 0;
	r->seq = 0;
	if (is_journal_id(text, &id)) {
		r->stem = stem_in(text, &id).n;
		r->seq = id.seq;
	}
}

static enum reading take(struct reader *r, struct span run, struct span text, const struct id *number, struct span *line,
                         struct span *id)
{
	r->stem = stem_in(text, number).n;
	r->seq = number->seq;
	memcpy(r->place.id, text.p, text.n);
	r->place.id[text.n] = '\0';
	skip(r, run.n);
	r->place.segment = r->segment;
	r->place.offset = position(r);
	r->any = r->gap_told = false;
	r->at_ahead = CLOCK_NONE;
	msec at = record_time(&r->record, "at");
	if (at != CLOCK_NONE)
		r->at = at;
	*line = run;
	*id = span_of(r->place.id, text.n);
	return READ_RECORD;
}

/* A bad line may end in a record that is whole: a writer that was cut off
 * within a line, and another that went on behind it.  Where it begins, or
 * the run's end. */
static size_t record_within(struct reader *r, struct span run)
{
	struct span begin = SPAN("{\"type\":");
	struct span text;
	struct id id;
	for (size_t at = 1; at < run.n;) {
		const uint8_t *found = memmem(run.p + at, run.n - at, begin.p, begin.n);
		if (!found)
			break;
		at = (size_t)(found - run.p);
		if (parse_line(r, span_from(run, at), &text, &id))
			return at;
		at++;
	}
	return run.n;
}

/* How many zeros stand here; *open when they reach the end of what there is. */
static uint64_t zeros(struct reader *r, bool *open)
{
	struct span rest = rest_of(r);
	uint64_t n = 0;
	while (n < rest.n && rest.p[n] == 0)
		n++;
	*open = n == rest.n && !r->unreadable;
	uint8_t more[16384];
	while (*open) {
		ssize_t got = pread(r->fd, more, sizeof more, (off_t)(position(r) + n));
		if (got == 0)
			break;
		ssize_t i = 0;
		while (i < got && more[i] == 0)
			i++;
		n += (uint64_t)i;
		*open = got > 0 && i == got;
	}
	return n;
}

static enum reading judge_zeros(struct reader *r, bool final)
{
	uint64_t n;
	for (bool open; n = zeros(r, &open), open && !final && !r->superseded;) {
		if (!has_successor(r))
			return READ_END;
		r->superseded = true;
	}
	bool shown = n <= DAMAGE_PART;
	if (shown && n > rest_of(r).n && fill(r) < 0)
		return READ_FAILED;
	damaged(r, n, shown, "journal-zeros", "%" PRIu64 " zero bytes, as a power cut leaves them", n);
	return READ_DAMAGE;
}

/* run is no record. */
static void judge_bad(struct reader *r, struct span run)
{
	size_t n = run.n;
	bool torn = run.p[n - 1] != '\n';
	const uint8_t *zero = memchr(run.p, 0, n);
	if (zero)
		n = (size_t)(zero - run.p);
	if (!torn) {
		size_t within = record_within(r, run);
		n = within < n ? within : n;
	}
	if (torn || n < run.n)
		damaged(r, n, true, "journal-torn", "%zu bytes, the beginning of a line that does not end", n);
	else
		damaged(r, n, true, "journal-damage", "a line of %zu bytes that is no record of this journal", n);
}

/* What the first line says about segments that are gone: nothing was lost
 * when it carries the number that is due. */
static bool tell_missing(struct reader *r, bool whole, struct span text, const struct id *id)
{
	r->missing = false;
	if (whole && r->stem && span_eq(stem_in(text, id), stem_of(r)) && id->seq == r->seq + 1)
		return false;
	r->any = true;
	if (r->missing_from + 1 == r->segment)
		damaged(r, 0, false, "journal-missing", "segment %0*" PRIu64 " is gone", SEGMENT_DIGITS, r->missing_from);
	else
		damaged(r, 0, false, "journal-missing", "segments %0*" PRIu64 " to %0*" PRIu64 " are gone", SEGMENT_DIGITS,
		        r->missing_from, SEGMENT_DIGITS, r->segment - 1);
	return true;
}

static void tell_gap(struct reader *r, struct span stem, uint64_t due, uint64_t got)
{
	r->gap_told = true;
	if (got == due + 1)
		damaged(r, 0, false, "journal-gap", "number %" PRIu64 " of %.*s is missing", due, (int)stem.n, stem.p);
	else
		damaged(r, 0, false, "journal-gap", "numbers %" PRIu64 " to %" PRIu64 " of %.*s are missing", due, got - 1,
		        (int)stem.n, stem.p);
}

/* run: a line with its LF, or bytes that will get none. */
static enum reading judge(struct reader *r, struct span run, struct span *line, struct span *id)
{
	struct span text = { 0 };
	struct id number = { 0 };
	bool whole = run.p[run.n - 1] == '\n' && parse_line(r, run, &text, &number);
	if (r->missing && tell_missing(r, whole, text, &number))
		return give_note(r, r->missing_from, r->missing_offset, line, id);
	if (!whole) {
		judge_bad(r, run);
		return give_damage(r, line, id);
	}
	struct span stem = stem_in(text, &number);
	uint64_t due = expected(r, stem);
	if (!r->any && number.seq < due) {
		damaged(r, run.n, true, "journal-order", "number %" PRIu64 " of %.*s stands behind number %" PRIu64, number.seq,
		        (int)stem.n, stem.p, r->seq);
		return give_damage(r, line, id);
	}
	if (!r->any && number.seq > due && !r->gap_told) {
		tell_gap(r, stem, due, number.seq);
		return give_note(r, r->segment, position(r), line, id);
	}
	return take(r, run, text, &number, line, id);
}

/* The disk does not give what follows: told once for all blocks in a row. */
static enum reading judge_unreadable(struct reader *r, struct span *line, struct span *id)
{
	uint64_t end = (position(r) / BLOCK + 1) * BLOCK;
	uint8_t byte;
	while (pread(r->fd, &byte, 1, (off_t)end) < 0 && errno == EIO)
		end += BLOCK;
	r->unreadable = false;
	uint64_t n = end - position(r);
	damaged(r, n, false, "journal-unreadable", "%" PRIu64 " bytes that the disk does not give", n);
	return give_damage(r, line, id);
}

/* The run that stands next: READ_RECORD when there is one, READ_DAMAGE when
 * the segment has ended (or the disk gives no more), READ_END, READ_FAILED. */
static enum reading next_run(struct reader *r, bool final, struct span *run)
{
	for (;;) {
		struct span rest = span_sub(rest_of(r), 0, RECORD_MOST);
		ptrdiff_t lf = span_find(rest, '\n');
		if (lf >= 0 || rest.n == RECORD_MOST) {
			*run = span_sub(rest, 0, lf >= 0 ? (size_t)lf + 1 : rest.n);
			return READ_RECORD;
		}
		ssize_t got = r->unreadable ? 0 : fill(r);
		if (got < 0)
			return READ_FAILED;
		if (got > 0)
			continue;
		if (!r->unreadable && !r->superseded && has_successor(r)) {
			r->superseded = true;	/* read once more: it may have grown before */
			continue;
		}
		if (!r->unreadable && !r->superseded && !final)
			return READ_END;
		*run = rest_of(r);
		return run->n ? READ_RECORD : READ_DAMAGE;
	}
}

enum reading reader_next(struct reader *r, bool final, struct span *line, struct span *id)
{
	for (;;) {
		if (r->damage.n)
			return give_damage(r, line, id);
		if (r->fd < 0) {
			enum reading entered = enter(r);
			if (entered != READ_RECORD)
				return entered;
		}
		struct span run;
		enum reading found = next_run(r, final, &run);
		if (found == READ_DAMAGE && r->unreadable)
			return judge_unreadable(r, line, id);
		if (found == READ_DAMAGE && r->superseded) {
			uint64_t next = r->segment + 1;
			leave(r);
			r->segment = next;
			continue;
		}
		if (found == READ_DAMAGE)
			return READ_END;
		if (found != READ_RECORD)
			return found;
		if (run.p[0] != 0 || r->missing)
			return judge(r, run, line, id);
		enum reading judged = judge_zeros(r, final);
		if (judged != READ_DAMAGE)
			return judged;
	}
}

/* The end of a line with this id among the bytes before `end` of an open
 * segment: the last such line.  Reads backwards, since it is nearly always
 * the line that ends there. */
static bool find_back(struct reader *r, int fd, uint64_t end, struct span want)
{
	struct buf chunk = { 0 }, key = { 0 };
	bool found = false;
	buf_lit(&key, "\"id\":\"");
	buf_span(&key, want);
	buf_byte(&key, '"');
	for (uint64_t high = end; high > 0 && !found;) {
		uint64_t low = high > CHUNK ? high - CHUNK : 0;
		size_t n = (size_t)(high - low) + RECORD_MOST;	/* a line that begins before high is whole */
		if (n > end - low)
			n = (size_t)(end - low);
		buf_reset(&chunk);
		ssize_t got = pread(fd, buf_reserve(&chunk, n), n, (off_t)low);
		chunk.n = got > 0 ? (size_t)got : 0;
		struct span rest = buf_view(&chunk), text;
		struct id id;
		for (ptrdiff_t lf; (lf = span_find(rest, '\n')) >= 0; rest = span_from(rest, (size_t)lf + 1)) {
			struct span line = span_sub(rest, 0, (size_t)lf + 1);
			if (!memmem(line.p, line.n, key.p, key.n))
				continue;
			if (!parse_line(r, line, &text, &id))
				line = span_from(line, record_within(r, line));
			if (parse_line(r, line, &text, &id) && span_eq(text, want)) {
				found = true;
				r->at = record_time(&r->record, "at");
			}
		}
		high = low;
	}
	buf_free(&chunk);
	buf_free(&key);
	return found;
}

/* Whether the record that the place names stands before it, in its segment
 * or one of the few before; the time of that record is then known. */
static bool find_named(struct reader *r, const struct place *from)
{
	struct span want = span_str(from->id);
	uint64_t number = from->segment, end = from->offset;
	for (int tries = 0; tries < 8; tries++) {
		int fd = open_number(r, number);
		struct stat st;
		bool found = fd >= 0 && fstat(fd, &st) == 0 &&
			find_back(r, fd, end < (uint64_t)st.st_size ? end : (uint64_t)st.st_size, want);
		if (fd >= 0)
			close(fd);
		if (found || number <= 1)
			return found;
		number--;
		end = UINT64_MAX;
	}
	return false;
}

/* After a power cut a segment of the same number can hold other records than
 * those that were read: a place whose record is not before it has no
 * meaning there, and the segment is read from its start. */
static void stand_at(struct reader *r, const struct place *from)
{
	char name[SEGMENT_NAME];
	r->place = *from;
	r->place.id[sizeof r->place.id - 1] = '\0';
	r->segment = from->segment;
	r->base = from->offset;
	expect_after(r, span_str(r->place.id));
	r->any = r->stem == 0 && from->segment > 1;
	segment_name(name, from->segment);
	if (r->stem == 0 || faccessat(r->dir_fd, name, F_OK, 0) < 0 || find_named(r, &r->place) || from->offset == 0)
		return;
	r->base = 0;
	r->any = true;
}

int reader_open(struct reader **out, const char *dir, const struct place *from, const char **why)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		*why = errno == ENOENT ? _("there is no such journal") : strerror(errno);
		return -1;
	}
	struct reader *r = xcalloc(1, sizeof *r);
	r->dir_fd = fd;
	r->fd = -1;
	r->at = r->at_ahead = CLOCK_NONE;
	stand_at(r, from);
	*out = r;
	return 0;
}

const struct place *reader_place(const struct reader *r)
{
	return &r->place;
}

void reader_close(struct reader *r)
{
	leave(r);
	close(r->dir_fd);
	segments_free(&r->list);
	buf_free(&r->bytes);
	buf_free(&r->scratch);
	buf_free(&r->line);
	free(r);
}
