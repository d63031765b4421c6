/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exchange.h"

#include <stdlib.h>

static struct buf *buffers(struct exchange *e, unsigned i)
{
	struct buf *all[] = { &e->record, &e->wanted[0], &e->wanted[1] };
	return all[i];
}

struct exchange *queue_add(struct queue *q)
{
	struct exchange *e = q->spare;
	if (e) {
		struct buf keep[3];
		q->spare = e->next;
		for (unsigned i = 0; i < 3; i++)
			keep[i] = *buffers(e, i);
		*e = (struct exchange){ 0 };
		for (unsigned i = 0; i < 3; i++) {
			*buffers(e, i) = keep[i];
			buf_reset(buffers(e, i));
		}
	} else {
		e = xcalloc(1, sizeof *e);
	}
	*(q->last ? &q->last->next : &q->first) = e;
	q->last = e;
	q->n++;
	return e;
}

void queue_drop(struct queue *q)
{
	struct exchange *e = q->first;
	q->first = e->next;
	if (!q->first)
		q->last = NULL;
	q->n--;
	q->bytes -= e->record.n;
	e->next = q->spare;
	q->spare = e;
}

static void free_all(struct exchange *e)
{
	for (struct exchange *next; e; e = next) {
		next = e->next;
		for (unsigned i = 0; i < 3; i++)
			buf_free(buffers(e, i));
		free(e);
	}
}

void queue_free(struct queue *q)
{
	free_all(q->first);
	free_all(q->spare);
	*q = (struct queue){ 0 };
}
