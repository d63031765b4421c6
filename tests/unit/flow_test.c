/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections in every disorder: what comes out is what was sent, in order,
 * or a gap says how much is missing; and memory stays within its bounds. */
#include <stdlib.h>

#include "capture/flow.h"

#include "../tap.h"

#define STREAM 4000	/* bytes of one direction */

static struct buf got[2];
static uint32_t missing[2];
static unsigned begun, over, freed;
static enum flow_end how;

static struct traffic *make(struct flows *f, const struct packet *first)
{
	(void)f;
	(void)first;
	begun++;
	return xcalloc(1, sizeof(struct traffic));
}

static void unmake(struct flows *f, struct traffic *w)
{
	(void)f;
	freed++;
	free(w);
}

static void bytes(struct flows *f, struct traffic *w, unsigned d, struct span s, const struct mark *at, uint32_t cut)
{
	(void)f;
	(void)w;
	(void)at;
	(void)cut;
	buf_span(&got[d], s);
}

static void lost(struct flows *f, struct traffic *w, unsigned d, uint32_t n, const struct mark *at)
{
	(void)f;
	(void)w;
	(void)at;
	missing[d] += n;
}

static void half(struct flows *f, struct traffic *w, unsigned d, const struct mark *at)
{
	(void)f;
	(void)w;
	(void)d;
	(void)at;
}

static void ended(struct flows *f, struct traffic *w, enum flow_end end, const struct mark *at)
{
	(void)f;
	(void)w;
	(void)at;
	over++;
	how = end;
}

static void start(struct flows *f)
{
	*f = (struct flows){
		.most = 100, .held_most = 1 << 20, .stream_most = 1 << 20, .make = make, .unmake = unmake, .bytes = bytes,
		.missing = lost, .half = half, .ended = ended,
	};
	flows_init(f);
	buf_reset(&got[0]);
	buf_reset(&got[1]);
	missing[0] = missing[1] = begun = over = freed = 0;
}

static const uint32_t first_seq[2] = { 0xFFFFF800u, 0x7FFFFF00u };	/* both pass a border within */
static int64_t now_us;
static uint8_t stream[2][STREAM];

static void send(struct flows *f, unsigned d, uint8_t flags, uint32_t at, uint32_t n, uint32_t acked)
{
	struct packet p = { .at_us = now_us += 100, .number = 1, .protocol = IP_TCP, .flags = flags };
	struct endpoint end[2] = { { { 192, 0, 2, 7 }, 51234, 4 }, { { 192, 0, 2, 9 }, 6001, 4 } };	/* in the order that flow.c puts them in */
	p.from = end[d];
	p.to = end[!d];
	p.seq = first_seq[d] + at;
	p.ack = first_seq[!d] + acked;
	p.payload = span_of(stream[d] + (at - 1), flags & TCP_SYN ? 0 : n);
	flows_take(f, &p);
}

static void handshake(struct flows *f)
{
	send(f, 0, TCP_SYN, 0, 0, 0);
	send(f, 1, TCP_SYN | TCP_ACK, 0, 0, 1);
	send(f, 0, TCP_ACK, 1, 0, 1);
}

static void finish(struct flows *f)
{
	flows_end(f);
	ok(f->held == 0, "nothing is held behind the end");
	flows_free(f);
	ok(begun == freed && over == begun, "everything that was made is freed");
}

struct piece {
	unsigned d;
	uint32_t at, n;
};

static uint32_t chance(uint32_t below)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % below;
}

/* All of both streams in pieces that overlap, in any order, some twice. */
static unsigned cut(struct piece pieces[], unsigned room)
{
	unsigned n = 0;
	for (unsigned d = 0; d < 2; d++)
		for (uint32_t at = 0; at < STREAM && n + 2 < room;) {
			uint32_t more = 1 + chance(200), back = chance(20);
			struct piece p = { d, at > back ? at - back : 0, 0 };
			uint32_t end = at + more < STREAM ? at + more : STREAM;
			p.n = end - p.at;
			pieces[n++] = p;
			if (chance(8) == 0)
				pieces[n++] = p;
			at = end;
		}
	for (unsigned i = n; i > 1; i--) {
		unsigned j = chance(i);
		struct piece swap = pieces[i - 1];
		pieces[i - 1] = pieces[j];
		pieces[j] = swap;
	}
	return n;
}

static void any_order(void)
{
	static struct piece pieces[2000];
	bool same = true, whole = true;
	for (unsigned round = 0; round < 300; round++) {
		struct flows f;
		start(&f);
		handshake(&f);
		unsigned n = cut(pieces, 2000);
		for (unsigned i = 0; i < n; i++)
			send(&f, pieces[i].d, TCP_ACK, 1 + pieces[i].at, pieces[i].n, 1);
		for (unsigned d = 0; d < 2; d++) {
			same &= got[d].n == STREAM && memcmp(got[d].p, stream[d], STREAM) == 0;
			whole &= missing[d] == 0;
		}
		whole &= f.held == 0;
		flows_end(&f);
		flows_free(&f);
	}
	ok(same, "300 times in any order, overlapping, twice: the bytes as they were sent");
	ok(whole, "with no gap, and nothing kept");
}

/* What the capture lost and the other side acknowledged: every byte is given or counted. */
static void lossy(void)
{
	static struct piece pieces[2000];
	bool counted = true, ordered = true;
	for (unsigned round = 0; round < 300; round++) {
		struct flows f;
		start(&f);
		handshake(&f);
		unsigned n = cut(pieces, 2000);
		for (unsigned i = 0; i < n; i++)
			if (chance(4))
				send(&f, pieces[i].d, TCP_ACK, 1 + pieces[i].at, pieces[i].n, 1);
		for (unsigned d = 0; d < 2; d++)
			send(&f, d, TCP_ACK, 1 + STREAM, 0, 1 + STREAM);
		now_us += 2 * GRACE;
		flows_tick(&f, now_us);
		flows_end(&f);
		for (unsigned d = 0; d < 2; d++) {
			size_t at = 0;
			counted &= got[d].n + missing[d] == STREAM;
			for (size_t i = 0; i < got[d].n && at < STREAM; at++)
				i += got[d].p[i] == stream[d][at];
			ordered &= at <= STREAM;
		}
		counted &= f.held == 0;
		flows_free(&f);
	}
	ok(counted, "300 times with losses: each byte was given out or counted as missing");
	ok(ordered, "and what was given out was in order");
}

static void ends(void)
{
	struct flows f;
	start(&f);
	handshake(&f);
	send(&f, 0, TCP_ACK, 1, 10, 1);
	send(&f, 0, TCP_ACK | TCP_FIN, 11, 0, 1);
	send(&f, 1, TCP_ACK | TCP_FIN, 1, 0, 12);
	ok(over == 1 && how == FLOW_CLOSED, "both FIN: it is closed");
	send(&f, 0, TCP_ACK, 1, 10, 1);
	ok(got[0].n == 10 && begun == 1, "a late copy is no new connection");
	finish(&f);

	start(&f);
	handshake(&f);
	send(&f, 1, TCP_RST, 1, 0, 1);
	ok(over == 1 && how == FLOW_RESET, "RST: it is reset");
	send(&f, 0, TCP_ACK, 50, 10, 1);
	ok(begun == 2 && got[0].n == 10, "bytes that it never had are another connection's");
	finish(&f);

	start(&f);
	handshake(&f);
	send(&f, 1, TCP_RST, 100000000, 0, 1);
	ok(over == 0, "a reset with a number from nowhere resets nothing");
	finish(&f);
}

static void patience(void)
{
	struct flows f;
	start(&f);
	handshake(&f);
	send(&f, 0, TCP_ACK, 101, 50, 1);
	flows_tick(&f, now_us + 59 * 1000000);
	ok(got[0].n == 0, "what nobody acknowledged is waited for");
	flows_tick(&f, now_us + 61 * 1000000);
	ok(got[0].n == 50 && missing[0] == 100, "for a minute");
	finish(&f);

	start(&f);
	handshake(&f);
	send(&f, 0, TCP_ACK, 101, 50, 1);
	send(&f, 1, TCP_ACK, 1, 0, 151);
	flows_tick(&f, now_us + GRACE + 1);
	ok(got[0].n == 50 && missing[0] == 100, "what was acknowledged, for a second");
	finish(&f);

	start(&f);
	handshake(&f);
	send(&f, 1, TCP_ACK, 1, 20, 101);
	ok(got[1].n == 0, "an answer waits for what it answers");
	send(&f, 0, TCP_ACK, 1, 100, 1);
	ok(got[0].n == 100 && got[1].n == 20, "which comes first");
	finish(&f);
}

static void bounds(void)
{
	struct flows f;
	start(&f);
	f.stream_most = 2000;
	handshake(&f);
	for (uint32_t i = 0; i < 200; i++)
		send(&f, 0, TCP_ACK, 100 + 2 * i, 1, 1);
	ok(f.held <= 2000 + sizeof(struct segment) + 1, "one direction holds no more than it may");
	ok(f.squeezed > 0 && got[0].n > 0, "it goes on without");
	finish(&f);

	start(&f);
	f.held_most = 3000;
	handshake(&f);
	for (uint32_t i = 0; i < 200; i++)
		send(&f, 0, TCP_ACK, 100 + 2 * i, 1, 1);
	ok(f.held <= 3000 + sizeof(struct segment) + 1, "nor all together");
	finish(&f);

	start(&f);
	f.most = 3;
	for (unsigned i = 0; i < 10; i++) {
		struct packet p = { .at_us = now_us += 100, .protocol = IP_TCP, .flags = TCP_ACK, .seq = 7, .payload = span_of(stream[0], 5) };
		p.from = (struct endpoint){ { 10, 0, 0, (uint8_t)i }, 4000, 4 };
		p.to = (struct endpoint){ { 192, 0, 2, 1 }, 6001, 4 };
		flows_take(&f, &p);
	}
	ok(f.n == 3 && f.n_most == 3 && f.forgotten == 7, "as many connections as there may be; the others are counted");
	finish(&f);
}

static void fragments(void)
{
	struct fragments f = { 0 };
	static uint8_t whole[64];
	for (unsigned i = 0; i < sizeof whole; i++)
		whole[i] = (uint8_t)i;
	struct fragment last = { .at = 40, .bytes = span_of(whole + 40, 24) }, first = { .bytes = span_of(whole, 24), .more = true };
	struct fragment middle = { .at = 16, .bytes = span_of(whole + 16, 24), .more = true };
	static const uint8_t liar[24];
	struct fragment lie = { .at = 0, .bytes = span_of(liar, 24), .more = true };
	ok(!fragments_add(&f, &last).n && !fragments_add(&f, &first).n && !fragments_add(&f, &lie).n, "pieces in disorder");
	struct span got_whole = fragments_add(&f, &middle);
	ok(got_whole.n == 64 && memcmp(got_whole.p, whole, 64) == 0, "overlapping, a false one late: the first copies count");
	ok(f.n == 0 && f.joined == 1, "and nothing is kept");
	for (unsigned i = 0; i < 100; i++) {
		first.key.id = i;
		fragments_add(&f, &first);
	}
	ok(f.n == FRAGMENTS_MOST && f.lost == 100 - FRAGMENTS_MOST, "no more than so many at a time");
	first.at_us = 40 * 1000000;
	fragments_add(&f, &first);
	ok(f.n == 1, "old ones are given up");
	struct fragment far = { .at = 65528, .bytes = span_of(whole, 16), .key.id = 500, .at_us = first.at_us };
	ok(!fragments_add(&f, &far).n, "none is longer than IP allows");
	fragments_free(&f);
}

int main(void)
{
	for (unsigned d = 0; d < 2; d++)
		for (unsigned i = 0; i < STREAM; i++)
			stream[d][i] = (uint8_t)chance(256);
	any_order();
	lossy();
	ends();
	patience();
	bounds();
	fragments();
	buf_free(&got[0]);
	buf_free(&got[1]);
	return done();
}
