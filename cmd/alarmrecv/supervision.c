/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervision.h"

#include <stdlib.h>

/* A message only notes the time; the timer looks at it when it is due, so
 * that thousands of polls a second move no timers. */
static void due(struct timer *t)
{
	struct path *p = OWNER(t, struct path, timer);
	struct loop *loop = p->supervision->loop;
	msec limit = p->heard + p->account->silence;
	if (limit > loop->now) {
		timer_set(loop, t, limit);
		return;
	}
	p->down = true;
	p->supervision->changed(p->supervision, p->account, true, p->heard);
}

static void begin(struct supervision *s, struct path *p, const struct account *a)
{
	*p = (struct path){ .timer = { .due = due }, .supervision = s, .account = a, .heard = s->loop->now };
	if (a->silence)
		timer_set(s->loop, &p->timer, p->heard + a->silence);
}

void supervision_begin(struct supervision *s, const struct accounts *accounts)
{
	s->accounts = accounts;
	s->n = accounts->n;
	s->path = s->n ? xcalloc(s->n, sizeof *s->path) : NULL;
	for (unsigned i = 0; i < s->n; i++)
		begin(s, &s->path[i], &accounts->account[i]);
}

void supervision_restart(struct supervision *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!s->path[i].down) {
			timer_clear(s->loop, &s->path[i].timer);
			begin(s, &s->path[i], s->path[i].account);
		}
}

static struct path *path_of(const struct supervision *s, const struct account *a)
{
	return a && a->silence ? &s->path[a - s->accounts->account] : NULL;
}

static bool same(const char *text, struct span value)
{
	return span_eq_nocase(span_str(text), value);
}

static struct path *path_named(const struct supervision *s, struct span source, struct span account, struct span path)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct account *a = s->path[i].account;
		if (a->silence && same(a->name, account) && same(a->source, source) && same(a->path, path))
			return &s->path[i];
	}
	return NULL;
}

void supervision_recall(struct supervision *s, const struct record *link)
{
	struct buf scratch[3] = { { 0 } };
	struct path *p = path_named(s, record_text(link, "source", &scratch[0]), record_text(link, "account", &scratch[1]),
	                            record_text(link, "path", &scratch[2]));
	if (p) {
		msec since = record_time(link, "since");
		p->down = record_is(link, "state", "down");
		p->heard = p->down && since != CLOCK_NONE ? since : s->loop->now;
		if (p->down)
			timer_clear(s->loop, &p->timer);
		else
			timer_set(s->loop, &p->timer, p->heard + p->account->silence);
	}
	for (size_t i = 0; i < 3; i++)
		buf_free(&scratch[i]);
}

bool supervision_is_down(const struct supervision *s, const struct account *a)
{
	struct path *p = path_of(s, a);
	return p && p->down;
}

void supervision_heard(struct supervision *s, const struct account *a)
{
	struct path *p = path_of(s, a);
	if (!p)
		return;
	msec since = p->heard;
	p->heard = s->loop->now;
	if (p->down) {
		p->down = false;
		timer_set(s->loop, &p->timer, p->heard + a->silence);
		s->changed(s, a, false, since);
	}
}

void supervision_reload(struct supervision *s, const struct accounts *accounts)
{
	struct supervision fresh = { .loop = s->loop, .changed = s->changed };
	supervision_begin(&fresh, accounts);
	for (unsigned i = 0; i < fresh.n; i++) {
		struct path *p = &fresh.path[i];
		const struct account *a = p->account;
		struct path *known = path_named(s, span_str(a->source), span_str(a->name), span_str(a->path));
		p->supervision = s;
		if (!known || !a->silence)
			continue;
		p->heard = known->heard;
		p->down = known->down;
		if (p->down)
			timer_clear(s->loop, &p->timer);
	}
	for (unsigned i = 0; i < s->n; i++)
		timer_clear(s->loop, &s->path[i].timer);
	free(s->path);
	*s = fresh;
}

void supervision_free(struct supervision *s)
{
	for (unsigned i = 0; i < s->n; i++)
		timer_clear(s->loop, &s->path[i].timer);
	free(s->path);
	*s = (struct supervision){ 0 };
}
