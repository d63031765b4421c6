/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes through the whole of DC-09: cut off, read, opened, decoded,
 * explained, answered; and the answer is a frame that we read ourselves. */
#include <stdlib.h>

#include "json/record.h"
#include "proto/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct key key = { .bytes = "0123456789abcdef", .n = 16 };
static struct buf opened, out, reply;
static struct event_list list;

static void print_all(void)
{
	static struct record r;
	const char *why;
	for (unsigned i = 0; i < list.n; i++) {
		buf_reset(&out);
		event_print(&out, &list.event[i], list.n);
		if (out.n < RECORD_MOST && record_parse(&r, buf_view(&out), &why) < 0)
			abort();
	}
}

static void answer(const struct protocol *p, const struct signal *s, const struct context *cx)
{
	struct span frame;
	buf_reset(&reply);
	p->answer(s, cx, A_ACK, &reply);
	if (reply.n && (p->frame(buf_view(&reply), true, &frame) != V_OK || frame.n != reply.n))
		abort();
}

static void take(const struct protocol *p, struct span frame)
{
	struct signal s;
	struct context cx = { .now = 1768335243000, .key = &key, .opened = &opened };
	buf_reset(&opened);
	buf_reset(&out);
	event_list_reset(&list);
	p->explain(frame, &cx, LANG_EN, &out);
	buf_reset(&opened);
	if (p->read(frame, &s) != V_OK)
		return;
	if (s.encrypted)
		p->open(&s, &cx);
	p->events(&s, LANG_EN, &list);
	print_all();
	if (!s.is_answer)
		answer(p, &s, &cx);
}

/* However a connection cuts it: never more than has come, always on, and at
 * the end always a decision. */
static void cut(const struct protocol *p, struct span rest, size_t n)
{
	struct span piece, part = span_sub(rest, 0, n);
	enum verdict v = p->frame(part, false, &piece);
	if (piece.n > part.n || (v != V_MORE && piece.n == 0))
		abort();
	v = p->frame(part, true, &piece);
	if (part.n && (v == V_MORE || piece.n == 0 || piece.n > part.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct protocol *p = protocol_find(SPAN("dc09"));
	struct span rest = span_of(data, size), piece;
	while (rest.n) {
		enum verdict v = p->frame(rest, false, &piece);
		if (piece.n > rest.n || (v != V_MORE && piece.n == 0))
			abort();
		if (v == V_MORE)
			v = p->frame(rest, true, &piece);
		if (v == V_MORE || piece.n == 0 || piece.n > rest.n)
			abort();
		if (v == V_OK || v == V_BAD_CHECK)
			take(p, piece);
		p->neighbour(rest);
		cut(p, rest, data[size - 1] % rest.n);
		rest = span_from(rest, piece.n);
	}
	return 0;
}
