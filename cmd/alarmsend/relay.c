/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of stdin.  Records are relayed: one at a time, in order, and passed
 * on to stdout only when a centre has acknowledged them, so that a cursor
 * committed behind this never stands after a record that is not there.
 * Raw frames are sent and reported. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "run.h"
#include "util/log.h"

#define READ_SIZE 65536

struct relay {
	struct supply source;
	struct run *run;
	struct watch input;
	bool waiting;		/* the loop watches stdin */
	bool plain;		/* a file: always ready, and epoll refuses it */
	bool eof;
	bool warm;		/* between the marks warm and live nothing is sent */
	bool overlong;		/* inside a line that is too long: passed through to its end */
	struct buf in;
	size_t taken;		/* bytes of in that have been given */
	struct buf line;	/* the record on its way, its LF included */
};

static void fill(struct relay *r)
{
	buf_consume(&r->in, r->taken);
	r->taken = 0;
	ssize_t n = read(STDIN_FILENO, buf_reserve(&r->in, READ_SIZE), READ_SIZE);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		die(EXIT_WORK, _("stdin: %s"), strerror(errno));
	r->in.n += (size_t)n;
	r->eof = n == 0;
}

static void ready(struct watch *w, uint32_t got)
{
	struct relay *r = OWNER(w, struct relay, input);
	(void)got;
	loop_forget(&r->run->loop, w);
	r->waiting = false;
	fill(r);
}

/* Asks the loop for more; true when a file has given it at once. */
static bool want_more(struct relay *r)
{
	if (!r->plain && !r->waiting) {
		r->waiting = loop_watch(&r->run->loop, &r->input, EPOLLIN) == 0;
		r->plain = !r->waiting;
	}
	if (r->plain)
		fill(r);
	return r->plain;
}

/* The next line with its LF; the last may lack it.  A piece without one that
 * is longer than any record is given as it is. */
static bool line_next(struct relay *r, struct span *line)
{
	for (;;) {
		struct span rest = span_from(buf_view(&r->in), r->taken);
		ptrdiff_t lf = span_find(rest, '\n');
		size_t n = lf >= 0 ? (size_t)lf + 1 : r->eof || rest.n >= RECORD_MOST ? rest.n : 0;
		*line = span_sub(rest, 0, n);
		r->taken += n;
		if (n)
			return true;
		if (r->eof || !want_more(r))
			return false;
	}
}

static void pass_on(struct relay *r, struct span line)
{
	buf_span(&r->run->out, line);
	if (line.n && line.p[line.n - 1] != '\n' && r->eof)
		buf_byte(&r->run->out, '\n');
}

/* Told to people and, in the pipe, to whoever reads behind us. */
static void complain(struct relay *r, const char *id, const char *error, const char *detail)
{
	warn("%s: %s", id, detail);
	report_error(r->run, error, detail);
}

static bool whole(const struct relay *r, struct span line)
{
	return line.n && (line.p[line.n - 1] == '\n' || (r->eof && line.n < RECORD_MOST));
}

/* A line that is no record is passed on as it came, an error behind it. */
static void not_a_record(struct relay *r, struct span line, const char *why)
{
	pass_on(r, line);
	r->overlong = !whole(r, line);
	if (!r->overlong)
		complain(r, "stdin", "record-bad", why);
	r->run->refused = true;
}

static void follow_mark(struct relay *r, const struct record *record)
{
	if (!record_is(record, "type", "mark"))
		return;
	if (record_is(record, "state", "warm"))
		r->warm = true;
	else if (record_is(record, "state", "live"))
		r->warm = false;
}

/* What no centre takes.  It is not passed on, so that the cursor behind us
 * shows it, unless the caller wants it out of the way. */
static void refused(struct relay *r, const char *detail)
{
	struct record record;
	const char *why;
	struct buf scratch = { 0 }, id = { 0 };
	if (record_parse(&record, buf_view(&r->line), &why) == 0)
		buf_span(&id, record_text(&record, "id", &scratch));
	if (r->run->plan->skip_refused) {
		pass_on(r, buf_view(&r->line));
		complain(r, buf_cstr(&id), "relay-refused", detail);
	} else {
		warn(_("%s: %s: not passed on"), buf_cstr(&id), detail);
	}
	buf_free(&scratch);
	buf_free(&id);
}

/* True when m is to be sent for it. */
static bool take_record(struct relay *r, struct span line, struct message *m)
{
	const struct plan *plan = r->run->plan;
	struct record record;
	const char *why;
	if (r->overlong || !whole(r, line) || record_parse(&record, line, &why) < 0) {
		not_a_record(r, line, whole(r, line) && !r->overlong ? why : _("line too long"));
		return false;
	}
	follow_mark(r, &record);
	enum taking taking = r->warm ? TAKE_PASS :
		message_from_record(m, &plan->panel, &record, plan->verbatim, &plan->keys, &why);
	buf_reset(&r->line);
	buf_span(&r->line, line);
	if (taking == TAKE_PASS)
		pass_on(r, line);
	else if (taking == TAKE_REFUSE)
		refused(r, why);
	r->run->refused |= taking == TAKE_REFUSE;
	return taking == TAKE_SEND;
}

static bool take_raw(struct span line, struct message *m)
{
	struct record record;
	const char *why;
	if (line.p[0] != '{')
		return message_from_line(m, line) == 0;
	message_reset(m);
	if (record_parse(&record, line, &why) == 0 && record_bytes(&record, &m->raw) == 0 && m->raw.n) {
		message_identify(m);
		return true;
	}
	return false;
}

static enum next next(struct supply *s, struct message *m, int64_t *due_us)
{
	struct relay *r = OWNER(s, struct relay, source);
	struct span line;
	while (line_next(r, &line)) {
		bool raw = r->run->plan->input == INPUT_RAW;
		if (raw ? take_raw(line, m) : take_record(r, line, m)) {
			*due_us = clock_steady_us();
			return NEXT_GIVEN;
		}
	}
	return r->eof ? NEXT_END : NEXT_LATER;
}

static void record_ended(struct relay *r, const struct outcome *o)
{
	if (o->fate == FATE_ACKNOWLEDGED) {
		pass_on(r, buf_view(&r->line));
	} else if (o->fate == FATE_REFUSED) {
		refused(r, _("refused by every centre that answered"));
	} else {
		/* Those behind it must not overtake it. */
		refused(r, _("nobody has acknowledged it"));
		r->run->stopping = true;
	}
}

static void ended(struct supply *s, const struct message *m, const struct outcome *o)
{
	struct relay *r = OWNER(s, struct relay, source);
	if (r->run->plan->input == INPUT_RECORDS)
		record_ended(r, o);
	else if (!r->run->plan->load)
		report_delivery(r->run, m, o);
}

static void release(struct supply *s)
{
	struct relay *r = OWNER(s, struct relay, source);
	if (r->waiting)
		loop_forget(&r->run->loop, &r->input);
	buf_free(&r->in);
	buf_free(&r->line);
	free(r);
}

struct supply *relay_new(struct run *run)
{
	struct relay *r = xcalloc(1, sizeof *r);
	r->source = (struct supply){ .next = next, .ended = ended, .free = release };
	r->run = run;
	r->input = (struct watch){ .ready = ready, .fd = STDIN_FILENO };
	return &r->source;
}
