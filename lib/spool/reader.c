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
#include "spool/tape.h"
#include "text/text.h"

struct reader {
	struct tape tape;
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
		uint64_t n;	/* bytes left */
		bool shown;	/* carried by the records */
		const char *error;
		char detail[320];
		unsigned part, parts;
	} damage;

	struct record record;
	struct buf scratch, line;
	char damage_name[DAMAGE_ID];
};

/* The next segment there is.  READ_RECORD: it is open. */
static enum reading enter(struct reader *r)
{
	uint64_t due = r->tape.segment, offset = r->tape.base;
	int opened = tape_open(&r->tape);
	if (opened <= 0)
		return opened < 0 ? READ_FAILED : READ_END;
	if (due == 0) {
		r->any = r->tape.segment > 1;	/* what was before it has been pruned */
	} else if (r->tape.segment > due && !r->missing) {
		r->missing = true;
		r->missing_from = due;
		r->missing_offset = offset;
	}
	return READ_RECORD;
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

/* The `at` of the first record behind this place; CLOCK_NONE without one. */
static msec time_ahead(struct reader *r)
{
	struct reader *ahead = xcalloc(1, sizeof *ahead);
	tape_begin(&ahead->tape, dup(r->tape.dir_fd), r->tape.segment, tape_position(&r->tape));
	ahead->any = true;
	ahead->at = 0;		/* it asks nobody itself */
	struct span line, id;
	enum reading got = READ_DAMAGE;
	while (got == READ_DAMAGE)
		got = reader_next(ahead, true, &line, &id);
	msec at = got == READ_RECORD ? ahead->at : CLOCK_NONE;
	reader_close(ahead);
	return at;
}

/* Damage has the time of the record before it; where none is, of the next.
 * False when there is no record at all: it waits for one, so that it is the
 * same at every reading. */
static bool damage_is_timed(struct reader *r, bool final)
{
	if (r->at == CLOCK_NONE && r->at_ahead == CLOCK_NONE)
		r->at_ahead = time_ahead(r);
	return final || r->at != CLOCK_NONE || r->at_ahead != CLOCK_NONE;
}

static msec damage_time(const struct reader *r)
{
	if (r->at != CLOCK_NONE)
		return r->at;
	return r->at_ahead != CLOCK_NONE ? r->at_ahead : 0;
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
		bytes = span_sub(tape_rest(&r->tape), 0, n < DAMAGE_PART ? (size_t)n : DAMAGE_PART);
		n = bytes.n;
	}
	r->damage.part++;
	put_damage(r, r->tape.segment, tape_position(&r->tape), bytes, line, id);
	tape_skip(&r->tape, n);
	r->damage.n -= n;
	if (r->damage.n == 0) {
		r->place.segment = r->tape.segment;
		r->place.offset = tape_position(&r->tape);
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
	return is_journal_id(*text, id) && record_time(&r->record, "at") != CLOCK_NONE;
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
	tape_skip(&r->tape, run.n);
	r->place.segment = r->tape.segment;
	r->place.offset = tape_position(&r->tape);
	r->any = r->gap_told = false;
	r->at_ahead = CLOCK_NONE;
	r->at = record_time(&r->record, "at");
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

static enum reading judge_zeros(struct reader *r, bool final)
{
	uint64_t n;
	for (bool open; n = tape_zeros(&r->tape, &open), open && !final && !r->tape.superseded;)
		if (!tape_succeeded(&r->tape))
			return READ_END;
	if (!damage_is_timed(r, final))
		return READ_END;
	bool shown = n <= DAMAGE_PART;
	if (shown && n > tape_rest(&r->tape).n && tape_fill(&r->tape) < 0)
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
	if (r->missing_from + 1 == r->tape.segment)
		damaged(r, 0, false, "journal-missing", "segment %0*" PRIu64 " is gone", SEGMENT_DIGITS, r->missing_from);
	else
		damaged(r, 0, false, "journal-missing", "segments %0*" PRIu64 " to %0*" PRIu64 " are gone", SEGMENT_DIGITS,
		        r->missing_from, SEGMENT_DIGITS, r->tape.segment - 1);
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
static enum reading judge(struct reader *r, struct span run, bool final, struct span *line, struct span *id)
{
	struct span text = { 0 };
	struct id number = { 0 };
	bool whole = run.p[run.n - 1] == '\n' && parse_line(r, run, &text, &number);
	if ((!whole || r->missing) && !damage_is_timed(r, final))
		return READ_END;
	if (r->missing && tell_missing(r, whole, text, &number))
		return give_note(r, r->missing_from, r->missing_offset, line, id);
	if (!whole) {
		judge_bad(r, run);
		return give_damage(r, line, id);
	}
	struct span stem = stem_in(text, &number);
	uint64_t due = expected(r, stem);
	if (!r->any && number.seq != due)
		damage_is_timed(r, final);	/* by this record at the latest */
	if (!r->any && number.seq < due) {
		damaged(r, run.n, true, "journal-order", "number %" PRIu64 " of %.*s stands behind number %" PRIu64, number.seq,
		        (int)stem.n, stem.p, r->seq);
		return give_damage(r, line, id);
	}
	if (!r->any && number.seq > due && !r->gap_told) {
		tell_gap(r, stem, due, number.seq);
		return give_note(r, r->tape.segment, tape_position(&r->tape), line, id);
	}
	return take(r, run, text, &number, line, id);
}

/* The disk does not give what follows: told once for all blocks in a row. */
static enum reading judge_unreadable(struct reader *r, bool final, struct span *line, struct span *id)
{
	if (!damage_is_timed(r, final))
		return READ_END;
	uint64_t n = tape_refused(&r->tape);
	damaged(r, n, false, "journal-unreadable", "%" PRIu64 " bytes that the disk does not give", n);
	return give_damage(r, line, id);
}

/* The run that stands next: READ_RECORD when there is one, READ_DAMAGE when
 * the segment has ended (or the disk gives no more), READ_END, READ_FAILED. */
static enum reading next_run(struct tape *t, bool final, struct span *run)
{
	for (;;) {
		struct span rest = span_sub(tape_rest(t), 0, RECORD_MOST);
		ptrdiff_t lf = span_find(rest, '\n');
		if (lf >= 0 || rest.n == RECORD_MOST) {
			*run = span_sub(rest, 0, lf >= 0 ? (size_t)lf + 1 : rest.n);
			return READ_RECORD;
		}
		ssize_t got = tape_fill(t);
		if (got < 0)
			return READ_FAILED;
		if (got > 0)
			continue;
		bool ended = t->unreadable || t->superseded;
		if (!ended && tape_succeeded(t))
			continue;	/* read once more: it may have grown before */
		if (!ended && !final)
			return READ_END;
		*run = tape_rest(t);
		return run->n ? READ_RECORD : READ_DAMAGE;
	}
}

enum reading reader_next(struct reader *r, bool final, struct span *line, struct span *id)
{
	for (;;) {
		if (r->damage.n)
			return give_damage(r, line, id);
		if (r->tape.fd < 0) {
			enum reading entered = enter(r);
			if (entered != READ_RECORD)
				return entered;
		}
		struct span run;
		enum reading found = next_run(&r->tape, final, &run);
		if (found == READ_DAMAGE && r->tape.unreadable)
			return judge_unreadable(r, final, line, id);
		if (found == READ_DAMAGE && r->tape.superseded) {
			tape_leave(&r->tape);
			continue;
		}
		if (found == READ_DAMAGE)
			return READ_END;
		if (found != READ_RECORD)
			return found;
		if (run.p[0] != 0 || r->missing)
			return judge(r, run, final, line, id);
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
		uint64_t low = high > TAPE_CHUNK ? high - TAPE_CHUNK : 0;
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
		int fd = tape_segment(&r->tape, number);
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

static bool has_segment(const struct reader *r, uint64_t number)
{
	char name[SEGMENT_NAME];
	segment_name(name, number);
	return faccessat(r->tape.dir_fd, name, F_OK, 0) == 0;
}

/* After a power cut a segment of the same number can hold other records than
 * those that were read: a place whose record is not before it has no
 * meaning there, and the segment is read from its start. */
static void stand_at(struct reader *r, const struct place *from)
{
	r->place = *from;
	r->place.id[sizeof r->place.id - 1] = '\0';
	expect_after(r, span_str(r->place.id));
	/* Only the very first segment is sure to begin with a number 1. */
	r->any = r->stem == 0 && (r->place.id[0] || (from->segment > 0 && !has_segment(r, 1)));
	if (r->stem == 0 || !has_segment(r, from->segment) || find_named(r, &r->place) || from->offset == 0)
		return;
	r->tape.base = 0;
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
	tape_begin(&r->tape, fd, from->segment, from->offset);
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
	tape_free(&r->tape);
	buf_free(&r->scratch);
	buf_free(&r->line);
	free(r);
}
