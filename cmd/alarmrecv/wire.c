/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "record.h"
#include "util/hex.h"
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

struct wire_line {
	msec at;
	struct span path, frame;
};

static void refuse(struct wire *w, const char *why)
{
	warn("%s:%lu: %s", w->name, w->number, why);
	w->status = EXIT_NO;
}

/* Two hexadecimal digits between < and > are a byte. */
static void put_bytes(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool byte = text.p[i] == '<' && i + 3 < text.n && is_hex(text.p[i + 1]) && is_hex(text.p[i + 2]) &&
		            text.p[i + 3] == '>';
		if (byte) {
			buf_byte(out, (uint8_t)(hex_digit(text.p[i + 1]) << 4 | hex_digit(text.p[i + 2])));
			i += 3;
		} else {
			buf_byte(out, text.p[i]);
		}
	}
}

static bool is_passed_over(struct span line)
{
	return line.n == 0 || line.p[0] == '#' || span_starts(line, SPAN("```"));
}

static bool read_line(struct span text, struct wire_line *line)
{
	struct span time;
	if (!span_word(&text, &time) || !span_word(&text, &line->path))
		return false;
	line->at = clock_parse(time);
	line->frame = span_trim(text);
	return line->at != CLOCK_NONE && line->frame.n;
}

static void show_reply(const struct wire *w, const struct wire_line *line)
{
	struct buf text = { 0 };
	if (!w->show_replies || w->reply.n == 0)
		return;
	clock_put(&text, w->loop->now);
	buf_byte(&text, ' ');
	buf_span(&text, line->path);
	buf_byte(&text, ' ');
	buf_span(&text, span_trim(buf_view(&w->reply)));
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
		show_reply(w, line);
		rest = span_from(rest, n ? n : rest.n);
	}
}

/* The path's word is "ip:R1"; a line off a serial receiver is none that we can read. */
static void take_line(struct wire *w, const struct wire_line *line)
{
	ptrdiff_t colon = span_find(line->path, ':');
	bool ip = colon < 0 || span_starts(line->path, SPAN("ip:"));
	buf_reset(&w->frame);
	buf_reset(&w->source);
	buf_span(&w->source, span_from(line->path, (size_t)(colon + 1)));
	struct origin from = { .proto = ip ? protocol_find(SPAN("dc09")) : NULL, .source = buf_cstr(&w->source), .via = "wire",
	                       .path = line->path };
	if (ip)
		buf_byte(&w->frame, '\n');
	put_bytes(&w->frame, line->frame);
	if (ip) {
		buf_byte(&w->frame, '\r');
		take_frames(w, &from, line);
	} else {
		refuse(w, _("no protocol is known for this path; its bytes are kept as an error"));
		record_error(w->intake, &from, buf_view(&w->frame), "protocol-unknown", "no protocol is known for this path",
		             (struct span){ 0 });
	}
}

static void pass_time(struct wire *w, msec at)
{
	if (!w->begun) {
		w->begun = true;
		w->loop->now = at;
		intake_begin_time(w->intake);
	}
	if (at < w->loop->now)
		refuse(w, _("is earlier than the line before it, and is taken at that one's time"));
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
		if (is_passed_over(line))
			continue;
		if (!read_line(line, &wire)) {
			refuse(w, _("a line is TIME PATH FRAME, such as 2026-01-13T20:14:03.120Z ip:R1 ED25003D\"ADM-CID\"…"));
			continue;
		}
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
