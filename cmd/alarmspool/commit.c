/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool commit: the end of the pipe.  The cursor moves over the longest
 * run of records that all came through; lib/spool/tally.h keeps count. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool.h"
#include "spool/edge.h"
#include "spool/tally.h"

enum { OPT_FILTERED = 256, OPT_SILENCE, OPT_OVERDUE };

static const struct opt options[] = {
	{ 'c', "cursor", "NAME", N_("the cursor to move") },
	{ OPT_FILTERED, "filtered", NULL, N_("the pipe drops records on purpose: pass them when a later one came") },
	{ OPT_SILENCE, "silence", "TIME", N_("end when nothing came through for so long (10s; 0: never)") },
	{ OPT_OVERDUE, "overdue", "TIME", N_("name a record that later ones have overtaken for so long (60s)") },
	OPT_COMMON, { 0 }
};

#define WRITE_EVERY 100		/* ms */
#define LOOK_EVERY (1 * SECOND)	/* for what is overdue */
#define READ_SIZE ((size_t)256 * 1024)
#define POISON_TOLD 10		/* lines that are no record are named so often */

struct commit {
	const char *dir, *name;
	bool filtered;
	msec silence, overdue;
	struct cursor_file cursor;
	bool locked;
	struct tally *tally;	/* NULL until the first line has come */
	struct buf in;
	bool skipping;		/* inside a line that is too long */
	bool warm;		/* between the marks warm and live */
	bool ended;		/* a mark said that the pipe ends */
	uint64_t poison;	/* lines that were no record */
	msec heard;		/* the last sign of life, steady */
	msec written;		/* when the cursor was written last, steady */
	int write_error;
	char named[sizeof((struct place *)0)->id];	/* what was called overdue last */
	struct record record;
	struct buf scratch;
};

static void read_options(struct commit *c, struct opts *o)
{
	for (int id; (id = opts_next(o)) != OPT_END;) {
		switch (id) {
		case 'c': c->name = cursor_name_option(o); break;
		case OPT_FILTERED: c->filtered = true; break;
		case OPT_SILENCE: c->silence = opts_duration(o); break;
		case OPT_OVERDUE: c->overdue = opts_duration(o); break;
		}
	}
	if (!c->name)
		opts_refuse(o, _("-c: the name of a cursor is wanted"));
	c->dir = journal_dir(o);
}

/* False when there is no such cursor. */
static bool read_cursor(struct commit *c)
{
	if (cursor_open(&c->cursor, c->dir, c->name) == 0)
		return true;
	if (errno == EILSEQ)
		die(EXIT_WORK, _("%s/place: this is no cursor; remove the folder and begin with --from"), c->cursor.folder);
	if (errno != ENOENT)
		die(EXIT_WORK, _("cursor %s: %s"), c->name, strerror(errno));
	return false;
}

static void lock_cursor(struct commit *c)
{
	pid_t holder = 0;
	c->locked = cursor_lock(&c->cursor, CURSOR_COMMIT, &holder) >= 0;
	if (c->locked)
		return;
	if (errno == EWOULDBLOCK)
		die(EXIT_WORK, _("cursor %s: process %ld commits it already"), c->name, (long)holder);
	die(EXIT_WORK, _("cursor %s: %s"), c->name, strerror(errno));
}

/* follow, at the other end, may only be about to make the cursor, or to make
 * it anew; it prints its first line after that. */
static void begin(struct commit *c)
{
	const char *why;
	if (!read_cursor(c))
		die(EXIT_WORK, _("cursor %s: %s has none of this name; alarmspool follow makes it"), c->name, c->dir);
	if (!c->locked)
		lock_cursor(c);
	struct place from = c->cursor.place;
	if (place_is_lost(&from, c->dir))
		from = (struct place){ 0 };	/* follow has said it */
	if (tally_open(&c->tally, c->dir, &from, c->filtered, &why) < 0)
		die(EXIT_WORK, "%s: %s", c->dir, why);
}

static void poison(struct commit *c, const char *why, struct span line)
{
	line = span_trim(line);
	c->poison++;
	if (c->poison <= POISON_TOLD)
		warn(_("a line that is no record (%s): %.*s"), why, (int)(line.n < 200 ? line.n : 200), line.p);
	if (c->poison == POISON_TOLD)
		warn(_("more lines that are no record will be counted, not shown"));
}

static void take_mark(struct commit *c)
{
	struct span cursor = record_text(&c->record, "cursor", &c->scratch);
	if (record_is(&c->record, "state", "warm"))
		c->warm = true;
	else
		tally_mark(c->tally, cursor, clock_steady());
	if (record_is(&c->record, "state", "live"))
		c->warm = false;
	if (record_is(&c->record, "state", "end"))
		c->ended = true;
	c->heard = clock_steady();
}

/* What a stage prints about a record under the record's own id is not the
 * record: it may come out while the record itself is still on its way. */
static bool is_about_records(const struct record *r)
{
	static const char *const types[] = { "entry", "incident", "delivery", "check" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (record_is(r, "type", types[i]))
			return true;
	return false;
}

static void take_line(struct commit *c, struct span line)
{
	const char *why;
	int64_t of = 0;
	if (record_parse(&c->record, line, &why) < 0) {
		poison(c, why, line);
		return;
	}
	if (!c->tally)
		begin(c);
	if (record_is(&c->record, "type", "mark")) {
		take_mark(c);
	} else if (c->warm) {
		c->heard = clock_steady();
	} else if (!is_about_records(&c->record)) {
		record_int(&c->record, "of", &of);
		struct span id = record_text(&c->record, "id", &c->scratch);
		if (tally_record(c->tally, id, of > 0 && of <= UINT32_MAX ? (uint32_t)of : 0, clock_steady()))
			c->heard = clock_steady();
	}
}

/* Whole lines; what a stage was killed in the middle of has no LF and counts
 * for nothing. */
static void take_lines(struct commit *c)
{
	size_t taken = 0;
	for (;;) {
		struct span rest = span_from(buf_view(&c->in), taken);
		ptrdiff_t lf = span_find(rest, '\n');
		if (lf < 0)
			break;
		struct span line = span_sub(rest, 0, (size_t)lf + 1);
		taken += line.n;
		if (!c->skipping)
			take_line(c, line);
		c->skipping = false;
	}
	buf_consume(&c->in, taken);
	if (c->in.n > RECORD_MOST) {
		if (!c->skipping)
			poison(c, _("longer than 64 KiB"), buf_view(&c->in));
		c->skipping = true;
		buf_reset(&c->in);
	}
}

/* False at the end. */
static bool read_more(struct commit *c)
{
	ssize_t n = read(STDIN_FILENO, buf_reserve(&c->in, READ_SIZE), READ_SIZE);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		die(EXIT_WORK, _("stdin: %s"), strerror(errno));
	if (n > 0) {
		c->in.n += (size_t)n;
		take_lines(c);
	}
	if (c->tally && tally_failed(c->tally))
		die(EXIT_WORK, "%s: %s", c->dir, strerror(tally_failed(c->tally)));
	return n != 0;
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->segment == b->segment && a->offset == b->offset && strcmp(a->id, b->id) == 0;
}

/* The end of a temporary cursor: follow has taken it away. */
static bool is_gone(const struct commit *c)
{
	return c->cursor.temporary && access(c->cursor.folder, F_OK) < 0;
}

/* A full disk does not end the chain: the signals still reach people, and
 * come again if it must start anew before there is room. */
static void write_cursor(struct commit *c)
{
	struct place before = c->cursor.place;
	const struct place *place = tally_place(c->tally);
	if (same_place(&before, place))
		return;
	c->cursor.place = *place;
	c->written = clock_steady();
	int error = cursor_write(&c->cursor) < 0 ? errno : 0;
	if (error && is_gone(c))
		return;
	if (error) {
		c->cursor.place = before;
		if (error != c->write_error)
			warn(_("cursor %s: not written: %s"), c->name, strerror(error));
	} else if (c->write_error) {
		warn(_("cursor %s: written again"), c->name);
	}
	c->write_error = error;
	/* It stood before what was overdue. */
	if (!error && c->cursor.held)
		cursor_unhold(&c->cursor);
}

static void name_missing(struct commit *c, const struct missing *m)
{
	size_t n = strlen(m->id);
	memcpy(c->named, m->id, n + 1);
	if (m->count > 1)
		warn(_("%s did not come through the pipe, nor did %zu more: the cursor %s stays before it"), m->id, m->count - 1, c->name);
	else
		warn(_("%s did not come through the pipe: the cursor %s stays before it"), m->id, c->name);
	int error = cursor_hold(&c->cursor, span_of(m->id, n), clock_now() - (clock_steady() - m->since)) < 0 ? errno : 0;
	if (error && !is_gone(c))
		warn(_("cursor %s: %s"), c->name, strerror(error));
}

/* Names the first that is missing, once: in time, or at the end, when
 * nothing can come any more. */
static void look_for_overdue(struct commit *c, bool at_end)
{
	struct missing m;
	if (!tally_missing(c->tally, &m)) {
		if (c->named[0])
			info(_("%s came through after all"), c->named);
		c->named[0] = '\0';
	} else if ((at_end || clock_steady() - m.since >= c->overdue) && strcmp(m.id, c->named) != 0) {
		name_missing(c, &m);
	}
}

static msec earlier(msec a, msec b)
{
	return a < b ? a : b;
}

/* When something is to be done although nothing comes. */
static msec next_due(const struct commit *c)
{
	msec due = clock_steady() + LOOK_EVERY;
	if (c->silence)
		due = earlier(due, c->heard + c->silence);
	if (c->tally && !same_place(&c->cursor.place, tally_place(c->tally)))
		due = earlier(due, c->written + WRITE_EVERY);
	return due;
}

static void do_due(struct commit *c)
{
	if (!c->tally)
		return;
	if (clock_steady() - c->written >= WRITE_EVERY)
		write_cursor(c);
	look_for_overdue(c, false);
}

static int finish(struct commit *c, int status)
{
	if (c->tally) {
		write_cursor(c);
		look_for_overdue(c, !stopped);
		if (c->write_error)
			status = EXIT_WORK;
		tally_close(c->tally);
	}
	if (status == EXIT_OK && c->poison)
		status = EXIT_NO;
	return status;
}

static bool is_silent(const struct commit *c)
{
	return c->silence && clock_steady() - c->heard >= c->silence;
}

static int run_pipe(struct commit *c)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	while (!stopped) {
		int ready = wait_until(&in, 1, next_due(c));
		if (ready > 0 && !read_more(c)) {
			if (!c->ended)
				warn(_("the pipe ended before its time: a stage, or alarmspool follow, has stopped"));
			return c->ended ? EXIT_OK : EXIT_WORK;
		}
		if (is_silent(c)) {
			warn(_("nothing came through the pipe for %lld s: a stage is stuck"), (long long)(c->silence / SECOND));
			return EXIT_WORK;
		}
		do_due(c);
	}
	return EXIT_OK;
}

static int run(struct opts *o)
{
	static struct commit c = { .silence = 10 * SECOND, .overdue = 60 * SECOND };
	read_options(&c, o);
	stop_on_signals();
	c.heard = clock_steady();
	if (read_cursor(&c))
		lock_cursor(&c);
	return finish(&c, run_pipe(&c));
}

const struct verb verb_commit = {
	.name = "commit", .usage = "-c NAME [OPTION…] [DIR]", .options = options, .run = run,
	.purpose = N_("at the end of a pipe: move a cursor over what came through"),
};
