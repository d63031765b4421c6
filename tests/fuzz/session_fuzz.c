/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections of the protocols of a conversation: the first byte chooses
 * which, the second how the bytes are cut.  Whatever comes, each byte is
 * taken once, what is recorded can be read again, and what we say is short. */
#include <stdlib.h>

#include "proto/session.h"

#define SAID_MOST ((size_t)1 << 16)	/* for one frame */

static const struct key key = { .n = 16, .bytes = "0123456789ABCDEF" };
static struct event_list list;
static struct buf reply, opened;

static void must(bool good)
{
	if (!good)
		abort();
}

/* As reception does. */
static void take_frame(const struct protocol *p, struct session *t)
{
	struct signal s;
	if (p->read(buf_view(&t->whole), &s) != V_OK)
		return;
	buf_reset(&opened);
	struct context cx = { .session = t, .key = s.encrypted ? &key : NULL, .opened = &opened };
	if (s.encrypted && p->open)
		p->open(&s, &cx);
	event_list_reset(&list);
	p->events(&s, LANG_EN, &list);
	p->answer(&s, &cx, t->now % 5 ? A_ACK : A_DUH, &reply);
	t->files = 0;
}

/* Gives what is left of the bytes. */
static size_t take(const struct protocol *p, struct session *t, struct span in, bool at_end)
{
	size_t taken = 0;
	while (taken < in.n && !t->over) {
		struct span rest = span_from(in, taken), frame = { 0 };
		buf_reset(&t->whole);
		buf_reset(&reply);
		enum verdict v = p->conversation->frame(t, rest, at_end, &frame, &reply);
		must(frame.n <= rest.n && (frame.n == 0 || frame.p == rest.p));
		must(frame.n || v == V_MORE);
		if (v == V_OK && t->whole.n)
			take_frame(p, t);
		must(reply.n <= SAID_MOST);
		taken += frame.n;
		if (frame.n == 0)
			break;
	}
	return in.n - taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct protocol *talking[32];
	static unsigned n;
	static struct keys keys;
	struct common common = { .keys = &keys, .keeps_files = true };
	if (n == 0)
		for (const struct protocol *const *p = protocols; *p; p++)
			if ((*p)->conversation)
				talking[n++] = *p;
	if (size < 3)
		return 0;
	const struct protocol *p = talking[data[0] % n];
	unsigned step = data[1] % 64 + 1;
	struct span all = span_of(data + 2, size - 2);
	struct session *t = session_new(p, &common, 1000, &reply);
	size_t have = 0;
	for (size_t end = 0; end < all.n && !t->over;) {
		end = end + step < all.n ? end + step : all.n;
		t->now += step;
		size_t left = take(p, t, span_sub(all, have, end - have), end == all.n);
		have = end - left;
		if (t->due != CLOCK_NONE && t->now >= t->due && p->conversation->due)
			t->over |= !p->conversation->due(t, &reply);
	}
	if (p->conversation->left)
		p->conversation->left(t);
	must(common.held == 0 || !p->conversation->left);
	session_free(t);
	return 0;
}
