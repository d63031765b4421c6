/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink of a chain.  Each event, error and link becomes an entry, once;
 * every line is passed on, byte for byte, once all that it asks for is on
 * disk.  Lines that have come already share a transaction; when none waits,
 * what there is is committed and passed on before the next is waited for. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "json/write.h"
#include "logbook/content.h"
#include "logbook/phrase.h"
#include "mcourante.h"
#include "print.h"
#include "util/file.h"
#include "util/log.h"

#define READ_SIZE 65536
#define BATCH_BYTES (1024 * 1024)	/* passed on together at most, so that nothing waits for ever */
#define BATCH_TIME (250 * (msec)1)
#define ERROR_PIECE 16384		/* bytes of input that one error record carries */

struct sink {
	struct logbook logbook;
	enum language language;
	struct buf in, out;
	size_t taken;		/* bytes of in that have been read as lines */
	bool eof;
	msec begun;		/* when the batch was begun, steady clock */
	bool warm;		/* between the marks warm and live nothing is written */
	msec at;		/* the largest time read: a filter's clock */
	bool broken;		/* inside a line that is too long */
	struct buf bad;		/* the beginning of a line that is no record */
	const char *why;
	bool lines;		/* the entries are shown instead, for people */
	struct page page;
	struct buf shown;
	struct buf type, id, account, site, text;	/* scratch */
	uint64_t written, known, refused;
};

static void flush(struct sink *s)
{
	if (s->logbook.writing && logbook_commit(&s->logbook) < 0)
		log_failed(&s->logbook, _("what could not be written was not passed on"));
	print_out(s->lines ? &s->shown : &s->out);
	buf_reset(&s->out);
}

static void pass(struct sink *s, struct span line)
{
	if (s->out.n == 0)
		s->begun = clock_steady();
	buf_span(&s->out, line);
}

/* On a terminal: the entry as `mcourante list` would show it. */
static void show(struct sink *s, const struct draft *d)
{
	struct entry e = {
		.head = { .number = s->logbook.number, .event_at = d->event_at, .entry_at = d->entry_at, .kind = span_str(d->kind) },
		.hash = s->logbook.hash, .kept = true, .body = buf_view(&s->logbook.canonical),
	};
	if (s->lines)
		print_entry(&s->shown, &s->page, &e);
}

static void append(struct sink *s, const struct record *r, struct span type, struct span id, int64_t conflict)
{
	struct draft d = {
		.event_at = record_time(r, "at"), .entry_at = clock_now(), .kind = KIND_AUTOMATIC,
		.author = SPAN("auto"), .writer = unix_user(),
		.account = record_text(r, "account", &s->account), .site = record_text(r, "site", &s->site),
		.conflict = conflict, .type = type, .id = id, .record = r->line,
	};
	if (d.event_at == CLOCK_NONE)
		d.event_at = d.entry_at;
	buf_reset(&s->text);
	if (conflict)
		phrase_conflict(&s->text, conflict, s->language);
	phrase_put(&s->text, r, s->language);
	d.text = buf_view(&s->text);
	if (logbook_append(&s->logbook, &d) < 0)
		log_failed(&s->logbook, _("what could not be written was not passed on"));
	s->written++;
	show(s, &d);
}

/* Two lines under one id that say different things are both kept: which of
 * them is true is a question for people. */
static void conflict(struct sink *s, struct span type, struct span id, int64_t number)
{
	warn(_("%.*s %.*s: known with other content as entry %lld; both are kept"), (int)type.n, (const char *)type.p,
	     (int)id.n, (const char *)id.p, (long long)number);
	s->refused++;
}

static void begin(struct sink *s)
{
	if (!s->logbook.writing && logbook_begin(&s->logbook) < 0)
		log_failed(&s->logbook, _("what could not be written was not passed on"));
}

/* `ours`: an error that this process makes up.  Its time is not the same
 * when the line is read again, so its id alone says that it is known. */
static void store(struct sink *s, const struct record *r, bool ours)
{
	struct span type = record_text(r, "type", &s->type);
	if (s->warm || !content_written(type))
		return;
	begin(s);
	int64_t number = 0;
	struct span id = content_id(r, &s->id);
	switch (logbook_known(&s->logbook, type, id, r, &number)) {
	case KNOWN_NOT:
		append(s, r, type, id, 0);
		break;
	case KNOWN_OTHER:
		if (ours)
			break;
		conflict(s, type, id, number);
		append(s, r, type, id, number);
		break;
	case KNOWN_SAME:
		s->known++;
		break;
	case KNOWN_FAILED:
		log_failed(&s->logbook, _("what could not be written was not passed on"));
	}
}

static void follow_mark(struct sink *s, const struct record *r)
{
	if (record_is(r, "state", "warm"))
		s->warm = true;
	else if (record_is(r, "state", "live"))
		s->warm = false;
}

/* Passes on, and writes, one error record with this piece of the bad line. */
static void complain(struct sink *s, struct span piece, size_t part, size_t parts)
{
	static struct record record;
	struct buf line = { 0 }, id = { 0 };
	const char *why;
	content_line_id(&id, buf_view(&s->bad));
	if (parts > 1)
		buf_printf(&id, ".%zu", part);
	json_begin(&line);
	json_str(&line, KEY("type"), SPAN("error"));
	json_str(&line, KEY("id"), buf_view(&id));
	json_time(&line, KEY("at"), s->at != CLOCK_NONE ? s->at : clock_now());
	json_str(&line, KEY("error"), SPAN("record-bad"));
	json_str(&line, KEY("detail"), span_str(s->why));
	json_bytes(&line, piece);
	if (parts > 1) {
		json_int(&line, KEY("part"), (int64_t)part);
		json_int(&line, KEY("parts"), (int64_t)parts);
	}
	json_end(&line);
	buf_byte(&line, '\n');
	if (record_parse(&record, buf_view(&line), &why) == 0)
		store(s, &record, true);
	pass(s, buf_view(&line));
	buf_free(&line);
	buf_free(&id);
}

/* The bad line has come to its end. */
static void bad_ended(struct sink *s)
{
	struct span bytes = buf_view(&s->bad);
	size_t parts = bytes.n ? (bytes.n + ERROR_PIECE - 1) / ERROR_PIECE : 1;
	for (size_t i = 0; i < parts; i++)
		complain(s, span_sub(bytes, i * ERROR_PIECE, ERROR_PIECE), i + 1, parts);
	warn(_("stdin: a line is no record: %s"), s->why);
	s->refused++;
	s->broken = false;
	buf_reset(&s->bad);
}

/* It is passed on as it came; errors behind it carry its first 64 KiB. */
static void take_bad(struct sink *s, struct span line, const char *why)
{
	bool ends = line.p[line.n - 1] == '\n';
	struct span bytes = ends ? span_sub(line, 0, line.n - 1) : line;
	if (!s->broken)
		s->why = why;
	if (s->bad.n < RECORD_MOST)
		buf_span(&s->bad, span_sub(bytes, 0, RECORD_MOST - s->bad.n));
	pass(s, line);
	if (!ends && s->eof && s->taken == s->in.n) {
		pass(s, SPAN("\n"));
		ends = true;
	}
	s->broken = true;
	if (ends)
		bad_ended(s);
}

static void take(struct sink *s, struct span line)
{
	static struct record record;
	const char *why = "longer than 64 KiB";
	bool ends = line.p[line.n - 1] == '\n';
	if (s->broken || (!ends && line.n >= RECORD_MOST) || record_parse(&record, line, &why) < 0) {
		take_bad(s, line, why);
		return;
	}
	msec at = record_time(&record, "at");
	if (at != CLOCK_NONE && at > s->at)
		s->at = at;
	if (record_is(&record, "type", "mark"))
		follow_mark(s, &record);
	store(s, &record, false);
	pass(s, line);
	if (!ends)
		pass(s, SPAN("\n"));
}

/* The next line with its LF; the last may lack it, and so may a piece of one
 * that is longer than any record. */
static bool line_next(struct sink *s, struct span *line)
{
	struct span rest = span_from(buf_view(&s->in), s->taken);
	ptrdiff_t lf = span_find(rest, '\n');
	size_t n = lf >= 0 ? (size_t)lf + 1 : s->eof || rest.n >= RECORD_MOST ? rest.n : 0;
	*line = span_sub(rest, 0, n);
	s->taken += n;
	return n > 0;
}

static bool input_waits(int wait_ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	return poll(&p, 1, wait_ms) > 0;
}

static void fill(struct sink *s)
{
	buf_consume(&s->in, s->taken);
	s->taken = 0;
	ssize_t n = read(STDIN_FILENO, buf_reserve(&s->in, READ_SIZE), READ_SIZE);
	if (n < 0 && errno == EAGAIN)
		input_waits(-1);
	else if (n < 0 && errno != EINTR)
		die(EXIT_WORK, _("stdin: %s"), strerror(errno));
	s->in.n += n > 0 ? (size_t)n : 0;
	s->eof = n == 0;
}

static bool batch_full(const struct sink *s)
{
	return s->out.n >= BATCH_BYTES || (s->out.n && clock_steady() - s->begun >= BATCH_TIME);
}

static void run(struct sink *s)
{
	struct span line;
	while (!s->eof) {
		fill(s);
		while (line_next(s, &line)) {
			take(s, line);
			if (!batch_full(s))
				continue;
			flush(s);
			store_give_way();
		}
		if (s->eof && s->broken)
			bad_ended(s);
		if (s->eof || !input_waits(0))
			flush(s);
	}
}

int sink_run(msec wait_ms, bool lines)
{
	struct centre centre = read_centre();
	struct sink s = { .language = centre.language, .at = CLOCK_NONE, .lines = lines, .page = page_for(false, lines) };
	open_log(&s.logbook, NULL, STORE_WRITE, wait_ms);
	run(&s);
	logbook_close(&s.logbook);
	info(_("%llu entries written, %llu records were known already"), (unsigned long long)s.written, (unsigned long long)s.known);
	struct buf *bufs[] = { &s.in, &s.out, &s.bad, &s.shown, &s.type, &s.id, &s.account, &s.site, &s.text };
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
		buf_free(bufs[i]);
	return s.refused ? EXIT_NO : EXIT_OK;
}
