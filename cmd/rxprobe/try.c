/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One setting after the other, the likeliest first, each for as long as it
 * takes to hear a burst.  What was heard says which is likely, so the plan is
 * made anew until it has been gone through. */
#include "rxprobe.h"

#include <stdio.h>

#include "util/log.h"

#define EACH (35 * SECOND)	/* a period of the heartbeat and a little */
#define TRIES_MOST 24

struct trial {
	struct probe *probe;
	struct serial_settings done[TRIES_MOST], plan[TRIES_MOST];
	size_t tried;
	bool heard;		/* anything at all */
};

static bool is_same(const struct serial_settings *a, const struct serial_settings *b)
{
	return a->baud == b->baud && memcmp(a->mode, b->mode, 3) == 0;
}

static bool is_done(const struct trial *t, const struct serial_settings *s)
{
	for (size_t i = 0; i < t->tried; i++)
		if (is_same(&t->done[i], s))
			return true;
	return false;
}

/* Does it read records, and nothing that speaks for another setting? */
static bool try(struct trial *t)
{
	struct probe *p = t->probe;
	const struct serial_settings *set = &p->exam.line;
	t->done[t->tried++] = *set;
	probe_hear(p, p->settings->listen ? p->settings->listen : EACH);
	t->heard |= p->exam.n > 0;
	bool fits = p->findings.frames && !p->findings.fitting.baud && p->findings.fault_rate <= 5;
	info(fits ? _("baud=%u&mode=%s: fits") : p->exam.n ? _("baud=%u&mode=%s: nothing sound") : _("baud=%u&mode=%s: nothing"), set->baud, set->mode);
	return fits;
}

/* The next that has not been tried; what was heard last says which. */
static bool next(struct trial *t, struct serial_settings *set)
{
	size_t n = exam_plan(&t->probe->exam, t->plan, TRIES_MOST);
	for (size_t i = 0; i < n; i++)
		if (!is_done(t, &t->plan[i])) {
			*set = t->plan[i];
			return true;
		}
	return false;
}

static int change(struct probe *p, const struct serial_settings *set, const char **why)
{
	const struct protocol *expected = p->exam.expected;
	struct serial_settings copy = *set;
	exam_free(&p->exam);
	exam_begin(&p->exam, expected, &copy, p->loop.now);
	return line_set(&p->line, &copy, why);
}

static void conclude(struct trial *t, const struct serial_settings *given, bool fits)
{
	struct probe *p = t->probe;
	const struct source *s = &p->settings->source;
	const struct serial_settings *set = &p->exam.line;
	enum symptom what = !fits ? SY_NO_SETTINGS : is_same(given, set) ? SY_SETTINGS_RIGHT : SY_SETTINGS;
	struct finding *f = findings_add(&p->findings, what, fits ? 90 : 60);
	if (!f)
		return;
	struct buf text = { 0 };
	if (fits)
		buf_printf(&text, "%s+serial://%s?baud=%u&mode=%s%s%s", p->findings.proto->name, s->path, set->baud, set->mode,
		           *s->name ? "#" : "", s->name);
	else
		buf_printf(&text, _("%zu settings"), t->tried);
	snprintf(f->detail, sizeof f->detail, "%s", buf_cstr(&text));
	buf_free(&text);
}

int probe_try(struct probe *p, const char **why)
{
	struct trial t = { .probe = p };
	struct serial_settings given = p->exam.line, set = given;
	int failed = line_open(&p->line, why);
	bool fits = false;
	if (failed)
		return failed;
	info(_("listening on %s"), p->settings->source.url);
	if (p->settings->ask)
		question_begin(p);
	p->trying = true;
	fits = try(&t);
	while (!fits && t.heard && !p->exam.gone && t.tried < TRIES_MOST && next(&t, &set) && !(failed = change(p, &set, why)))
		fits = try(&t);
	timer_clear(&p->loop, &p->question);
	if (t.heard && !p->exam.gone)
		conclude(&t, &given, fits);
	line_close(&p->line);
	return failed;
}
