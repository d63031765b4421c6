/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs share: where lines go, marks, moments, when to stop. */
#ifndef ALARMSPOOL_SPOOL_H
#define ALARMSPOOL_SPOOL_H

#include <signal.h>

#include "spool/cursor_file.h"
#include "text/opt.h"
#include "util/log.h"

extern const struct verb verb_follow, verb_commit, verb_cat, verb_status, verb_verify, verb_replay, verb_prune;

/* Standard output: batched, as JSON or, on a terminal, as lines for people. */
struct output {
	struct buf pending;
	bool show, colour;
	struct record record;
};

void output_begin(struct output *o, bool json);

/* One line with its LF.  Written when much is pending; call output_flush()
 * before waiting.  Both exit 3 when nobody takes it. */
void output_line(struct output *o, struct span line);
void output_flush(struct output *o);

/* {"type":"mark","id":"NAME+STATE.TIME",…}; cursor "" is left out.  An idle
 * mark is nothing to a person at a terminal. */
void output_mark(struct output *o, const char *name, const char *state, msec at, const char *cursor);

/* "20260113T184500.123Z", as ids have it. */
void put_moment(struct buf *out, msec t);

/* The operand, or $VIGIE_STATE/spool; a second operand is refused. */
const char *journal_dir(struct opts *o);

/* True when no process holds the writer's lock: nobody will complete a torn line. */
bool journal_ended(const char *dir);

/* As reader_next(), up to the end of what is there: once it is reached and
 * nobody writes, *final is set and a torn last line is damage. */
enum reading read_to_end(struct reader *r, const char *dir, bool *final, struct span *line, struct span *id);

/* A name that is none exits 2. */
const char *cursor_name_option(struct opts *o);

/* start, now, a time or an id, as --from and --to take them. */
struct moment {
	enum { MOMENT_NONE, MOMENT_START, MOMENT_NOW, MOMENT_TIME, MOMENT_ID } kind;
	msec time;
	struct span id;		/* without its part */
};

/* Anything else exits 2; so do start and now unless whole. */
void moment_option(struct moment *m, struct opts *o, bool whole);

/* The place before that moment; an id that is not there exits 1. */
void moment_place(struct place *place, const struct moment *m, const char *dir);

/* True when an item stands behind the moment that --to gives. */
bool moment_passed(const struct moment *to, struct span line, bool damage);
bool moment_is(const struct moment *to, struct span id);

/* SIGTERM, SIGINT and SIGHUP set stopped and end a wait in wait_until();
 * a process that cannot stop by itself is ended some seconds later. */
extern volatile sig_atomic_t stopped;
void stop_on_signals(void);

struct pollfd;
/* poll() until that steady time at most, signals let in meanwhile. */
int wait_until(struct pollfd *fds, unsigned n, msec until);

#endif
