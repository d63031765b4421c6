/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/connection.h"

#include <stdlib.h>

#include "loop/loop.h"

#define BEHIND_MOST (1 << 20)	/* no copy is older than a window */
#define AHEAD_MOST (64 << 20)	/* no capture loses more in one piece and still knows the connection */
#define REUSE INT64_C(120000000)	/* after so long the ports are another connection's */

static struct traffic *flow_of(struct stream *s)
{
	return s->side ? OWNER(s, struct traffic, stream[1]) : OWNER(s, struct traffic, stream[0]);
}

static bool is_ahead(const struct stream *s, uint32_t seq)
{
	return s->known && seq_diff(seq, s->next) > 0;
}

bool flow_is_another(const struct traffic *w, unsigned d, const struct packet *p)
{
	const struct stream *s = &w->stream[d];
	if (p->flags & TCP_RST)
		return false;
	if (p->flags & TCP_SYN)
		return s->known ? p->seq + 1 != s->first : w->over;
	if (p->payload.n + p->cut == 0 || !s->known)
		return false;
	int32_t gone = seq_diff(p->seq, s->next);
	if (gone < -BEHIND_MOST || gone > AHEAD_MOST)
		return true;
	return w->over && (gone >= 0 || p->at_us - w->last_us > REUSE);
}

/* A list of those that wait, in the order in which they began. */
static void wait_in(struct flows *f, struct stream *s, struct waits *in)
{
	if (s->in == in)
		return;
	if (s->in) {
		*(s->earlier ? &s->earlier->later : &s->in->first) = s->later;
		*(s->later ? &s->later->earlier : &s->in->last) = s->earlier;
	}
	s->in = in;
	if (!in)
		return;
	s->since_us = f->clock_us;
	s->earlier = in->last;
	s->later = NULL;
	*(in->last ? &in->last->later : &in->first) = s;
	in->last = s;
}

/* Has the other side acknowledged what is not here? */
static bool is_proven(const struct stream *s)
{
	return s->has_acked && is_ahead(s, s->acked);
}

static void keep_waiting(struct flows *f, struct stream *s)
{
	bool waits = s->known && !s->over && (s->held || s->has_end || is_proven(s));
	wait_in(f, s, !waits ? NULL : is_proven(s) ? &f->proven : &f->unproven);
}

static bool is_blocked(const struct traffic *w, unsigned d, const struct segment *g)
{
	return g->has_ack && is_ahead(&w->stream[!d], g->ack);
}

static bool may_go(const struct traffic *w, unsigned d)
{
	const struct segment *g = w->stream[d].held;
	return g && !w->stream[d].over && g->seq == w->stream[d].next && !is_blocked(w, d, g);
}

static void give(struct flows *f, struct traffic *w, unsigned d, bool filled)
{
	struct stream *s = &w->stream[d];
	struct segment *g = stream_take(s);
	/* Behind bytes that had to be sent again it was received only now. */
	struct mark own = { g->at_us, g->number };
	f->held -= sizeof *g + g->n;
	s->next += g->n;
	f->bytes(f, w, d, span_of(g->bytes, g->n), filled ? &f->now : &own, 0);
	free(g);
}

static void reach_end(struct flows *f, struct traffic *w, unsigned d)
{
	struct stream *s = &w->stream[d];
	if (s->over || !s->has_end || seq_diff(s->end, s->next) > 0)
		return;
	s->over = true;
	s->next += s->next == s->end;	/* FIN counts as a byte */
	f->half(f, w, d, &f->now);
}

/* Gives out what can be given; `filled` is the direction whose hole was filled, 2: none. */
static void drain(struct flows *f, struct traffic *w, unsigned filled)
{
	bool again;
	do {
		again = false;
		for (unsigned d = 0; d < 2; d++) {
			uint32_t before = w->stream[d].next;
			while (may_go(w, d))
				give(f, w, d, d == filled);
			reach_end(f, w, d);
			again |= w->stream[d].next != before;
		}
	} while (again);
}

static void skip_to(struct flows *f, struct traffic *w, unsigned d, uint32_t to)
{
	struct stream *s = &w->stream[d];
	uint32_t n = to - s->next;
	struct mark at = s->held ? (struct mark){ s->held->at_us, s->held->number } : f->now;
	s->next = to;
	f->gaps++;
	f->gap_bytes += n;
	f->missing(f, w, d, n, &at);
}

/* Direction d waits for what the other direction has not shown. */
static void stop_waiting_for_other(struct flows *f, struct traffic *w, unsigned d)
{
	struct segment *g = w->stream[d].held;
	struct stream *o = &w->stream[!d];
	uint32_t to = o->held && seq_diff(o->held->seq, g->ack) < 0 ? o->held->seq : g->ack;
	if (to == o->next || o->over)
		g->has_ack = false;
	else
		skip_to(f, w, !d, to);
}

/* False when there was nothing to wait for. */
static bool stop_waiting(struct flows *f, struct traffic *w, unsigned d)
{
	struct stream *s = &w->stream[d];
	if (s->over)
		return false;
	if (s->held && s->held->seq == s->next) {
		stop_waiting_for_other(f, w, d);
	} else {
		uint32_t to = s->next;
		if (s->held)
			to = s->held->seq;
		else if (s->has_end)
			to = s->end;
		if (is_proven(s) && (to == s->next || seq_diff(s->acked, to) < 0))
			to = s->acked;
		if (to == s->next)
			return false;
		skip_to(f, w, d, to);
	}
	drain(f, w, 2);
	return true;
}

static void settle(struct flows *f, struct traffic *w)
{
	if (w->stream[0].over && w->stream[1].over && !w->ending) {
		flow_finish(f, w, FLOW_CLOSED);
		return;
	}
	keep_waiting(f, &w->stream[0]);
	keep_waiting(f, &w->stream[1]);
}

static void give_up_first(struct flows *f, struct waits *in)
{
	struct stream *s = in->first;
	struct traffic *w = flow_of(s);
	wait_in(f, s, NULL);
	stop_waiting(f, w, s->side);
	settle(f, w);
}

static bool is_due(const struct flows *f, const struct waits *in, int64_t patience)
{
	return in->first && f->clock_us - in->first->since_us > patience;
}

void flows_tick(struct flows *f, int64_t now_us)
{
	if (now_us > f->clock_us)
		f->clock_us = now_us;
	while (is_due(f, &f->proven, GRACE))
		give_up_first(f, &f->proven);
	while (is_due(f, &f->unproven, PATIENCE))
		give_up_first(f, &f->unproven);
	while (f->held > f->held_most && (f->proven.first || f->unproven.first)) {
		f->squeezed++;
		give_up_first(f, f->proven.first ? &f->proven : &f->unproven);
	}
}

static void hold(struct flows *f, struct traffic *w, unsigned d, const struct segment *head, struct span bytes)
{
	struct stream *s = &w->stream[d];
	f->held += stream_hold(s, head, bytes);
	drain(f, w, d);
	if (s->held_n > f->stream_most) {
		f->squeezed++;
		while (s->held_n > f->stream_most && stop_waiting(f, w, d))
			;
	}
}

static void take_bytes(struct flows *f, struct traffic *w, unsigned d, const struct packet *p, uint32_t seq)
{
	struct stream *s = &w->stream[d];
	struct span bytes = p->payload;
	int32_t gone = seq_diff(seq, s->next);
	if (gone < 0) {
		/* A keepalive has the number of a byte that was acknowledged. */
		w->again += !(gone == -1 && bytes.n <= 1);
		bytes = span_from(bytes, (size_t)-(int64_t)gone);
		seq = s->next;
	}
	if (bytes.n == 0 || s->over)
		return;
	struct segment head = { .at_us = p->at_us, .number = p->number, .seq = seq, .ack = p->ack, .has_ack = p->flags & TCP_ACK };
	if (head.has_ack && seq_diff(p->ack, w->stream[!d].next) > AHEAD_MOST)
		head.has_ack = false;
	if (s->held || seq != s->next || is_blocked(w, d, &head)) {
		hold(f, w, d, &head, bytes);
	} else {
		s->next += (uint32_t)bytes.n;
		f->bytes(f, w, d, bytes, &f->now, 0);
	}
}

static void take_ack(struct traffic *w, unsigned d, const struct packet *p)
{
	struct stream *o = &w->stream[!d];
	if (!o->known) {
		/* Only behind a beginning is it sure that nothing came before. */
		if (!w->began || !w->stream[d].known)
			return;
		o->known = true;
		o->first = o->next = p->ack;
	}
	if (seq_diff(p->ack, o->next) > AHEAD_MOST || (o->has_acked && seq_diff(p->ack, o->acked) <= 0))
		return;
	o->has_acked = true;
	o->acked = p->ack;
}

/* A reset counts when it could have come from the other end. */
static bool resets(const struct traffic *w, unsigned d, const struct packet *p)
{
	const struct stream *s = &w->stream[d];
	int32_t gone = seq_diff(p->seq, s->next);
	return !s->known || (gone >= -BEHIND_MOST && gone <= BEHIND_MOST);
}

static void take_reset(struct flows *f, struct traffic *w, unsigned d, const struct packet *p)
{
	if (w->over || !resets(w, d, p))
		return;
	w->refused = w->began && !w->stream[d].known;
	flow_finish(f, w, FLOW_RESET);
}

static void take_syn(struct traffic *w, unsigned d, const struct packet *p)
{
	struct stream *s = &w->stream[d];
	if (s->known) {
		w->again++;
		return;
	}
	w->began = true;
	s->known = true;
	s->first = s->next = p->seq + 1;
}

void flow_take(struct flows *f, struct traffic *w, unsigned d, const struct packet *p)
{
	struct stream *s = &w->stream[d];
	uint32_t seq = p->seq + (p->flags & TCP_SYN ? 1 : 0);
	if (p->flags & TCP_RST) {
		take_reset(f, w, d, p);
		return;
	}
	if (w->over) {
		w->again += p->payload.n != 0;
		return;
	}
	if (p->flags & TCP_SYN)
		take_syn(w, d, p);
	if (!s->known && p->payload.n + p->cut) {
		s->known = true;
		s->first = s->next = seq;
	}
	if (p->flags & TCP_ACK)
		take_ack(w, d, p);
	if (!s->known)
		return;
	if (p->flags & TCP_FIN && !s->has_end) {
		s->has_end = true;
		s->end = seq + (uint32_t)p->payload.n + p->cut;
	}
	if (p->payload.n)
		take_bytes(f, w, d, p, seq);
	drain(f, w, 2);
	settle(f, w);
}

void flow_finish(struct flows *f, struct traffic *w, enum flow_end how)
{
	bool more = true;
	if (w->over)
		return;
	w->ending = true;
	drain(f, w, 2);
	while (more) {
		const struct segment *a = w->stream[0].held, *b = w->stream[1].held;
		unsigned first = a && b ? a->at_us > b->at_us : !a;
		more = stop_waiting(f, w, first) || stop_waiting(f, w, !first);
	}
	for (unsigned d = 0; d < 2; d++) {
		wait_in(f, &w->stream[d], NULL);
		f->held -= stream_drop(&w->stream[d]);
	}
	w->over = true;
	f->ended(f, w, how, &f->now);
}
