/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any packets through link layers, fragments and connections; then any
 * segments of one connection: each byte is given out once, in order, or
 * counted as missing, and memory stays within its bounds. */
#include <stdlib.h>

#include "capture/flow.h"
#include "util/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 4
#define HELD 8192

static size_t given;

static struct traffic *make(struct flows *f, const struct packet *first)
{
	(void)f;
	(void)first;
	return xcalloc(1, sizeof(struct traffic));
}

static void unmake(struct flows *f, struct traffic *w)
{
	(void)f;
	if (!w->over)
		abort();
	free(w);
}

static void bytes(struct flows *f, struct traffic *w, unsigned d, struct span s, const struct mark *at, uint32_t cut)
{
	volatile uint8_t touch = 0;
	(void)at;
	(void)cut;
	if (w->over || d > 1)
		abort();
	for (size_t i = 0; i < s.n; i++)
		touch = (uint8_t)(touch ^ s.p[i]);
	given += s.n;
	if (f->held > HELD + 70000)
		abort();
}

static void lost(struct flows *f, struct traffic *w, unsigned d, uint32_t n, const struct mark *at)
{
	(void)f;
	(void)d;
	(void)at;
	if (w->over || n == 0 || n > INT32_MAX)
		abort();
}

static void half(struct flows *f, struct traffic *w, unsigned d, const struct mark *at)
{
	(void)f;
	(void)at;
	if (w->over || d > 1)
		abort();
}

static void ended(struct flows *f, struct traffic *w, enum flow_end how, const struct mark *at)
{
	(void)f;
	(void)how;
	(void)at;
	if (!w->over)
		abort();
}

static void take_packets(struct flows *f, struct cursor *c)
{
	static const int links[] = { 1, 113, 276, 0, 108, 101, 12, 14, 228, 229, 147 };
	struct packets p = { .any_sum = cursor_u8(c) & 1 };
	uint64_t number = 0;
	while (!cursor_end(c)) {
		struct packet packet = { .number = ++number };
		int link = links[cursor_u8(c) % (sizeof links / sizeof *links)];
		packet.at_us = (int64_t)number * 1000 * (1 + cursor_u8(c));
		size_t n = cursor_u16(c) % 300, wire = n + cursor_u8(c) % 3;
		struct span piece = span_sub(c->rest, 0, n);
		cursor_take(c, piece.n);
		if (packet_read(&p, link, piece, piece.n + wire - n, &packet) && packet_is_sound(&p, &packet))
			flows_take(f, &packet);
	}
	packets_free(&p);
}

static void take_segments(struct flows *f, struct cursor *c)
{
	static const uint8_t payload[256];
	static const uint8_t flags[] = { 16, 16, 16, 16, 16, 2, 18, 17, 4, 20, 24, 0 };
	int64_t now = 0;
	while (!cursor_end(c)) {
		uint8_t what = cursor_u8(c);
		unsigned d = what >> 7;
		struct packet p = { .at_us = now += (int64_t)cursor_u8(c) * 10000, .protocol = IP_TCP };
		p.from = (struct endpoint){ { 1, 2, 3, (uint8_t)(d ? 4 : 5) }, (uint16_t)(d ? 6001 : 5000 + (what >> 4 & 7)), 4 };
		p.to = (struct endpoint){ { 1, 2, 3, (uint8_t)(d ? 5 : 4) }, (uint16_t)(d ? 5000 + (what >> 4 & 7) : 6001), 4 };
		p.flags = flags[(what & 15) % sizeof flags];
		p.seq = 0xFFFFFF80u + cursor_u16(c) % 1024;
		p.ack = 0xFFFFFF80u + cursor_u16(c) % 1024;
		p.payload = span_of(payload, cursor_u8(c));
		p.cut = what == 0x77 ? 3 : 0;
		flows_take(f, &p);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_over(span_of(data, size));
	struct flows f = {
		.most = MOST, .held_most = HELD, .stream_most = HELD / 2, .make = make, .unmake = unmake, .bytes = bytes,
		.missing = lost, .half = half, .ended = ended,
	};
	flows_init(&f);
	if (cursor_u8(&c) & 1)
		take_packets(&f, &c);
	else
		take_segments(&f, &c);
	flows_end(&f);
	if (f.held != 0 || f.proven.first || f.unproven.first || f.n > MOST)
		abort();
	flows_free(&f);
	return 0;
}
