/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool status: how the journal stands and how far each chain has come. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "json/write.h"
#include "spool.h"
#include "spool/edge.h"
#include "text/terminal.h"
#include "util/file.h"

enum { OPT_STALE = 256, OPT_JSON };

static const struct opt options[] = {
	{ OPT_STALE, "stale", "TIME", N_("call a cursor stale that is behind and unmoved for so long (7d)") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

struct cursor_state {
	char *name;
	struct cursor_file file;
	int error;		/* errno of reading it */
	uint64_t bytes, records;	/* behind the newest */
	msec at;		/* of the record it stands behind */
	pid_t follow, commit;
	bool held, stale;
	struct buf held_id;
	msec held_since;
};

struct state {
	const char *dir;
	msec now, stale;
	struct extent extent;
	struct buf newest;	/* the newest record */
	char newest_id[sizeof((struct place *)0)->id];
	msec newest_at;
	pid_t writer;
	struct cursor_state *cursor;
	size_t cursors;
};

static void read_cursor(struct state *s, struct cursor_state *c)
{
	struct buf line = { 0 };
	c->at = CLOCK_NONE;
	c->error = cursor_open(&c->file, s->dir, c->name) < 0 ? errno : 0;
	if (c->error)
		return;
	edge_behind(s->dir, &c->file.place, &c->bytes, &c->records);
	if (edge_before(s->dir, &c->file.place, &line))
		c->at = edge_time(&line);
	c->follow = cursor_holder(&c->file, CURSOR_FOLLOW);
	c->commit = cursor_holder(&c->file, CURSOR_COMMIT);
	c->held = cursor_held(&c->file, &c->held_id, &c->held_since);
	c->stale = c->records > 0 && s->now - c->file.moved >= s->stale;
	buf_free(&line);
}

static void read_cursors(struct state *s)
{
	struct cursor_names names;
	if (cursor_names(&names, s->dir) < 0)
		die(EXIT_WORK, "%s/cursors: %s", s->dir, strerror(errno));
	s->cursor = xcalloc(names.n + 1, sizeof *s->cursor);
	for (size_t i = 0; i < names.n; i++) {
		struct cursor_state *c = &s->cursor[s->cursors];
		*c = (struct cursor_state){ .name = xstrdup(names.name[i]) };
		read_cursor(s, c);
		if (c->error != ENOENT)	/* else a folder that a kill left before its first place */
			s->cursors++;
	}
	cursor_names_free(&names);
}

static void read_state(struct state *s)
{
	struct place end;
	struct buf path = { 0 };
	if (edge_extent(&s->extent, s->dir) < 0 || place_end(&end, s->dir) < 0)
		die(EXIT_WORK, "%s: %s", s->dir, strerror(errno));
	memcpy(s->newest_id, end.id, sizeof end.id);
	s->newest_at = edge_before(s->dir, &end, &s->newest) ? edge_time(&s->newest) : CLOCK_NONE;
	buf_printf(&path, "%s/.lock", s->dir);
	s->writer = file_lock_holder(buf_cstr(&path));
	buf_free(&path);
	read_cursors(s);
}

static bool is_wrong(const struct cursor_state *c)
{
	return c->error || c->held || c->stale;
}

/* Seconds since the record that it stands behind, while others stand behind it. */
static int64_t age_s(const struct state *s, const struct cursor_state *c)
{
	return c->records && c->at != CLOCK_NONE ? (s->now - c->at) / SECOND : 0;
}

static void put_cursor(struct buf *b, const struct state *s, const struct cursor_state *c)
{
	if (b->p[b->n - 1] != '[')
		buf_byte(b, ',');
	json_begin(b);
	json_str(b, KEY("name"), span_str(c->name));
	if (c->error) {
		json_str(b, KEY("error"), c->error == EILSEQ ? SPAN("unreadable") : span_str(strerror(c->error)));
		json_end(b);
		return;
	}
	json_int(b, KEY("segment"), (int64_t)c->file.place.segment);
	json_int(b, KEY("offset"), (int64_t)c->file.place.offset);
	if (c->file.place.id[0])
		json_str(b, KEY("cursor"), span_str(c->file.place.id));
	json_time(b, KEY("moved"), c->file.moved);
	json_int(b, KEY("behind_records"), (int64_t)c->records);
	json_int(b, KEY("behind_bytes"), (int64_t)c->bytes);
	json_int(b, KEY("behind_s"), age_s(s, c));
	if (c->follow)
		json_int(b, KEY("follow_pid"), c->follow);
	if (c->commit)
		json_int(b, KEY("commit_pid"), c->commit);
	if (c->held) {
		json_str(b, KEY("held_by"), buf_view(&c->held_id));
		json_time(b, KEY("held_since"), c->held_since);
	}
	if (c->stale)
		json_bool(b, KEY("stale"), true);
	if (c->file.temporary)
		json_bool(b, KEY("temporary"), true);
	json_end(b);
}

static void put_json(struct buf *b, const struct state *s)
{
	struct buf id = { 0 };
	buf_lit(&id, "spool+status.");
	put_moment(&id, s->now);
	json_begin(b);
	json_str(b, KEY("type"), SPAN("status"));
	json_str(b, KEY("id"), buf_view(&id));
	json_time(b, KEY("at"), s->now);
	json_str(b, KEY("dir"), span_str(s->dir));
	json_int(b, KEY("segments"), (int64_t)s->extent.segments);
	json_int(b, KEY("bytes"), (int64_t)s->extent.bytes);
	if (s->newest_id[0])
		json_str(b, KEY("newest"), span_str(s->newest_id));
	if (s->newest_at != CLOCK_NONE)
		json_time(b, KEY("newest_at"), s->newest_at);
	if (s->writer)
		json_int(b, KEY("writer_pid"), s->writer);
	json_begin_list(b, KEY("cursors"));
	for (size_t i = 0; i < s->cursors; i++)
		put_cursor(b, s, &s->cursor[i]);
	json_end_list(b);
	json_end(b);
	buf_byte(b, '\n');
	buf_free(&id);
}

static void put_time(struct buf *b, msec t)
{
	if (t != CLOCK_NONE)
		clock_put(b, t);
}

static void show_cursor(struct buf *b, const struct state *s, const struct cursor_state *c, bool colour)
{
	struct buf text = { 0 };
	terminal_cell(b, colour, is_wrong(c) ? C_RED : C_GREEN, span_str(c->name), 16);
	if (c->error)
		buf_printf(&text, _("its place cannot be read: %s"), strerror(c->error));
	else if (c->records == 0)
		buf_printf(&text, _("has read everything"));
	else
		buf_printf(&text, _("%" PRIu64 " records, %" PRIu64 " bytes, %" PRId64 " s behind"), c->records, c->bytes, age_s(s, c));
	if (c->held) {
		buf_printf(&text, _("; held up by %.*s since "), (int)c->held_id.n, c->held_id.p);
		put_time(&text, c->held_since);
	}
	if (c->stale) {
		buf_str(&text, _("; stale, unmoved since "));
		put_time(&text, c->file.moved);
	}
	if (!c->error && !(c->follow && c->commit))
		buf_str(&text, _("; no chain runs on it"));
	terminal_text(b, colour, C_NONE, buf_view(&text));
	buf_byte(b, '\n');
	buf_free(&text);
}

static void show(struct buf *b, const struct state *s, bool colour)
{
	buf_printf(b, _("%s: %" PRIu64 " segments, %" PRIu64 " bytes\n"), s->dir, s->extent.segments, s->extent.bytes);
	if (s->newest_id[0]) {
		buf_printf(b, _("newest record: %s of "), s->newest_id);
		put_time(b, s->newest_at);
		buf_byte(b, '\n');
	}
	if (s->writer)
		buf_printf(b, _("process %ld writes\n"), (long)s->writer);
	else
		buf_str(b, _("nobody writes\n"));
	for (size_t i = 0; i < s->cursors; i++)
		show_cursor(b, s, &s->cursor[i], colour);
}

static int run(struct opts *o)
{
	static struct state s = { .stale = 7 * DAY };
	static struct output out;
	bool json = false;
	for (int id; (id = opts_next(o)) != OPT_END;) {
		switch (id) {
		case OPT_STALE: s.stale = opts_duration(o); break;
		case OPT_JSON: json = true; break;
		}
	}
	s.dir = journal_dir(o);
	s.now = clock_now();
	output_begin(&out, json);
	read_state(&s);
	if (out.show)
		show(&out.pending, &s, out.colour);
	else
		put_json(&out.pending, &s);
	output_flush(&out);
	bool wrong = false;
	for (size_t i = 0; i < s.cursors; i++)
		wrong |= is_wrong(&s.cursor[i]);
	return wrong ? EXIT_NO : EXIT_OK;
}

const struct verb verb_status = {
	.name = "status", .usage = "[OPTION…] [DIR]", .options = options, .run = run,
	.purpose = N_("how the journal stands and how far each cursor has come"),
};
