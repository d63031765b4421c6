/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which connection a packet belongs to, and which connections are known.
 * What is within one is connection.c's. */
#include "capture/flow.h"

#include <stdlib.h>

#include "capture/connection.h"
#include "crypto/crypto.h"
#include "util/checksum.h"

#define ROOM_LEAST 1024
#define TWICE_SAME INT64_C(1000000)	/* a packet with the same number within this is the same one */
#define TWICE_ALIKE INT64_C(10000)	/* a datagram without a number */

/* Both directions have the same key. */
struct key_pair {
	struct endpoint end[2];
	uint32_t protocol;
};

static struct key_pair key_of(const struct packet *p)
{
	bool turned = memcmp(&p->from, &p->to, sizeof p->from) > 0;
	return (struct key_pair){ .end = { turned ? p->to : p->from, turned ? p->from : p->to }, .protocol = p->protocol };
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * UINT64_C(0x9E3779B97F4A7C15);
	return a ^ a >> 32;
}

static uint64_t hash_of(const struct flows *f, const struct endpoint end[2], uint32_t protocol)
{
	const uint8_t *p = (const uint8_t *)end;
	uint64_t h = mix(f->seed, protocol);
	for (size_t i = 0; i < 2 * sizeof *end; i += 8)
		h = mix(h, span_word64(p + i));
	return h;
}

static struct traffic **chain(struct flows *f, const struct endpoint end[2], uint32_t protocol)
{
	return &f->table[hash_of(f, end, protocol) & (f->room - 1)];
}

static void grow(struct flows *f)
{
	struct traffic **old = f->table;
	size_t room = f->room;
	f->room = room ? room * 2 : ROOM_LEAST;
	f->table = xcalloc(f->room, sizeof *f->table);
	for (size_t i = 0; i < room; i++)
		for (struct traffic *w = old[i], *next; w; w = next) {
			struct traffic **at = chain(f, w->end, w->protocol);
			next = w->chain;
			w->chain = *at;
			*at = w;
		}
	free(old);
}

static void leave_order(struct flows *f, struct traffic *w)
{
	*(w->older ? &w->older->newer : &f->oldest) = w->newer;
	*(w->newer ? &w->newer->older : &f->newest) = w->older;
}

static void become_newest(struct flows *f, struct traffic *w)
{
	w->older = f->newest;
	w->newer = NULL;
	*(f->newest ? &f->newest->newer : &f->oldest) = w;
	f->newest = w;
}

static void forget(struct flows *f, struct traffic *w)
{
	struct traffic **at = chain(f, w->end, w->protocol);
	while (*at != w)
		at = &(*at)->chain;
	*at = w->chain;
	leave_order(f, w);
	f->n--;
	f->unmake(f, w);
}

static struct traffic *find(struct flows *f, const struct key_pair *key)
{
	struct traffic *w = f->room ? *chain(f, key->end, key->protocol) : NULL;
	while (w && (w->protocol != key->protocol || memcmp(w->end, key->end, sizeof w->end) != 0))
		w = w->chain;
	return w;
}

/* The one that has been quiet longest goes; those that have ended are no loss. */
static void make_room(struct flows *f)
{
	struct traffic *w = f->oldest;
	if (!w->over) {
		f->forgotten += w->protocol == IP_TCP;
		flow_finish(f, w, FLOW_FORGOTTEN);
	}
	forget(f, w);
}

static struct traffic *make(struct flows *f, const struct key_pair *key, const struct packet *p)
{
	struct traffic *w = f->make(f, p);
	if (!w)
		return NULL;
	while (f->n >= f->most)
		make_room(f);
	if (f->n >= f->room)
		grow(f);
	memcpy(w->end, key->end, sizeof w->end);
	w->protocol = (uint8_t)key->protocol;
	w->stream[1].side = 1;
	struct traffic **at = chain(f, w->end, w->protocol);
	w->chain = *at;
	*at = w;
	become_newest(f, w);
	if (++f->n > f->n_most)
		f->n_most = f->n;
	return w;
}

/* A bridge or "any" shows a packet on its way in and on its way out.  What is
 * sent once more has another number; a segment without one may be either. */
static bool came_twice(struct traffic *w, unsigned d, const struct packet *p)
{
	bool tcp = p->protocol == IP_TCP;
	uint64_t hash = tcp ? mix(mix((uint64_t)p->seq << 32 | p->ack, p->flags), p->payload.n) : hash_bytes(HASH_START, p->payload);
	int64_t gone = p->at_us - w->last[d].at_us;
	bool alike = w->last[d].hash == hash && w->last[d].ip_id == p->ip_id;
	if (alike && gone >= 0 && gone < (p->ip_id ? TWICE_SAME : tcp ? 0 : TWICE_ALIKE))
		return true;
	w->last[d].hash = hash;
	w->last[d].at_us = p->at_us;
	w->last[d].ip_id = p->ip_id;
	return false;
}

static void take_datagram(struct flows *f, struct traffic *w, unsigned d, const struct packet *p)
{
	if (p->payload.n || p->cut)
		f->bytes(f, w, d, p->payload, &f->now, p->cut);
}

/* A segment without content says nothing about a connection that is not known. */
static bool begins_one(const struct packet *p)
{
	return p->protocol == IP_UDP || (p->flags & TCP_SYN && !(p->flags & TCP_RST)) || p->payload.n || p->cut;
}

static unsigned direction(const struct traffic *w, const struct packet *p)
{
	return !endpoint_eq(&p->from, &w->end[0]);
}

void flows_take(struct flows *f, const struct packet *p)
{
	struct key_pair key = key_of(p);
	f->now = (struct mark){ p->at_us, p->number };
	flows_tick(f, p->at_us);
	f->now = (struct mark){ p->at_us, p->number };
	struct traffic *w = find(f, &key);
	if (w && p->protocol == IP_TCP && flow_is_another(w, direction(w, p), p)) {
		flow_finish(f, w, FLOW_CUT_OFF);
		forget(f, w);
		w = NULL;
	}
	if (!w && (!begins_one(p) || !(w = make(f, &key, p))))
		return;
	if (w != f->newest) {
		leave_order(f, w);
		become_newest(f, w);
	}
	w->last_us = p->at_us;
	unsigned d = direction(w, p);
	if (came_twice(w, d, p)) {
		f->twice++;
		return;
	}
	w->packets[d]++;
	if (p->protocol == IP_UDP)
		take_datagram(f, w, d, p);
	else
		flow_take(f, w, d, p);
}

void flows_init(struct flows *f)
{
	random_bytes(&f->seed, sizeof f->seed);
	f->clock_us = INT64_MIN;
}

void flows_end(struct flows *f)
{
	f->now.at_us = f->clock_us;
	for (struct traffic *w = f->oldest; w; w = w->newer)
		if (!w->over)
			flow_finish(f, w, FLOW_CUT_OFF);
}

void flows_free(struct flows *f)
{
	while (f->oldest)
		forget(f, f->oldest);
	free(f->table);
	f->table = NULL;
	f->room = 0;
}
