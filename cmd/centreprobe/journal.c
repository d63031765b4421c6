/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "centreprobe.h"
#include "spool/cursor_file.h"
#include "spool/edge.h"
#include "util/file.h"

static void probe_writer(struct probe *p)
{
	struct check c = probe_check(p, WRITER, span_str(p->settings->spool));
	struct buf path = { 0 };
	buf_printf(&path, "%s/.lock", p->settings->spool);
	pid_t writer = file_lock_holder(buf_cstr(&path));
	buf_free(&path);
	if (writer)
		probe_state(p, &c, CHECK_OK, _("reception runs, process %d"), (int)writer);
	else
		probe_state(p, &c, CHECK_CRITICAL, "%s", _("no reception runs: nobody takes signals in"));
}

void probe_journal(struct probe *p)
{
	const char *dir = p->settings->spool;
	struct check c = probe_check(p, AGE, span_str(dir));
	struct buf line = { 0 };
	struct place end;
	probe_writer(p);
	if (place_end(&end, dir) < 0) {
		probe_state(p, &c, CHECK_CRITICAL, "%s", strerror(errno));
		return;
	}
	msec at = edge_before(dir, &end, &line) ? edge_time(&line) : CLOCK_NONE;
	buf_free(&line);
	if (at == CLOCK_NONE) {
		probe_state(p, &c, CHECK_OK, "%s", _("the journal is empty"));
		return;
	}
	int64_t age = (p->now - at) / SECOND;
	probe_value(p, &c, (double)age, "s", _("the newest record is %" PRId64 " s old"), age);
}

static void probe_cursor(struct probe *p, const char *name)
{
	const char *dir = p->settings->spool;
	struct check c = probe_check(p, CURSOR, span_str(name));
	struct cursor_file file = { 0 };
	struct buf line = { 0 }, id = { 0 };
	uint64_t bytes, records;
	msec since;
	if (cursor_open(&file, dir, name) < 0) {
		if (errno != ENOENT)	/* else a folder that a kill left before its first place */
			probe_state(p, &c, CHECK_CRITICAL, "%s", strerror(errno));
		return;
	}
	edge_behind(dir, &file.place, &bytes, &records);
	bool known = edge_before(dir, &file.place, &line);
	msec at = records == 0 ? p->now : known ? edge_time(&line) : file.moved;
	double behind = at == CLOCK_NONE || at > p->now ? 0 : (double)(p->now - at) / SECOND;
	if (cursor_held(&file, &id, &since))
		probe_state(p, &c, CHECK_CRITICAL, _("a record does not come through: %s"), buf_cstr(&id));
	else if (!cursor_holder(&file, CURSOR_COMMIT) && !file.temporary)
		probe_state(p, &c, CHECK_CRITICAL, _("no chain runs; %" PRIu64 " records wait"), records);
	else
		probe_value(p, &c, behind, "s", _("%" PRIu64 " records behind"), records);
	buf_free(&line);
	buf_free(&id);
	cursor_close(&file);
}

void probe_cursors(struct probe *p)
{
	struct cursor_names names;
	if (cursor_names(&names, p->settings->spool) < 0) {
		struct check c = probe_check(p, CURSOR, span_str(p->settings->spool));
		probe_state(p, &c, CHECK_UNKNOWN, "%s", strerror(errno));
		return;
	}
	for (size_t i = 0; i < names.n; i++)
		probe_cursor(p, names.name[i]);
	cursor_names_free(&names);
}
