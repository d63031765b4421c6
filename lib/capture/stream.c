/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/stream.h"

#include <stdlib.h>

static struct segment *copy(const struct segment *head, uint32_t from, struct span bytes)
{
	struct segment *g = xrealloc(NULL, sizeof *g + bytes.n);
	*g = *head;
	g->seq = from;
	g->n = (uint32_t)bytes.n;
	memcpy(g->bytes, bytes.p, bytes.n);
	return g;
}

/* Up to where the hole at `at` reaches before a segment that is here already. */
static size_t room(const struct segment *next, uint32_t at, size_t n)
{
	int32_t hole = next ? seq_diff(next->seq, at) : INT32_MAX;
	return (int64_t)n < hole ? n : (size_t)hole;
}

size_t stream_hold(struct stream *s, const struct segment *head, struct span bytes)
{
	struct segment **place = &s->held;
	uint32_t at = head->seq;
	size_t grown = 0;
	while (bytes.n) {
		while (*place && seq_diff((*place)->seq + (*place)->n, at) <= 0)
			place = &(*place)->next;
		struct segment *next = *place;
		if (next && seq_diff(next->seq, at) <= 0) {
			/* The first copy stays. */
			size_t here = next->n - (at - next->seq);
			here = here < bytes.n ? here : bytes.n;
			at += (uint32_t)here;
			bytes = span_from(bytes, here);
			continue;
		}
		size_t n = room(next, at, bytes.n);
		struct segment *g = copy(head, at, span_sub(bytes, 0, n));
		g->next = next;
		*place = g;
		grown += sizeof *g + n;
		at += (uint32_t)n;
		bytes = span_from(bytes, n);
	}
	s->held_n += grown;
	return grown;
}

struct segment *stream_take(struct stream *s)
{
	struct segment *g = s->held;
	s->held = g->next;
	s->held_n -= sizeof *g + g->n;
	return g;
}

size_t stream_drop(struct stream *s)
{
	size_t n = s->held_n;
	while (s->held)
		free(stream_take(s));
	return n;
}
