/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool replay: a recorded night again, at any speed.  Marks carry the
 * time through the gaps, so that what filters do when nothing comes happens
 * again too.  What is printed follows from the journal and the options alone. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool.h"

enum { OPT_FROM = 256, OPT_TO, OPT_SPEED, OPT_JSON };

static const struct opt options[] = {
	{ OPT_FROM, "from", "ID|TIME", N_("begin with this record, or with the first of this time or later") },
	{ OPT_TO, "to", "TIME", N_("end at this time") },
	{ OPT_SPEED, "speed", "N|max", N_("so many times as fast as it was; max, the default, does not wait") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

struct replay {
	const char *dir;
	struct moment from, to;
	double speed;		/* 0: do not wait */
	struct output out;
	struct reader *reader;
	msec now;		/* the largest time that went out, CLOCK_NONE at first */
	msec began, began_steady;	/* what moment of the record it was when */
	struct place printed;	/* behind what went out last */
};

static double speed_option(struct opts *o)
{
	char *end;
	if (strcmp(o->value, "max") == 0)
		return 0;
	double speed = strtod(o->value, &end);
	if (end == o->value || *end || !(speed >= 0.01 && speed <= 1e6))
		opts_refuse(o, _("%s: a speed from 0.01 to 1000000, or max, is wanted"), o->value);
	return speed;
}

static void read_options(struct replay *r, struct opts *o)
{
	bool json = false;
	for (int id; (id = opts_next(o)) != OPT_END;) {
		switch (id) {
		case OPT_FROM: moment_option(&r->from, o, false); break;
		case OPT_TO:
			moment_option(&r->to, o, false);
			if (r->to.kind != MOMENT_TIME)
				opts_refuse(o, _("%s: a time such as 2026-01-13T20:14:03Z is wanted"), o->value);
			break;
		case OPT_SPEED: r->speed = speed_option(o); break;
		case OPT_JSON: json = true; break;
		}
	}
	r->dir = journal_dir(o);
	output_begin(&r->out, json);
}

/* Until the clock on the wall has come to t. */
static void wait_for(struct replay *r, msec t)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	if (r->speed <= 0)
		return;
	msec until = r->began_steady + (msec)((double)(t - r->began) / r->speed);
	if (until <= clock_steady())
		return;
	output_flush(&r->out);
	while (!stopped && clock_steady() < until) {
		wait_until(&out, 1, until);
		if (out.revents & (POLLERR | POLLNVAL))
			die(EXIT_WORK, _("stdout: %s"), strerror(EPIPE));
	}
}

static void mark(struct replay *r, const char *state, msec at)
{
	output_mark(&r->out, "replay", state, at, r->printed.id);
	r->now = at;
}

/* At max one mark a gap, on its last whole second: it does what the many of
 * the live night did.  At a speed one a second of the one who watches, but no
 * more than one a second of the record. */
static void pass_gap(struct replay *r, msec to)
{
	if (r->speed > 0) {
		msec step = (msec)(r->speed * SECOND);
		step = step > SECOND ? step : SECOND;
		for (msec t = r->now + step; t < to && !stopped; t += step) {
			wait_for(r, t);
			mark(r, "idle", t);
		}
	} else if (to - r->now > SECOND) {
		mark(r, "idle", (to - 1) / SECOND * SECOND);
	}
}

static void print_record(struct replay *r, struct span line)
{
	const char *why;
	struct record record;
	msec at = record_parse(&record, line, &why) == 0 ? record_time(&record, "at") : CLOCK_NONE;
	if (at != CLOCK_NONE && r->now == CLOCK_NONE) {
		r->now = r->began = at;
		r->began_steady = clock_steady();
	} else if (at != CLOCK_NONE && at > r->now) {
		pass_gap(r, at);
		wait_for(r, at);
		r->now = at;
	}
	output_line(&r->out, line);
	r->printed = *reader_place(r->reader);
}

static void print_records(struct replay *r)
{
	struct span line, id;
	enum reading got = READ_END;
	bool final = false;
	while (!stopped && ((got = read_to_end(r->reader, r->dir, &final, &line, &id)) == READ_RECORD || got == READ_DAMAGE)) {
		if (moment_passed(&r->to, line, got == READ_DAMAGE))
			break;
		if (got == READ_RECORD)
			print_record(r, line);
		else
			output_line(&r->out, line);
	}
	if (got == READ_FAILED)
		die(EXIT_WORK, "%s: %s", r->dir, strerror(errno));
}

static void print_end(struct replay *r)
{
	if (r->to.kind == MOMENT_TIME && r->now != CLOCK_NONE && r->to.time > r->now) {
		pass_gap(r, r->to.time);
		wait_for(r, r->to.time);
		r->now = r->to.time;
	}
	if (r->now == CLOCK_NONE && r->to.kind == MOMENT_TIME)
		r->now = r->to.time;
	if (r->now != CLOCK_NONE && !stopped)
		mark(r, "end", r->now);
	output_flush(&r->out);
}

static int run(struct opts *o)
{
	static struct replay r = { .now = CLOCK_NONE };
	const char *why;
	read_options(&r, o);
	stop_on_signals();
	moment_place(&r.printed, &r.from, r.dir);
	if (reader_open(&r.reader, r.dir, &r.printed, &why) < 0)
		die(EXIT_WORK, "%s: %s", r.dir, why);
	print_records(&r);
	print_end(&r);
	reader_close(r.reader);
	return EXIT_OK;
}

const struct verb verb_replay = {
	.name = "replay", .usage = "[OPTION…] [DIR]", .options = options, .run = run,
	.purpose = N_("print the records again, with marks, at any speed"),
};
