/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/show.h"

#include <stdlib.h>
#include <time.h>

#include "event/code.h"
#include "text/terminal.h"

/* One line being made: cells are separated by blanks, absent ones left out. */
struct line {
	struct buf *out;
	const struct record *r;
	bool colour;
	struct buf scratch;
};

static struct span text(struct line *l, const char *key)
{
	struct span value = record_text(l->r, key, &l->scratch);
	return value.n ? value : record_raw(l->r, key).n ? record_raw(l->r, key) : value;
}

static void cell(struct line *l, enum colour colour, struct span value, unsigned columns)
{
	terminal_cell(l->out, l->colour, colour, value, columns);
	buf_lit(l->out, "  ");
}

static void word(struct line *l, const char *before, const char *key)
{
	struct span value = text(l, key);
	if (value.n == 0)
		return;
	buf_str(l->out, before);
	buf_byte(l->out, ' ');
	terminal_text(l->out, l->colour, C_NONE, value);
	buf_lit(l->out, "  ");
}

static void put_time(struct line *l)
{
	char local[32] = "";
	msec at = record_time(l->r, "at");
	time_t seconds = (time_t)(at / SECOND);
	struct tm tm;
	if (at != CLOCK_NONE && localtime_r(&seconds, &tm))
		strftime(local, sizeof local, "%d/%m %H:%M:%S", &tm);
	cell(l, C_DIM, span_str(local), 14);
}

static enum colour severity_colour(const struct record *r)
{
	static const enum colour by_severity[] = { C_DIM, C_NONE, C_YELLOW, C_RED, C_RED };
	int64_t severity;
	if (!record_int(r, "severity", &severity) || severity < 0 || severity > 4)
		return C_NONE;
	return by_severity[severity];
}

static void show_event(struct line *l)
{
	enum colour colour = severity_colour(l->r);
	cell(l, C_BOLD, text(l, "account"), 8);
	cell(l, C_DIM, text(l, "code"), 4);
	cell(l, colour, text(l, "kind"), 16);
	terminal_text(l->out, l->colour, colour, text(l, text(l, "label").n ? "label" : "category"));
	buf_lit(l->out, "  ");
	word(l, _("partition"), "partition");
	word(l, _("zone"), "zone");
	word(l, _("user"), "user");
	terminal_text(l->out, l->colour, C_NONE, text(l, "text"));
	buf_lit(l->out, "  ");
	terminal_text(l->out, l->colour, C_DIM, text(l, "warnings"));
}

static void show_frame(struct line *l)
{
	struct buf bytes = { 0 };
	cell(l, C_DIM, text(l, "source"), 8);
	cell(l, C_DIM, text(l, "via"), 4);
	cell(l, C_DIM, text(l, "reply"), 16);
	if (record_bytes(l->r, &bytes) == 0)
		terminal_text(l->out, l->colour, C_NONE, span_trim(buf_view(&bytes)));
	buf_lit(l->out, "  ");
	terminal_text(l->out, l->colour, C_DIM, text(l, "flags"));
	buf_free(&bytes);
}

static void show_error(struct line *l)
{
	struct buf bytes = { 0 };
	cell(l, C_BOLD, text(l, "account"), 8);
	cell(l, C_NONE, (struct span){ 0 }, 4);
	cell(l, C_RED, text(l, "error"), 16);
	terminal_text(l->out, l->colour, C_RED, text(l, "detail"));
	buf_lit(l->out, "  ");
	if (record_bytes(l->r, &bytes) == 0)
		terminal_text(l->out, l->colour, C_DIM, span_sub(span_trim(buf_view(&bytes)), 0, 120));
	buf_free(&bytes);
}

static void show_link(struct line *l)
{
	bool down = record_is(l->r, "state", "down");
	cell(l, C_BOLD, text(l, "account"), 8);
	cell(l, C_DIM, text(l, "source"), 4);
	cell(l, down ? C_RED : C_GREEN, span_str(down ? _("path lost") : _("path back")), 16);
	word(l, _("path"), "path");
	word(l, _("heard last"), "since");
}

static void show_mark(struct line *l)
{
	cell(l, C_DIM, SPAN("mark"), 8);
	cell(l, C_DIM, text(l, "state"), 4);
	terminal_text(l->out, l->colour, C_DIM, text(l, "cursor"));
}

static void show_delivery(struct line *l)
{
	bool taken = record_is(l->r, "reply", "ack");
	cell(l, C_BOLD, text(l, "account"), 8);
	cell(l, C_DIM, text(l, "seq"), 4);
	cell(l, taken ? C_GREEN : C_RED, text(l, "reply"), 16);
	terminal_text(l->out, l->colour, C_NONE, text(l, "destination"));
	buf_lit(l->out, "  ");
	word(l, _("tries"), "tries");
}

static enum colour state_colour(const struct record *r)
{
	if (record_is(r, "state", "ok"))
		return C_GREEN;
	return record_is(r, "state", "warning") ? C_YELLOW : C_RED;
}

static void show_check(struct line *l)
{
	cell(l, C_BOLD, text(l, "device"), 8);
	cell(l, C_NONE, (struct span){ 0 }, 4);
	cell(l, state_colour(l->r), text(l, "state"), 16);
	terminal_text(l->out, l->colour, C_NONE, text(l, "check"));
	buf_lit(l->out, "  ");
	terminal_text(l->out, l->colour, C_NONE, text(l, text(l, "text").n ? "text" : "finding"));
	buf_lit(l->out, "  ");
	terminal_text(l->out, l->colour, C_DIM, text(l, "confidence"));
	buf_str(l->out, record_raw(l->r, "confidence").n ? " %  " : "");
	terminal_text(l->out, l->colour, C_DIM, text(l, "bytes"));
}

static const struct {
	const char *type;
	void (*show)(struct line *l);
} types[] = {
	{ "event", show_event }, { "frame", show_frame }, { "error", show_error }, { "link", show_link }, { "mark", show_mark },
	{ "delivery", show_delivery }, { "check", show_check },
};

void record_show(struct buf *out, const struct record *r, bool colour)
{
	struct line l = { .out = out, .r = r, .colour = colour };
	size_t i = 0, n = sizeof types / sizeof *types;
	while (i < n && !record_is(r, "type", types[i].type))
		i++;
	if (i < n) {
		put_time(&l);
		types[i].show(&l);
		while (out->n && out->p[out->n - 1] == ' ')
			out->n--;
	} else {
		terminal_text(out, false, C_NONE, r->line);
	}
	buf_byte(out, '\n');
	buf_free(&l.scratch);
}

void records_show(struct buf *out, struct span lines, bool colour)
{
	struct record *r = xcalloc(1, sizeof *r);
	struct span line;
	const char *why;
	while (span_line(&lines, &line))
		if (record_parse(r, line, &why) == 0)
			record_show(out, r, colour);
	free(r);
}
