/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the receiver answered?  Each family repeats in its own rhythm, so what
 * comes again shows whether nothing arrives there or a refusal does. */
#include <stdlib.h>

#include "link/exam_view.h"
#include "text/text.h"

#define NAK_REPEATS 20	/* a System III tries 25 times behind a NAK, 4 times behind silence */

static msec usual_gap(const struct view *v, const struct run *r)
{
	msec *gap = xcalloc(r->count + 1, sizeof *gap), before = v->heard[r->first].at;
	size_t n = 0;
	for (size_t i = r->first + 1; i <= r->last; i++)
		if (v->heard[i].hash == v->heard[r->first].hash) {
			gap[n++] = v->heard[i].at - before;
			before = v->heard[i].at;
		}
	msec median = middle(gap, n);
	free(gap);
	return median;
}

static bool counts(const struct heard *h)
{
	return h->sort == HEARD_EVENT || h->sort == HEARD_STATUS;
}

void view_runs(struct view *v)
{
	v->run = xcalloc(v->records + 1, sizeof *v->run);
	for (size_t i = 0; i < v->records; i++) {
		const struct heard *h = &v->heard[i];
		struct run *r = v->runs ? &v->run[v->runs - 1] : NULL;
		if (!counts(h))
			continue;
		if (!r || v->heard[r->first].hash != h->hash) {
			if (r)
				r->followed = true;
			r = &v->run[v->runs++];
			*r = (struct run){ .first = i };
		}
		r->last = i;
		r->count++;
		r->acks += h->acked;
		r->naks += h->refused;
	}
	for (size_t i = 0; i < v->runs; i++)
		v->run[i].gap = usual_gap(v, &v->run[i]);
}

static struct span bytes_of(const struct view *v, const struct run *r)
{
	return v->heard[r->first].frame;
}

static struct finding *found(struct view *v, enum symptom s, unsigned confidence, const struct run *r)
{
	struct finding *f = find(v, s, confidence, bytes_of(v, r));
	detail(f, _("%u times, every %.1f s"), r->count, (double)r->gap / SECOND);
	return f;
}

static unsigned by_count(const struct run *r)
{
	return r->count >= 4 ? 95 : 30 + 15 * r->count;
}

/* Any family: nobody answers, or the answer does not arrive. */
static void silence(struct view *v, const struct run *r)
{
	found(v, r->acks ? SY_ACK_IGNORED : SY_UNANSWERED, by_count(r), r);
}

static void surgard(struct view *v, const struct run *r)
{
	if (r->count >= NAK_REPEATS && r->gap < 2 * SECOND)
		found(v, SY_NAK, 95, r);
	else if (r->count > 1)
		silence(v, r);
}

/* Three NAKs and the record is skipped; silence is never taken for one. */
static void radionics(struct view *v, const struct run *r)
{
	if (r->count == 3 && r->followed && (r->naks || r->gap < 2 * SECOND))
		found(v, SY_SKIPPED, r->naks ? 95 : 75, r);
	else if (r->count > 1)
		silence(v, r);
}

static void bosch(struct view *v, const struct run *r)
{
	if (r->count > 3)
		found(v, SY_REPLY_MALFORMED, 85, r);
	else if (r->count > 1)
		silence(v, r);
}

static bool each_once(const struct view *v, size_t from)
{
	for (size_t i = from; i < v->runs; i++)
		if (v->run[i].count > 1)
			return false;
	return v->runs >= from + 2;
}

static void ademco_685(struct view *v, const struct run *r)
{
	bool twice = r->count == 2 && r->gap >= SECOND && r->gap <= 4 * SECOND && !r->acks;
	size_t behind = (size_t)(r - v->run) + 1;
	while (behind < v->runs && v->run[behind].count == 2)
		behind++;
	if (twice && each_once(v, behind))
		found(v, SY_COMPUTER_FAULT, 85, r);
	else if (r->count > 1)
		silence(v, r);
}

static void fbi(struct view *v, const struct run *r)
{
	if (r->count >= 10)
		found(v, SY_COMPUTER_FAIL, 85, r);
	else if (r->count > 1)
		silence(v, r);
}

static void exprecium(struct view *v, const struct run *r)
{
	if (r->count > 3 && r->gap >= SECOND && r->gap <= 3 * SECOND)
		found(v, SY_NO_ACK_2S, 90, r);
	else if (r->count > 1)
		silence(v, r);
}

static const struct {
	const char *name;
	void (*judge)(struct view *v, const struct run *r);
} families[] = {
	{ "surgard", surgard }, { "radionics-6500", radionics }, { "bosch-sia", bosch }, { "ademco-685", ademco_685 },
	{ "caps", ademco_685 }, { "fbi-cp220", fbi }, { "exprecium", exprecium },
};

static void judge_runs(struct view *v)
{
	void (*judge)(struct view *v, const struct run *r) = NULL;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (is_family(v, families[i].name))
			judge = families[i].judge;
	for (size_t i = 0; i < v->runs; i++)
		if (judge)
			judge(v, &v->run[i]);
		else if (v->run[i].count > 1)
			silence(v, &v->run[i]);
}

/* As it leaves the works a CP-220 neither waits nor repeats. */
static void judge_once(struct view *v)
{
	bool once = v->runs >= 3;
	for (size_t i = 0; i < v->runs; i++)
		once &= v->run[i].count == 1 && !v->run[i].acks;
	if (once && is_family(v, "fbi-cp220"))
		find(v, SY_ACK_DISABLED, 75, bytes_of(v, &v->run[0]));
}

/* Words that no record of a family has. */
static void judge_words(struct view *v)
{
	struct span bytes = buf_view(&v->bytes);
	if (contains(bytes, SPAN("COMPUTER FAIL")))
		find(v, SY_COMPUTER_FAIL, 95, bytes);
}

/* Heartbeats back to back, as the 8000 sends them until one is acknowledged. */
static void judge_heartbeats(struct view *v)
{
	unsigned row = 0;
	for (size_t i = 1; i < v->records; i++) {
		const struct heard *h = &v->heard[i], *before = h - 1;
		bool close = h->sort == HEARD_HEARTBEAT && before->sort == HEARD_HEARTBEAT && h->at - before->at < 2 * SECOND;
		row = close ? row + 1 : 0;
		if (row == 4 && is_family(v, "ademco-8000"))
			find(v, SY_COMPUTER_TROUBLE, 95, h->frame);
		else if (row == 3 && !before->acked && !is_family(v, "ademco-8000"))
			find(v, SY_UNANSWERED, 70, h->frame);
	}
}

static bool ends_itself(const struct view *v, const struct heard *h)
{
	return !is_family(v, "surgard") || h->frame.p[h->frame.n - 1] == 0x14;
}

/* Records that came in one piece. */
static void judge_together(struct view *v)
{
	for (size_t i = 1; i < v->records; i++) {
		const struct heard *h = &v->heard[i], *before = h - 1;
		if (!ends_itself(v, before) && h->hash == before->hash)
			find(v, SY_GLUED, 90, before->frame);
		else if (v->x->over_tcp && h->at == before->at && h->hash != before->hash)
			find(v, SY_MERGED, 80, before->frame);
		else if (v->host && counts(h) && counts(before) && h->hash != before->hash && !before->acked && !before->refused)
			find(v, SY_TALKS_ON, 60, h->frame);
	}
}

void rules_answers(struct view *v)
{
	if (v->out->proto) {
		judge_runs(v);
		judge_once(v);
		judge_heartbeats(v);
		judge_together(v);
	}
	judge_words(v);
}
