/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervision.h"

#include <stdlib.h>

#define AGAIN (1 * SECOND)
#define STEP (10 * SECOND)	/* a turn of the loop may last a while */

static void tell(struct path *p)
{
	struct supervision *s = p->supervision;
	p->number = s->changed(s, p);
	if (p->untold)
		return;
	p->untold = true;
	p->next_untold = s->untold;
	s->untold = p;
}

static void change(struct path *p, bool down, msec since)
{
	p->down = down;
	p->since = since;
	tell(p);
}

static void tell_again(struct timer *t)
{
	struct supervision *s = OWNER(t, struct supervision, again);
	for (struct path *p = s->untold; p; p = p->next_untold)
		if (p->number == 0)
			tell(p);
}

/* Runs the path's time, or stands still while it is down. */
static void set_timer(struct path *p)
{
	struct loop *loop = p->supervision->loop;
	if (p->down || !p->silence)
		timer_clear(loop, &p->timer);
	else
		timer_set(loop, &p->timer, p->heard + p->silence);
}

static void shift(struct path *p, msec step)
{
	if (p->down)
		return;
	p->heard += step;
	set_timer(p);
}

/* Where the clock was set, or the machine stood still, silence has not lasted
 * as long as the clock says. */
static void follow_clock(struct supervision *s)
{
	if (!s->loop->clock)
		return;
	msec ahead = s->loop->now - clock_steady(), step = ahead - s->ahead;
	s->ahead = ahead;
	if (step > -STEP && step < STEP)
		return;
	for (unsigned i = 0; i < s->n; i++)
		shift(&s->path[i], step);
	for (struct path *p = s->added; p; p = p->next_added)
		shift(p, step);
}

/* A message only notes the time; the timer looks at it when it is due, so
 * that thousands of polls a second move no timers. */
static void due(struct timer *t)
{
	struct path *p = OWNER(t, struct path, timer);
	struct loop *loop = p->supervision->loop;
	follow_clock(p->supervision);
	msec limit = p->heard + p->silence;
	if (limit > loop->now)
		timer_set(loop, t, limit);
	else
		change(p, true, p->heard);
}

void supervision_begin(struct supervision *s, const struct accounts *accounts)
{
	s->accounts = accounts;
	s->n = accounts->n;
	s->path = s->n ? xcalloc(s->n, sizeof *s->path) : NULL;
	s->again.due = tell_again;
	s->ahead = s->loop->now - clock_steady();
	for (unsigned i = 0; i < s->n; i++) {
		s->path[i] = (struct path){
			.timer.due = due, .supervision = s, .account = &accounts->account[i], .heard = s->loop->now,
			.silence = accounts->account[i].silence,
		};
		set_timer(&s->path[i]);
	}
}

void supervision_restart(struct supervision *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!s->path[i].down) {
			s->path[i].heard = s->loop->now;
			set_timer(&s->path[i]);
		}
}

static struct path *path_of(const struct supervision *s, const struct account *a)
{
	return a ? &s->path[a - s->accounts->account] : NULL;
}

const struct path *supervision_path(const struct supervision *s, const struct account *a)
{
	return path_of(s, a);
}

void supervision_add(struct supervision *s, struct path *p, const struct account *a)
{
	*p = (struct path){ .timer.due = due, .supervision = s, .account = a, .heard = s->loop->now, .next_added = s->added };
	s->added = p;
}

static void forget_untold(struct supervision *s, const struct path *p)
{
	struct path **at = &s->untold;
	while (*at && *at != p)
		at = &(*at)->next_untold;
	if (*at)
		*at = p->next_untold;
}

void supervision_remove(struct supervision *s, struct path *p)
{
	struct path **at = &s->added;
	while (*at != p)
		at = &(*at)->next_added;
	*at = p->next_added;
	forget_untold(s, p);
	timer_clear(s->loop, &p->timer);
	free(p->source);
}

static bool same(const char *text, struct span value)
{
	return span_eq_nocase(span_str(text), value);
}

/* Who supervises what these words name; source and line are empty where any may be meant. */
static struct path *path_named(const struct supervision *s, struct span source, struct span line, struct span account,
                               struct span path)
{
	struct path *found = NULL;
	for (unsigned i = s->accounts ? accounts_first(s->accounts, account) : 0; i < s->n; i++) {
		const struct account *a = s->path[i].account;
		if (!same(a->from.account, account))
			break;
		if ((!a->from.source || same(a->from.source, source)) && same(a->from.line, line) && same(a->path, path)) {
			if (s->path[i].silence)
				return &s->path[i];
			found = found ? found : &s->path[i];
		}
	}
	return found;
}

static void note_source(struct path *p, struct span source)
{
	if (p->account->from.source || source.n == 0 || (p->source && span_is(source, p->source)))
		return;
	free(p->source);
	p->source = xcalloc(1, source.n + 1);
	memcpy(p->source, source.p, source.n);
}

void supervision_path_recall(struct path *p, const struct record *link)
{
	msec since = record_time(link, "since");
	p->down = record_is(link, "state", "down");
	p->heard = p->down && since != CLOCK_NONE ? since : p->supervision->loop->now;
	set_timer(p);
}

bool supervision_recall(struct supervision *s, const struct record *link)
{
	struct buf scratch[4] = { { 0 } };
	struct span source = record_text(link, "source", &scratch[0]), account = record_text(link, "account", &scratch[2]);
	if (account.n == 0)
		account = SPAN(RECEIVER_ACCOUNT);
	struct path *p = path_named(s, source, record_text(link, "line", &scratch[1]), account, record_text(link, "path", &scratch[3]));
	if (p) {
		supervision_path_recall(p, link);
		note_source(p, source);
	}
	for (size_t i = 0; i < 4; i++)
		buf_free(&scratch[i]);
	return p != NULL;
}

bool supervision_is_down(const struct supervision *s, const struct account *a)
{
	const struct path *p = path_of(s, a);
	return p && p->down;
}

static void announce(struct path *p, msec interval)
{
	if (!p->account->silence && interval)
		p->silence = interval > 0 ? account_silence(interval) : 0;
}

void supervision_path_heard(struct path *p, const char *source, msec interval)
{
	struct supervision *s = p->supervision;
	msec silence = p->silence;
	announce(p, interval);
	if (!p->silence && !silence && !p->down)
		return;
	follow_clock(s);
	bool changed = p->down || p->silence != silence;
	msec before = p->heard;
	p->heard = s->loop->now;
	note_source(p, span_str(source));
	if (p->down)
		change(p, false, before);
	if (changed)
		set_timer(p);
}

void supervision_heard(struct supervision *s, const struct account *a, const char *source, msec interval)
{
	struct path *p = path_of(s, a);
	if (p)
		supervision_path_heard(p, source, interval);
}

void supervision_stored(struct supervision *s, uint64_t number)
{
	for (struct path **at = &s->untold; *at;) {
		struct path *p = *at;
		if (p->number && p->number <= number) {
			p->untold = false;
			*at = p->next_untold;
		} else {
			at = &p->next_untold;
		}
	}
}

void supervision_lost(struct supervision *s)
{
	for (struct path *p = s->untold; p; p = p->next_untold)
		p->number = 0;
	if (s->untold)
		timer_set(s->loop, &s->again, s->loop->now + AGAIN);
}

static void take_over(struct path *p, struct path *from)
{
	struct supervision *s = p->supervision;
	p->heard = from->heard;
	if (!p->account->silence && !from->account->silence)
		p->silence = from->silence;	/* announced */
	p->down = from->down;
	p->since = from->since;
	p->number = from->number;
	p->untold = from->untold;
	p->source = from->source;
	from->source = NULL;
	if (p->untold) {
		p->next_untold = s->untold;
		s->untold = p;
	}
	set_timer(p);
}

void supervision_reload(struct supervision *s, const struct accounts *accounts)
{
	follow_clock(s);
	struct supervision old = *s;
	s->untold = NULL;
	supervision_begin(s, accounts);
	for (struct path *p = s->added; p; p = p->next_added)
		if (p->untold) {
			p->next_untold = s->untold;
			s->untold = p;
		}
	for (unsigned i = 0; i < s->n; i++) {
		const struct account *a = s->path[i].account;
		const struct subscriber *from = &a->from;
		struct path *known = path_named(&old, span_str(from->source), span_str(from->line), span_str(from->account), span_str(a->path));
		bool same_source = known && !known->account->from.source == !a->from.source;
		bool supervised = known && (known->silence || known->down || known->untold);
		if (supervised && (a->silence || !known->account->silence) && same_source)
			take_over(&s->path[i], known);
	}
	for (unsigned i = 0; i < old.n; i++) {
		timer_clear(s->loop, &old.path[i].timer);
		free(old.path[i].source);
	}
	free(old.path);
}

void supervision_free(struct supervision *s)
{
	if (!s->loop)
		return;
	for (unsigned i = 0; i < s->n; i++) {
		timer_clear(s->loop, &s->path[i].timer);
		free(s->path[i].source);
	}
	timer_clear(s->loop, &s->again);
	free(s->path);
	*s = (struct supervision){ 0 };
}
