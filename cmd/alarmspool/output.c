/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "event/show.h"
#include "json/write.h"
#include "spool.h"
#include "text/terminal.h"
#include "util/file.h"

#define BATCH ((size_t)128 * 1024)

void output_begin(struct output *o, bool json)
{
	o->show = !json && terminal_is(STDOUT_FILENO);
	o->colour = terminal_colour(STDOUT_FILENO);
}

void output_flush(struct output *o)
{
	if (o->pending.n && write_all(STDOUT_FILENO, buf_view(&o->pending)) < 0)
		die(EXIT_WORK, _("stdout: %s"), strerror(errno));
	buf_reset(&o->pending);
}

void output_line(struct output *o, struct span line)
{
	const char *why;
	if (o->show && record_parse(&o->record, line, &why) == 0)
		record_show(&o->pending, &o->record, o->colour);
	else
		buf_span(&o->pending, line);
	if (o->pending.n >= BATCH)
		output_flush(o);
}

void put_moment(struct buf *out, msec t)
{
	struct civil c = clock_civil(t);
	buf_printf(out, "%04d%02d%02dT%02d%02d%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms);
}

void output_mark(struct output *o, const char *name, const char *state, msec at, const char *cursor)
{
	struct buf line = { 0 }, id = { 0 };
	if (o->show && strcmp(state, "idle") == 0)
		return;
	buf_printf(&id, "%s+%s.", name, state);
	put_moment(&id, at);
	json_begin(&line);
	json_str(&line, KEY("type"), SPAN("mark"));
	json_str(&line, KEY("id"), buf_view(&id));
	json_time(&line, KEY("at"), at);
	json_str(&line, KEY("state"), span_str(state));
	if (*cursor)
		json_str(&line, KEY("cursor"), span_str(cursor));
	json_end(&line);
	buf_byte(&line, '\n');
	output_line(o, buf_view(&line));
	buf_free(&line);
	buf_free(&id);
}
