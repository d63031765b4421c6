/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes through each protocol of hardware receivers: cut off, read, as
 * events, answered; however a connection cuts them. */
#include <stdlib.h>

#include "json/record.h"
#include "proto/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf out, reply;
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

static void take(const struct protocol *p, struct span frame)
{
	struct signal s;
	struct context cx = { 0 };
	enum verdict v = p->read(frame, &s);
	signal_damage(&s);
	buf_reset(&reply);
	p->answer(&s, &cx, v == V_OK ? A_ACK : A_NAK, &reply);
	if (v != V_OK)
		return;
	event_list_reset(&list);
	p->events(&s, LANG_FR, &list);
	if (list.n == 0 && !s.poll && !s.is_answer)
		abort();	/* a record that nobody would hear of */
	print_all();
}

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

static void all(const struct protocol *p, struct span rest)
{
	struct span piece;
	uint8_t last = rest.n ? rest.p[rest.n - 1] : 0;
	while (rest.n) {
		enum verdict v = p->frame(rest, false, &piece);
		if (piece.n > rest.n || (v != V_MORE && piece.n == 0) || (v == V_MORE && rest.n >= p->most))
			abort();
		if (v == V_MORE)
			v = p->frame(rest, true, &piece);
		if (v == V_MORE || piece.n == 0 || piece.n > rest.n)
			abort();
		if (v == V_OK) {
			struct signal s;
			if (p->read(piece, &s) != V_OK)
				abort();	/* read() must take what frame() took for whole */
		}
		take(p, piece);
		if (p->neighbour)
			p->neighbour(rest);
		cut(p, rest, last % rest.n);
		rest = span_from(rest, piece.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (const struct protocol *const *p = protocols; *p; p++)
		if ((*p)->one_at_a_time)
			all(*p, span_of(data, size));
	return 0;
}
