/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tally.h"

#include <stdlib.h>

#include "util/checksum.h"

#define ROOM_LEAST 256

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

void delays_add(struct delays *d, int64_t us)
{
	uint32_t value = us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
	if (value > d->most_us)
		d->most_us = value;
	if (d->n == FEW && !d->many) {
		d->many = xcalloc(1, sizeof *d->many);
		for (unsigned i = 0; i < FEW; i++)
			histogram_add(d->many, d->few[i]);
	}
	if (d->many)
		histogram_add(d->many, value);
	else
		d->few[d->n] = value;
	d->n++;
}

int64_t delays_at(struct delays *d, unsigned per_mille)
{
	if (d->many)
		return (int64_t)histogram_at(d->many, per_mille);
	if (d->n == 0)
		return 0;
	qsort(d->few, d->n, sizeof *d->few, by_size);
	size_t place = ((size_t)d->n * per_mille + 999) / 1000;
	return d->few[place ? place - 1 : 0];
}

static struct receiver *new_receiver(struct tally *t)
{
	struct receiver *r = xcalloc(1, sizeof *r);
	t->receiver[t->receivers++] = r;
	return r;
}

/* The last place is kept for all those that have none. */
struct receiver *tally_receiver(struct tally *t, const struct endpoint *end, uint8_t protocol, const char *source,
                                const struct protocol *proto)
{
	for (unsigned i = 0; i < t->receivers; i++) {
		struct receiver *r = t->receiver[i];
		if (r->protocol == protocol && endpoint_eq(&r->end, end) && r->proto == proto)
			return r;
	}
	if (t->receivers == RECEIVERS_MOST)
		return t->receiver[RECEIVERS_MOST - 1];
	struct receiver *r = new_receiver(t);
	if (t->receivers == RECEIVERS_MOST)
		return r;
	r->end = *end;
	r->protocol = protocol;
	r->source = source;
	r->proto = proto;
	return r;
}

static uint64_t hash_of(const char *source, struct span account)
{
	uint64_t hash = hash_nocase(hash_bytes(HASH_START, span_str(source)), account);
	return hash ^ hash >> 32;
}

static struct panel **chain(struct tally *t, const char *source, struct span account)
{
	return &t->table[hash_of(source, account) & (t->room - 1)];
}

static void grow(struct tally *t)
{
	free(t->table);
	t->room = t->room ? t->room * 2 : ROOM_LEAST;
	t->table = xcalloc(t->room, sizeof *t->table);
	for (size_t i = 0; i < t->panels; i++) {
		struct panel *p = t->panel[i], **at = chain(t, p->source, span_str(p->account));
		p->chain = *at;
		*at = p;
	}
	t->panel = xrealloc(t->panel, t->room * sizeof *t->panel);
}

static struct panel *beyond(struct tally *t)
{
	if (!t->others)
		t->others = xcalloc(1, sizeof *t->others);
	return t->others;
}

struct panel *tally_panel(struct tally *t, const char *source, struct span account)
{
	struct panel *p = t->room ? *chain(t, source, account) : NULL;
	while (p && !(strcmp(p->source, source) == 0 && span_eq_nocase(span_str(p->account), account)))
		p = p->chain;
	if (p)
		return p;
	if (t->panels == t->panels_most)
		return beyond(t);
	if (t->panels >= t->room)
		grow(t);
	p = xcalloc(1, sizeof *p);
	p->source = source;
	p->account = xcalloc(1, account.n + 1);
	if (account.n)
		memcpy(p->account, account.p, account.n);
	struct panel **at = chain(t, source, account);
	p->chain = *at;
	*at = p;
	t->panel[t->panels++] = p;
	return p;
}

void counts_frame(struct counts *c, int64_t at_us)
{
	if (c->frames++ == 0) {
		c->first_us = c->last_us = at_us;
	} else if (at_us - c->last_us > c->silence_us) {
		c->silence_us = at_us - c->last_us;
		c->silence_from_us = c->last_us;
	}
	if (at_us > c->last_us)
		c->last_us = at_us;
}

void counts_malformed(struct counts *c, int64_t at_us, struct span bytes, const char *why)
{
	if (c->malformed++)
		return;
	c->malformed_us = at_us;
	c->malformed_why = why;
	c->example_n = (uint8_t)(bytes.n < EXAMPLE ? bytes.n : EXAMPLE);
	if (c->example_n)
		memcpy(c->example, bytes.p, c->example_n);
}

void counts_answer(struct counts *c, enum answer a, int64_t delay_us)
{
	if (a == A_NONE) {
		c->unanswered++;
		return;
	}
	c->answered++;
	c->naks += a == A_NAK;
	c->duhs += a == A_DUH;
	delays_add(&c->delay, delay_us);
}

void panel_poll(struct panel *p, int64_t at_us)
{
	int64_t gone = (at_us - p->poll_us + 500000) / 1000000;
	if (p->count.polls++ && gone >= 0)
		p->period_s[p->periods++ % PERIODS] = (uint32_t)gone;
	p->poll_us = at_us;
}

void panel_drift(struct panel *p, int64_t ms)
{
	int32_t drift = ms > INT32_MAX ? INT32_MAX : ms < INT32_MIN ? INT32_MIN : (int32_t)ms;
	if (!p->has_drift || drift < p->drift_least_ms)
		p->drift_least_ms = drift;
	if (!p->has_drift || drift > p->drift_most_ms)
		p->drift_most_ms = drift;
	p->drift_ms = drift;
	p->has_drift = true;
}

int64_t counts_silence(const struct counts *c, int64_t end_us, int64_t *from_us)
{
	bool last = c->frames && end_us - c->last_us > c->silence_us;
	*from_us = last ? c->last_us : c->silence_from_us;
	return last ? end_us - c->last_us : c->silence_us;
}

uint32_t panel_period(const struct panel *p)
{
	uint32_t sorted[PERIODS];
	unsigned n = p->periods < PERIODS ? p->periods : PERIODS;
	if (n == 0)
		return 0;
	memcpy(sorted, p->period_s, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_size);
	return sorted[n / 2];
}

static void panel_free(struct panel *p)
{
	if (!p)
		return;
	free(p->count.delay.many);
	free(p->account);
	free(p);
}

void tally_free(struct tally *t)
{
	for (size_t i = 0; i < t->panels; i++)
		panel_free(t->panel[i]);
	panel_free(t->others);
	for (unsigned i = 0; i < t->receivers; i++) {
		free(t->receiver[i]->count.delay.many);
		free(t->receiver[i]);
	}
	free(t->panel);
	free(t->table);
}
