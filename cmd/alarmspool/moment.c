/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a reading begins and ends, which journal, and when to stop. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "event/id.h"
#include "spool.h"
#include "spool/edge.h"
#include "util/file.h"

const char *journal_dir(struct opts *o)
{
	const char *dir = opts_operand(o);
	const char *second = opts_operand(o);
	if (second)
		opts_refuse(o, _("%s: one journal is wanted, not two"), second);
	static char *standard;
	if (!dir && !standard)
		standard = path_state("spool");
	return dir ? dir : standard;
}

bool journal_ended(const char *dir)
{
	struct buf path = { 0 };
	buf_printf(&path, "%s/.lock", dir);
	bool ended = file_lock_holder(buf_cstr(&path)) == 0;
	buf_free(&path);
	return ended;
}

enum reading read_to_end(struct reader *r, const char *dir, bool *final, struct span *line, struct span *id)
{
	enum reading got = reader_next(r, *final, line, id);
	if (got != READ_END || *final || !journal_ended(dir))
		return got;
	*final = true;
	return reader_next(r, true, line, id);
}

const char *cursor_name_option(struct opts *o)
{
	if (!cursor_name_sound(o->value))
		opts_refuse(o, _("%s: the name of a cursor is letters, digits, _ . and -, at most 64"), o->value);
	return o->value;
}

static bool is_damage_id(struct span s)
{
	ptrdiff_t at = span_find(s, '@');
	return at > 0 && (size_t)at + 1 < s.n;
}

void moment_option(struct moment *m, struct opts *o, bool whole)
{
	struct span text = span_str(o->value);
	struct id id;
	*m = (struct moment){ .time = clock_parse(text), .id = text };
	if (whole && span_is(text, "start"))
		m->kind = MOMENT_START;
	else if (whole && span_is(text, "now"))
		m->kind = MOMENT_NOW;
	else if (m->time != CLOCK_NONE)
		m->kind = MOMENT_TIME;
	else if (id_parse(text, &id) == 0 || is_damage_id(text))
		m->kind = MOMENT_ID;
	else if (whole)
		opts_refuse(o, _("%s: start, now, a time such as 2026-01-13T20:14:03Z or the id of a record is wanted"), o->value);
	else
		opts_refuse(o, _("%s: a time such as 2026-01-13T20:14:03Z or the id of a record is wanted"), o->value);
	if (m->kind == MOMENT_ID && !is_damage_id(text))
		m->id = id.root;
}

void moment_place(struct place *place, const struct moment *m, const char *dir)
{
	const char *why = NULL;
	int result = 0;
	errno = 0;
	*place = (struct place){ 0 };
	switch (m->kind) {
	case MOMENT_NONE:
	case MOMENT_START:
		break;
	case MOMENT_NOW:
		result = place_end(place, dir);
		break;
	case MOMENT_TIME:
		result = place_of_time(place, dir, m->time, &why);
		break;
	case MOMENT_ID:
		result = place_of_id(place, dir, m->id, &why);
		if (result < 0 && errno == ENOENT && !why)
			die(EXIT_NO, _("%.*s: no record of %s has this id"), (int)m->id.n, m->id.p, dir);
		break;
	}
	if (result < 0)
		die(EXIT_WORK, "%s: %s", dir, why ? why : strerror(errno));
}

bool moment_passed(const struct moment *to, struct span line, bool damage)
{
	struct record r;
	const char *why;
	if (to->kind != MOMENT_TIME || damage)	/* the time of damage is borrowed */
		return false;
	return record_parse(&r, line, &why) == 0 && record_time(&r, "at") > to->time;
}

bool moment_is(const struct moment *to, struct span id)
{
	return to->kind == MOMENT_ID && span_eq(to->id, id);
}

volatile sig_atomic_t stopped;

#define PATIENCE 5	/* seconds that a write may block once it is time to stop */

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
	alarm(PATIENCE);
}

static const int stopping[] = { SIGTERM, SIGINT, SIGHUP };
#define STOPPING (sizeof stopping / sizeof *stopping)

void stop_on_signals(void)
{
	struct sigaction act = { .sa_handler = stop };
	for (size_t i = 0; i < STOPPING; i++) {
		struct sigaction old;
		if (sigaction(stopping[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;	/* nohup */
		sigaction(stopping[i], &act, NULL);
	}
}

int wait_until(struct pollfd *fds, unsigned n, msec until)
{
	sigset_t blocked, before;
	sigemptyset(&blocked);
	for (size_t i = 0; i < STOPPING; i++)
		sigaddset(&blocked, stopping[i]);
	/* A signal between the question and the wait must not be slept over. */
	sigprocmask(SIG_BLOCK, &blocked, &before);
	msec wait = until - clock_steady();
	if (wait < 0 || stopped)
		wait = 0;
	struct timespec limit = { .tv_sec = wait / SECOND, .tv_nsec = wait % SECOND * 1000000 };
	int ready = ppoll(fds, n, &limit, &before);
	int saved = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return ready;
}
