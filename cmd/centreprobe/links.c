/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which panels and receivers are not heard: the last word of the journal on
 * each supervised path. */
#include <errno.h>
#include <stdlib.h>

#include "centreprobe.h"
#include "json/record.h"
#include "spool/reader.h"
#include "util/file.h"

struct link_state {
	char *name;		/* "R1 1002" */
	msec since;
	bool down;
};

struct links {
	struct link_state *link;
	size_t n, room;
	struct record record;
	struct buf name, scratch;
};

static struct link_state *find(struct links *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->link[i].name, name) == 0)
			return &l->link[i];
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 16;
		l->link = xrealloc(l->link, l->room * sizeof *l->link);
	}
	l->link[l->n] = (struct link_state){ .name = xstrdup(name) };
	return &l->link[l->n++];
}

static void add_word(struct links *l, const char *key)
{
	struct span word = record_text(&l->record, key, &l->scratch);
	if (word.n == 0)
		return;
	if (l->name.n)
		buf_byte(&l->name, ' ');
	buf_span(&l->name, word);
}

static void take(struct links *l, struct span line)
{
	static const char *const keys[] = { "source", "line", "account", "path" };
	const char *why;
	if (!span_starts(line, SPAN("{\"type\":\"link\"")) || record_parse(&l->record, line, &why) < 0)
		return;
	buf_reset(&l->name);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		add_word(l, keys[i]);
	struct link_state *s = find(l, buf_cstr(&l->name));
	s->down = record_is(&l->record, "state", "down");
	s->since = record_time(&l->record, "since");
}

/* What reception noted at its start saves most of the reading. */
static struct place read_note(struct links *l, const char *dir)
{
	struct buf path = { 0 }, text = { 0 };
	struct place place = { 0 };
	struct span rest, line;
	buf_printf(&path, "%s/.paths", dir);
	bool sound = file_read(buf_cstr(&path), &text) == 0;
	rest = buf_view(&text);
	sound = sound && span_line(&rest, &line) && place_parse(line, &place) == 0;
	while (sound && span_line(&rest, &line))
		take(l, line);
	buf_free(&path);
	buf_free(&text);
	return sound ? place : (struct place){ 0 };
}

static int read_all(struct links *l, const char *dir, const char **why)
{
	struct place place = read_note(l, dir);
	struct reader *reader;
	struct span line, id;
	enum reading got;
	if (reader_open(&reader, dir, &place, why) < 0)
		return -1;
	while ((got = reader_next(reader, false, &line, &id)) == READ_RECORD || got == READ_DAMAGE)
		if (got == READ_RECORD)
			take(l, line);
	*why = strerror(errno);
	reader_close(reader);
	return got == READ_FAILED ? -1 : 0;
}

static void put_down(struct probe *p, const struct link_state *s)
{
	struct check c = probe_check(p, LINK, span_str(s->name));
	struct buf since = { 0 };
	c.warning.set = c.critical.set = false;
	clock_put(&since, s->since);
	probe_state(p, &c, CHECK_CRITICAL, _("not heard since %s"), buf_cstr(&since));
	buf_free(&since);
}

void probe_links(struct probe *p)
{
	struct check c = probe_check(p, LINK, (struct span){ 0 });
	struct links *l = xcalloc(1, sizeof *l);
	const char *why;
	unsigned down = 0;
	if (read_all(l, p->settings->spool, &why) < 0) {
		probe_state(p, &c, CHECK_UNKNOWN, "%s", why);
	} else {
		for (size_t i = 0; i < l->n; i++)
			if (l->link[i].down && ++down)
				put_down(p, &l->link[i]);
		probe_value(p, &c, down, "", _("%u of %zu paths that have had an outage are down"), down, l->n);
	}
	for (size_t i = 0; i < l->n; i++)
		free(l->link[i].name);
	free(l->link);
	buf_free(&l->name);
	buf_free(&l->scratch);
	free(l);
}
