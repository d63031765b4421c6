/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "receivers.h"

#include <stdlib.h>

/* The longest that receivers wait for an acknowledgement before they try
 * again, and so the longest that one with something to send is quiet. */
#define PATIENCE (10 * SECOND)
#define RESUME MINUTE		/* for one to begin with what it has kept */
#define DEAF (30 * SECOND)	/* a receiver that has not got our answer for so long has begun to keep events */
#define BEAT_MOST (2 * MINUTE)	/* a Sur-Gard can be set to 99 s */

bool receivers_speak(const struct protocol *proto)
{
	return proto->one_at_a_time && !proto->conversation;
}

static msec now(const struct receivers *r)
{
	return r->supervision->loop->now;
}

/* What it says from now on may have been kept since then. */
static void miss(struct receiver *x, msec since, msec away)
{
	if (x->since == CLOCK_NONE || since < x->since) {
		x->since = since;
		x->away = away;
	}
	x->returned = CLOCK_NONE;
	x->poured = false;
}

struct receiver *receivers_of(struct receivers *r, const char *source)
{
	struct receiver *x = r->first;
	while (x && strcmp(x->source, source) != 0)
		x = x->next;
	if (x)
		return x;
	x = xcalloc(1, sizeof *x);
	*x = (struct receiver){ .next = r->first, .source = xstrdup(source), .beat = CLOCK_NONE, .since = CLOCK_NONE };
	x->account = (struct account){ .from = { .source = x->source, .account = RECEIVER_ACCOUNT } };
	x->heard = x->before = r->begun;
	if (r->alive != CLOCK_NONE && r->begun - r->alive >= PATIENCE)
		miss(x, r->alive, r->alive);
	r->first = x;
	return x;
}

static void supervise(struct receivers *r, struct receiver *x)
{
	x->supervised = true;
	supervision_add(r->supervision, &x->path, &x->account);
}

void receivers_recall(struct receivers *r, const struct record *link)
{
	struct buf source = { 0 }, scratch = { 0 };
	buf_span(&source, record_text(link, "source", &scratch));
	bool whole = record_raw(link, "account").n == 0 || record_is(link, "account", RECEIVER_ACCOUNT);
	if (whole && source.n) {
		struct receiver *x = receivers_of(r, buf_cstr(&source));
		if (!x->supervised)
			supervise(r, x);
		supervision_path_recall(&x->path, link);
	}
	buf_free(&source);
	buf_free(&scratch);
}

static const struct path *path_of_receiver(const struct receivers *r, const struct receiver *x, const struct account *own)
{
	if (own)
		return supervision_path(r->supervision, own);
	return x->supervised ? &x->path : NULL;
}

bool receiver_is_down(const struct receivers *r, const struct receiver *x, const struct account *own)
{
	const struct path *p = path_of_receiver(r, x, own);
	return p && p->down;
}

/* Is it idle again? */
static bool is_over(const struct receiver *x, msec at, bool beat)
{
	if (beat)
		return at - x->returned >= PATIENCE;	/* earlier it is the first one once more */
	return at - x->heard >= (x->poured ? PATIENCE : RESUME);
}

msec receiver_kept_since(struct receivers *r, struct receiver *x, const struct account *own, bool beat)
{
	const struct path *p = path_of_receiver(r, x, own);
	msec at = now(r);
	if (p && p->down)
		miss(x, p->heard, p->heard);
	if (x->since == CLOCK_NONE)
		return CLOCK_NONE;
	if (x->returned != CLOCK_NONE && is_over(x, at, beat)) {
		x->since = CLOCK_NONE;
		return CLOCK_NONE;
	}
	if (x->returned == CLOCK_NONE && at - x->away < PATIENCE) {	/* nothing is old yet */
		if (!x->unstored)
			x->since = CLOCK_NONE;
		return CLOCK_NONE;
	}
	if (x->returned == CLOCK_NONE)
		x->returned = at;
	x->poured |= !beat;
	return x->since;
}

/* Of what the makers set: receiver-automation.md, section 15. */
static msec usual_interval(const struct protocol *proto)
{
	static const struct {
		const char *proto;
		msec interval;
	} known[] = { { "surgard", 30 * SECOND }, { "ademco-685", 45 * SECOND }, { "caps", 45 * SECOND } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(proto->name, known[i].proto) == 0)
			return known[i].interval;
	return MINUTE;
}

/* Two heartbeats with nothing between them tell the interval; one that is
 * lost makes it seem longer until the next. */
static void learn(struct receiver *x, const struct protocol *proto, msec at)
{
	msec usual = usual_interval(proto), seen = x->beat == CLOCK_NONE ? 0 : at - x->beat;
	if (x->interval == 0 || (seen > 0 && seen <= BEAT_MOST))
		x->interval = seen > usual && seen <= BEAT_MOST ? seen : usual;
}

void receiver_heard(struct receivers *r, struct receiver *x, const struct account *own, const struct protocol *proto, bool beat,
                    bool again)
{
	msec at = now(r);
	if (again && at - x->fresh >= DEAF)
		miss(x, x->fresh, x->fresh);
	if (!beat && !again)
		x->fresh = at;
	if (beat) {
		x->beats++;
		learn(x, proto, at);
		if (!own && !x->supervised)
			supervise(r, x);
	}
	x->before = x->heard;
	x->heard = at;
	x->beat = beat ? at : CLOCK_NONE;
	if (x->supervised)
		supervision_path_heard(&x->path, x->source, x->interval);
	if (own)
		supervision_heard(r->supervision, own, x->source, 0);
	if (own && x->supervised) {	/* the file names it since it was read again */
		supervision_remove(r->supervision, &x->path);
		x->supervised = false;
	}
}

void receivers_gone(struct receivers *r, const char *source, bool kept)
{
	for (struct receiver *x = r->first; x; x = x->next)
		if (strcmp(x->source, source) == 0 && (kept || x->beats))
			miss(x, x->heard, now(r));
}

void receivers_stored(struct receivers *r, int error)
{
	for (struct receiver *x = r->first; x; x = x->next) {
		if (error) {
			miss(x, x->before, now(r));
			x->unstored = true;
		} else if (x->unstored) {
			x->unstored = false;
			if (now(r) - x->away < PATIENCE)
				x->since = CLOCK_NONE;
		}
	}
}

void receivers_free(struct receivers *r)
{
	for (struct receiver *x = r->first, *next; x; x = next) {
		next = x->next;
		if (x->supervised)
			supervision_remove(r->supervision, &x->path);
		free(x->source);
		free(x);
	}
	r->first = NULL;
}
