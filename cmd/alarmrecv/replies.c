/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replies.h"

#include <stdlib.h>

#include "peer.h"

static struct reply *at(struct replies *q, uint64_t number)
{
	return &q->ring[number & (q->room - 1)];
}

static void grow(struct replies *q)
{
	struct replies old = *q;
	q->room = old.room ? old.room * 2 : 256;
	q->ring = xcalloc(q->room, sizeof *q->ring);
	for (uint64_t i = q->first; i < q->end; i++)
		*at(q, i) = *at(&old, i);
	free(old.ring);
}

static struct reply *add(struct replies *q, uint64_t seq)
{
	if (replies_waiting(q) == q->room)
		grow(q);
	struct reply *r = at(q, q->end++);
	*r = (struct reply){ .seq = seq };
	return r;
}

void replies_wait(struct replies *q, struct peer *p, uint64_t seq, size_t n)
{
	struct reply *r = add(q, seq);
	r->peer = p;
	r->n = n;
	p->waiting++;
	p->last_reply = q->end - 1;
}

static void make_ready(struct replies *q, struct peer *p, size_t n)
{
	p->may_leave += n;
	if (p->is_ready)
		return;
	p->is_ready = true;
	p->next_ready = q->ready;
	q->ready = p;
}

void replies_follow(struct replies *q, struct peer *p, size_t n)
{
	if (p->waiting)
		at(q, p->last_reply)->n += n;
	else
		make_ready(q, p, n);
}

void replies_post(struct replies *q, int fd, const struct route *route, uint64_t seq, struct span bytes)
{
	struct letter *l = xcalloc(1, sizeof *l + bytes.n);
	l->route = *route;
	l->fd = fd;
	l->n = bytes.n;
	memcpy(l->bytes, bytes.p, bytes.n);
	add(q, seq)->letter = l;
}

/* A lost answer over UDP is the panel's to ask for again. */
static void send_letter(struct letter *l)
{
	(void)udp_send(l->fd, span_of(l->bytes, l->n), &l->route);
	free(l);
}

void replies_stored(struct replies *q, uint64_t seq)
{
	for (; q->first < q->end && at(q, q->first)->seq <= seq; q->first++) {
		struct reply *r = at(q, q->first);
		if (r->letter) {
			send_letter(r->letter);
			continue;
		}
		r->peer->waiting--;
		if (!peer_gone(r->peer))
			make_ready(q, r->peer, r->n);
		else
			peer_bury(r->peer);
	}
}

void replies_failed(struct replies *q)
{
	for (; q->first < q->end; q->first++) {
		struct reply *r = at(q, q->first);
		free(r->letter);
		if (!r->peer)
			continue;
		r->peer->waiting--;
		if (!peer_gone(r->peer))
			peer_unanswered(r->peer);
		else
			peer_bury(r->peer);
	}
}

void replies_send(struct replies *q)
{
	struct peer *p = q->ready, *next;
	q->ready = NULL;
	for (; p; p = next) {
		next = p->next_ready;
		p->is_ready = false;
		p->next_ready = NULL;
		if (!peer_gone(p))
			peer_send(p);
	}
}

void replies_free(struct replies *q)
{
	free(q->ring);
	*q = (struct replies){ 0 };
}
