/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded line, judged as if it ran now.
 *
 *	TIME ser:R2 FRAME	what a receiver sent; its protocol may stand for ser
 *	TIME host:R2 BYTES	what was sent to it
 *	TIME tcp:R2 <open>	a connection; then <close>, and what came between
 */
#include "rxprobe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "link/wire_line.h"
#include "util/log.h"

struct recording {
	struct probe *probe;
	const char *name;
	unsigned long number;
	int status;
	bool begun;
	struct buf bytes, faults;
};

static void begin(struct recording *r, const struct wire_line *line)
{
	struct exam *x = &r->probe->exam;
	if (r->begun)
		return;
	r->begun = true;
	x->began = r->probe->loop.now = line->at;
	ptrdiff_t colon = span_find(line->path, ':');
	buf_reset(&r->probe->device);
	buf_span(&r->probe->device, span_from(line->path, (size_t)(colon + 1)));
}

static void take(struct recording *r, const struct wire_line *line)
{
	struct exam *x = &r->probe->exam;
	ptrdiff_t colon = span_find(line->path, ':');
	struct span kind = span_sub(line->path, 0, colon < 0 ? line->path.n : (size_t)colon);
	const struct protocol *named = protocol_find(kind);
	begin(r, line);
	r->probe->loop.now = line->at;
	x->over_tcp |= span_is(kind, "tcp");
	if (named && !x->expected)
		x->expected = named;
	if (span_is(line->frame, "<open>")) {
		exam_opened(x, line->at);
	} else if (span_is(line->frame, "<close>")) {
		exam_closed(x, line->at);
	} else {
		buf_reset(&r->bytes);
		buf_reset(&r->faults);
		wire_line_bytes(&r->bytes, &r->faults, line->frame);
		exam_take(x, line->at, span_is(kind, "host") ? FROM_HOST : FROM_RECEIVER, buf_view(&r->bytes), r->faults.p);
	}
}

static void read_lines(struct recording *r, FILE *in)
{
	char *text = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&text, &room, in)) >= 0;) {
		struct span line = span_trim(span_of(text, (size_t)n));
		struct wire_line wire;
		r->number++;
		if (wire_line_is_none(line))
			continue;
		if (wire_line_read(line, &wire) && (!r->begun || wire.at >= r->probe->loop.now)) {
			take(r, &wire);
			continue;
		}
		warn(_("%s:%lu: a line is TIME PATH FRAME, such as 2026-01-15T09:29:00.000Z ser:R2 1011…@…<14>, in the order of time"), r->name, r->number);
		r->status = EXIT_NO;
	}
	if (ferror(in)) {
		warn("%s: %s", r->name, strerror(errno));
		r->status = EXIT_WORK;
	}
	free(text);
}

int probe_wire(struct probe *p)
{
	const char *path = p->settings->source.path;
	struct recording r = { .probe = p, .name = strcmp(path, "-") == 0 ? "stdin" : path };
	FILE *in = r.name == path ? fopen(path, "r") : stdin;
	if (!in) {
		warn("%s: %s", path, strerror(errno));
		return EXIT_WORK;
	}
	p->exam.expected = NULL;
	read_lines(&r, in);
	if (in != stdin)
		fclose(in);
	if (p->settings->until != CLOCK_NONE)
		p->loop.now = p->settings->until;
	exam_judge(&p->exam, p->loop.now, &p->findings);
	buf_free(&r.bytes);
	buf_free(&r.faults);
	return r.status;
}
