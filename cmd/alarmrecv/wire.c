/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "link/wire_line.h"
#include "record.h"
#include "util/log.h"

#define QUEUE_MOST ((size_t)1 << 20)	/* what may wait for the disk */

struct wire {
	struct intake *intake;
	struct loop *loop;
	const char *name;	/* of the file, for messages */
	unsigned long number;	/* of the line */
	bool show_replies, live, begun;
	int status;
	struct buf frame, reply, source;
};

static void refuse(struct wire *w, const char *why)
{
	warn("%s:%lu: %s", w->name, w->number, why);
	w->status = EXIT_NO;
}

/* The other way round; LF in front and CR behind are understood. */
static void put_shown(struct buf *out, struct span frame)
{
	if (frame.n && frame.p[0] == '\n')
		frame = span_from(frame, 1);
	if (frame.n && frame.p[frame.n - 1] == '\r')
		frame.n--;
	for (size_t i = 0; i < frame.n; i++)
		if (frame.p[i] < ' ' || frame.p[i] > '~')
			buf_printf(out, "<%02X>", frame.p[i]);
		else
			buf_byte(out, frame.p[i]);
}

/* An answer is one when its frame is stored. */
static bool is_stored(struct wire *w, const struct taken *t)
{
	const struct journal *j = w->intake->journal;
	char epoch[sizeof j->epoch];
	if (!t->stored)
		return true;
	memcpy(epoch, j->epoch, sizeof epoch);
	journal_drain(w->intake->journal);
	return j->stored >= t->seq && strcmp(epoch, j->epoch) == 0;
}

static void show_reply(struct wire *w, const struct wire_line *line, const struct taken *t)
{
	if (!w->show_replies || w->reply.n == 0 || !is_stored(w, t))
		return;
	struct buf text = { 0 };
	clock_put(&text, w->loop->now);
	buf_byte(&text, ' ');
	buf_span(&text, line->path);
	buf_byte(&text, ' ');
	put_shown(&text, buf_view(&w->reply));
	fprintf(stderr, "%s\n", buf_cstr(&text));
	buf_free(&text);
}

static void take_frames(struct wire *w, const struct origin *from, const struct wire_line *line)
{
	struct span rest = buf_view(&w->frame);
	while (rest.n) {
		struct taken t;
		buf_reset(&w->reply);
		size_t n = intake_take(w->intake, from, rest, true, &w->reply, &t);
		show_reply(w, line, &t);
		rest = span_from(rest, n ? n : rest.n);
	}
}

/* A line in a protocol that we cannot read. */
static void take_unread(struct wire *w, const struct origin *from)
{
	struct error e = { .error = "protocol-unknown", .detail = "no protocol is known for this path", .bytes = buf_view(&w->frame) };
	refuse(w, _("no protocol is known for this path; its bytes are kept as an error"));
	record_error(w->intake, from, &e);
}

/* ip:NAME is DC-09, ser:NAME a receiver with Sur-Gard's records; a protocol's own name may stand there too. */
static const struct protocol *protocol_of(struct span path, ptrdiff_t colon)
{
	struct span kind = span_sub(path, 0, colon < 0 ? 0 : (size_t)colon);
	if (colon < 0 || span_is(kind, "ip"))
		return protocol_find(SPAN("dc09"));
	return protocol_find(span_is(kind, "ser") ? SPAN("surgard") : kind);
}

static void take_line(struct wire *w, const struct wire_line *line)
{
	ptrdiff_t colon = span_find(line->path, ':');
	const struct protocol *proto = protocol_of(line->path, colon);
	bool dc09 = proto && proto == protocol_find(SPAN("dc09"));
	buf_reset(&w->frame);
	buf_reset(&w->source);
	buf_span(&w->source, span_from(line->path, (size_t)(colon + 1)));
	struct origin from = { .proto = proto, .source = buf_cstr(&w->source), .via = "wire", .path = line->path };
	if (dc09)
		buf_byte(&w->frame, '\n');
	wire_line_bytes(&w->frame, NULL, line->frame);
	if (dc09)
		buf_byte(&w->frame, '\r');
	if (proto)
		take_frames(w, &from, line);
	else
		take_unread(w, &from);
}

/* Everything begins at the first line's time. */
static void pass_time(struct wire *w, msec at)
{
	if (!w->begun) {
		w->begun = true;
		w->loop->now = at;
		intake_begin_time(w->intake);
	}
	loop_advance(w->loop, at);
}

static void store(struct wire *w)
{
	if (w->live || w->intake->journal->queue.n > QUEUE_MOST)
		journal_drain(w->intake->journal);
}

static void read_lines(struct wire *w, FILE *in)
{
	char *text = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&text, &room, in)) >= 0;) {
		struct span line = span_trim(span_of(text, (size_t)n));
		struct wire_line wire;
		w->number++;
		if (wire_line_is_none(line))
			continue;
		if (!wire_line_read(line, &wire)) {
			refuse(w, _("a line is TIME PATH FRAME, such as 2026-01-13T20:14:03.120Z ip:R1 ED25003D\"ADM-CID\"…"));
			continue;
		}
		if (w->begun && wire.at < w->loop->now)
			refuse(w, _("earlier than the line before it; taken at that one's time"));
		pass_time(w, wire.at);
		take_line(w, &wire);
		store(w);
	}
	if (ferror(in)) {
		warn("%s: %s", w->name, strerror(errno));
		w->status = EXIT_WORK;
	}
	free(text);
}

static FILE *open_lines(struct wire *w, const char *path)
{
	struct stat st;
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	w->name = in == stdin ? "stdin" : path;
	if (in)
		w->live = fstat(fileno(in), &st) < 0 || !S_ISREG(st.st_mode);
	return in;
}

int wire_run(struct intake *in, struct loop *loop, const struct source *source, msec until, bool show_replies)
{
	struct wire w = { .intake = in, .loop = loop, .show_replies = show_replies };
	FILE *lines = open_lines(&w, source->path);
	if (!lines) {
		warn("%s: %s", source->path, strerror(errno));
		return EXIT_WORK;
	}
	read_lines(&w, lines);
	if (until != CLOCK_NONE)
		pass_time(&w, until);
	if (lines != stdin)
		fclose(lines);
	buf_free(&w.frame);
	buf_free(&w.reply);
	buf_free(&w.source);
	return w.status;
}
