/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool follow: everything after a cursor, then what comes.  The cursor
 * is read here and moved only by commit, at the other end of the pipe: what
 * went in and did not come out is printed again after a restart. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool.h"
#include "spool/edge.h"
#include "spool/segment.h"

enum { OPT_FROM = 256, OPT_WARM, OPT_TEMPORARY, OPT_JSON };

static const struct opt options[] = {
	{ 'c', "cursor", "NAME", N_("the cursor to read from") },
	{ OPT_FROM, "from", "start|now|ID|TIME", N_("where a cursor that does not exist yet begins") },
	{ OPT_WARM, "warm", "TIME", N_("print this much of what was before the cursor first") },
	{ OPT_TEMPORARY, "temporary", NULL, N_("the cursor ends with this process") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

#define MARK_EVERY (1 * SECOND)
#define QUIET (2 * SECOND)	/* a line that nobody completes for so long is torn */
#define LOOK_EVERY 200		/* ms, for a journal that does not exist yet */

struct follow {
	const char *dir, *name;
	struct moment from;
	msec warm;
	bool temporary;
	struct cursor_file cursor;
	struct output out;
	struct reader *reader;
	int notify;
	struct stat folder;	/* what DIR was at the start */
};

static void read_options(struct follow *f, struct opts *o)
{
	bool json = false;
	for (int id; (id = opts_next(o)) != OPT_END;) {
		switch (id) {
		case 'c': f->name = cursor_name_option(o); break;
		case OPT_FROM: moment_option(&f->from, o, true); break;
		case OPT_WARM: f->warm = opts_duration(o); break;
		case OPT_TEMPORARY: f->temporary = true; break;
		case OPT_JSON: json = true; break;
		}
	}
	if (!f->name)
		opts_refuse(o, _("-c: the name of a cursor is wanted"));
	f->dir = journal_dir(o);
	output_begin(&f->out, json);
}

/* True when nobody reads our output any more. */
static bool reader_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	return poll(&out, 1, 0) == 1 && out.revents & (POLLERR | POLLNVAL);
}

/* Reception makes the directory when it starts, perhaps after us.  No mark
 * goes out meanwhile: a wrong name must not look like a quiet night. */
static void wait_for_dir(struct follow *f)
{
	bool told = false;
	while (!stopped && stat(f->dir, &f->folder) < 0) {
		if (errno != ENOENT)
			die(EXIT_WORK, "%s: %s", f->dir, strerror(errno));
		if (!told)
			warn(_("%s: there is no journal here yet: waiting for alarmrecv to make it"), f->dir);
		told = true;
		wait_until(NULL, 0, clock_steady() + LOOK_EVERY);
		if (reader_gone())
			die(EXIT_WORK, _("stdout: %s"), strerror(EPIPE));
	}
}

static void lock_cursor(struct follow *f)
{
	pid_t holder = 0;
	if (cursor_lock(&f->cursor, CURSOR_FOLLOW, &holder) >= 0)
		return;
	if (errno == EWOULDBLOCK)
		die(EXIT_WORK, _("cursor %s: process %ld follows it already"), f->name, (long)holder);
	die(EXIT_WORK, _("cursor %s: %s"), f->name, strerror(errno));
}

static struct cursor_file *ending;

static void remove_temporary(void)
{
	if (cursor_remove(ending) < 0)
		warn(_("cursor %s: %s"), ending->folder, strerror(errno));
}

static void begin_cursor(struct follow *f, bool locked)
{
	if (f->from.kind == MOMENT_NONE)
		die(EXIT_CALL, _("cursor %s: %s has none of this name; --from start, now or an ID makes one"), f->name, f->dir);
	struct place place;
	moment_place(&place, &f->from, f->dir);
	if (cursor_make(&f->cursor, f->dir, f->name) < 0)
		die(EXIT_WORK, _("cursor %s: %s"), f->name, strerror(errno));
	if (!locked)
		lock_cursor(f);
	f->cursor.place = place;
	f->cursor.temporary = f->temporary;
	if (cursor_write(&f->cursor) < 0)
		die(EXIT_WORK, _("cursor %s: %s"), f->name, strerror(errno));
}

static void take_cursor(struct follow *f)
{
	bool found = cursor_open(&f->cursor, f->dir, f->name) == 0;
	if (!found && errno == EILSEQ)
		die(EXIT_WORK, _("%s/place: this is no cursor; remove the folder and begin with --from"), f->cursor.folder);
	if (!found && errno != ENOENT)
		die(EXIT_WORK, _("cursor %s: %s"), f->name, strerror(errno));
	if (found) {
		lock_cursor(f);
		if (f->temporary && !f->cursor.temporary)
			die(EXIT_CALL, _("cursor %s: it is there to stay; --temporary wants a name of its own"), f->name);
	}
	/* A temporary cursor that stands without its process was left by a kill. */
	if (!found || f->cursor.temporary)
		begin_cursor(f, found);
	if (f->temporary) {
		ending = &f->cursor;
		atexit(remove_temporary);
	}
}

/* Somebody put another journal there: its signals must not wait behind a
 * place of the old one.  commit judges the same way. */
static void settle_cursor(struct follow *f)
{
	if (!place_is_lost(&f->cursor.place, f->dir))
		return;
	warn(_("cursor %s: its place is of another journal than %s: everything there is printed"), f->name, f->dir);
	f->cursor.place = (struct place){ 0 };
}

static void open_reader(struct follow *f, const struct place *place)
{
	const char *why;
	if (f->reader)
		reader_close(f->reader);
	f->reader = NULL;
	if (reader_open(&f->reader, f->dir, place, &why) < 0)
		die(EXIT_WORK, "%s: %s", f->dir, why);
}

static bool stands_before(const struct place *a, const struct place *b)
{
	return a->segment < b->segment || (a->segment == b->segment && a->offset < b->offset);
}

/* What stands between two times before the cursor; the place moves behind
 * what was given, so that the cursor's own record is the last. */
static void print_warm(struct follow *f, msec from)
{
	const char *why;
	struct place place;
	struct span line, id;
	if (place_of_time(&place, f->dir, from, &why) < 0)
		die(EXIT_WORK, "%s: %s", f->dir, why);
	open_reader(f, &place);
	while (!stopped && stands_before(reader_place(f->reader), &f->cursor.place)) {
		enum reading got = reader_next(f->reader, false, &line, &id);
		if (got == READ_FAILED)
			die(EXIT_WORK, "%s: %s", f->dir, strerror(errno));
		if (got == READ_END || stands_before(&f->cursor.place, reader_place(f->reader)))
			break;
		output_line(&f->out, line);
	}
}

/* The time of what is first behind the cursor: a mark before it must not
 * move a filter's clock past it. */
static msec time_ahead(struct follow *f)
{
	struct span line, id;
	struct record r;
	const char *why;
	open_reader(f, &f->cursor.place);
	enum reading got = reader_next(f->reader, false, &line, &id);
	if ((got != READ_RECORD && got != READ_DAMAGE) || record_parse(&r, line, &why) < 0)
		return clock_now();
	msec at = record_time(&r, "at");
	return at != CLOCK_NONE ? at : clock_now();
}

static void warm_up(struct follow *f)
{
	struct buf line = { 0 };
	const char *cursor = f->cursor.place.id;
	if (f->warm > 0 && edge_before(f->dir, &f->cursor.place, &line)) {
		msec at = edge_time(&line);
		output_mark(&f->out, f->name, "warm", at - f->warm, cursor);
		print_warm(f, at - f->warm);
		output_mark(&f->out, f->name, "live", at, cursor);
	} else if (f->warm > 0) {
		msec at = time_ahead(f);
		output_mark(&f->out, f->name, "warm", at, cursor);
		output_mark(&f->out, f->name, "live", at, cursor);
	}
	buf_free(&line);
}

/* True when the newest segment is left alone: what is torn there stays torn. */
static bool is_quiet(const struct follow *f)
{
	char name[SEGMENT_NAME];
	struct buf path = { 0 };
	struct stat st;
	segment_name(name, reader_place(f->reader)->segment);
	buf_printf(&path, "%s/%s", f->dir, name);
	bool quiet = stat(buf_cstr(&path), &st) == 0 && clock_now() - st.st_mtim.tv_sec * SECOND > QUIET;
	buf_free(&path);
	return quiet && journal_ended(f->dir);
}

/* Prints what there is. */
static void catch_up(struct follow *f, bool final)
{
	struct span line, id;
	enum reading got = READ_END;
	while (!stopped && ((got = reader_next(f->reader, final, &line, &id)) == READ_RECORD || got == READ_DAMAGE))
		output_line(&f->out, line);
	if (got == READ_FAILED)
		die(EXIT_WORK, "%s: %s", f->dir, strerror(errno));
	output_flush(&f->out);
}

static void watch_dir(struct follow *f)
{
	f->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->notify < 0 || inotify_add_watch(f->notify, f->dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
		warn(_("%s: not told of changes (%s): looking each second instead"), f->dir, strerror(errno));
}

/* What has changed does not matter, only that something has. */
static void forget_changes(const struct follow *f)
{
	char events[4096];
	while (read(f->notify, events, sizeof events) > 0)
		;
}

/* The folder, or what is in it, was put there anew while we read. */
static void check_dir(const struct follow *f)
{
	struct stat st;
	bool same = stat(f->dir, &st) == 0 && st.st_dev == f->folder.st_dev && st.st_ino == f->folder.st_ino;
	if (!same || place_is_lost(reader_place(f->reader), f->dir))
		die(EXIT_WORK, _("%s: the journal was replaced while it was read; start the chain again"), f->dir);
}

static void follow_on(struct follow *f)
{
	struct pollfd fds[] = { { .fd = STDOUT_FILENO }, { .fd = f->notify, .events = POLLIN } };
	for (msec next_mark = 0; !stopped;) {
		bool due = clock_steady() >= next_mark;
		catch_up(f, due && is_quiet(f));
		if (due)
			check_dir(f);
		if (due && !stopped) {
			output_mark(&f->out, f->name, "idle", clock_now(), reader_place(f->reader)->id);
			output_flush(&f->out);
			next_mark = clock_steady() + MARK_EVERY;
		}
		wait_until(fds, 2, next_mark);
		if (fds[0].revents & (POLLERR | POLLNVAL))
			die(EXIT_WORK, _("stdout: %s"), strerror(EPIPE));
		if (fds[1].revents)
			forget_changes(f);
		fds[0].revents = fds[1].revents = 0;
	}
}

/* Stopped as asked: who reads this need not take the end for an accident. */
static void say_end(struct follow *f)
{
	struct buf line = { 0 };
	const struct place *place = reader_place(f->reader);
	msec at = edge_before(f->dir, place, &line) ? edge_time(&line) : clock_now();
	output_mark(&f->out, f->name, "end", at, place->id);
	output_flush(&f->out);
	buf_free(&line);
}

static int run(struct opts *o)
{
	static struct follow f = { .notify = -1 };
	read_options(&f, o);
	stop_on_signals();
	wait_for_dir(&f);
	if (stopped)
		return EXIT_OK;
	take_cursor(&f);
	settle_cursor(&f);
	watch_dir(&f);
	warm_up(&f);
	open_reader(&f, &f.cursor.place);
	follow_on(&f);
	say_end(&f);
	reader_close(f.reader);
	return EXIT_OK;
}

const struct verb verb_follow = {
	.name = "follow", .usage = "-c NAME [OPTION…] [DIR]", .options = options, .run = run,
	.purpose = N_("print everything after a cursor, then what comes"),
};
