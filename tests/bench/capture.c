/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a capture of DC-09 exchanges to standard output: each a frame of a
 * panel, its acknowledgement, and the bare acknowledgements of TCP.
 *
 *	capture EXCHANGES CONNECTIONS [open]
 *
 * A connection carries many exchanges; with "open" each stays open and has only
 * one, so that EXCHANGES connections are open at the same time. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/dc09_panel.h"
#include "util/checksum.h"

struct wire {
	uint32_t seq[2];	/* of the panel, of the receiver */
	bool open;
};

static uint64_t now_us = UINT64_C(1768335243000000);
static struct buf out;

static void put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xFFFF);
}

static void put_header(size_t n)
{
	uint32_t head[4] = { (uint32_t)(now_us / 1000000), (uint32_t)(now_us % 1000000), (uint32_t)n, (uint32_t)n };
	buf_add(&out, head, sizeof head);
}

/* d 0: from the panel. */
static void packet(struct wire *w, unsigned number, unsigned d, uint8_t flags, struct span payload)
{
	uint8_t p[54] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };
	uint8_t *ip = p + 14, *tcp = p + 34;
	uint8_t panel[4] = { 10, (uint8_t)(number >> 16 & 63), (uint8_t)(number >> 8), (uint8_t)number };
	static const uint8_t receiver[4] = { 192, 0, 2, 1 };
	unsigned port = 20000 + (number >> 22);
	put16(ip + 2, (unsigned)(40 + payload.n));
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12 + 4 * d, panel, 4);
	memcpy(ip + 16 - 4 * d, receiver, 4);
	put16(ip + 10, (uint16_t)~inet_sum(0, span_of(ip, 20)));
	put16(tcp + 2 * d, port);
	put16(tcp + 2 - 2 * d, 6001);
	put32(tcp + 4, w->seq[d]);
	put32(tcp + 8, flags & 16 ? w->seq[!d] : 0);
	tcp[12] = 0x50;
	tcp[13] = flags;
	put16(tcp + 14, 65000);
	uint8_t tail[4] = { 0, 6 };
	put16(tail + 2, (unsigned)(20 + payload.n));
	uint16_t sum = inet_sum(inet_sum(inet_sum(0, span_of(ip + 12, 8)), span_of(tail, 4)), span_of(tcp, 20));
	put16(tcp + 16, (uint16_t)~inet_sum(sum, payload));
	put_header(sizeof p + payload.n);
	buf_add(&out, p, sizeof p);
	buf_span(&out, payload);
	w->seq[d] += (uint32_t)payload.n + (flags & 3 ? 1 : 0);
	now_us += 5;
	if (out.n > 1 << 20) {
		fwrite(out.p, 1, out.n, stdout);
		buf_reset(&out);
	}
}

static void open_connection(struct wire *w, unsigned number)
{
	*w = (struct wire){ { number * 7919, number * 104729 }, true };
	packet(w, number, 0, 2, (struct span){ 0 });
	packet(w, number, 1, 18, (struct span){ 0 });
	packet(w, number, 0, 16, (struct span){ 0 });
}

static void exchange(struct wire *w, unsigned number, unsigned seq)
{
	static const uint8_t chance[16];
	static struct buf frame;
	char account[16], body[64];
	int n = snprintf(account, sizeof account, "%04u", 1000 + number % 9000);
	int m = snprintf(body, sizeof body, "#%s|1130 01 %03u]", account, seq % 1000);
	struct dc09_message message = {
		.token = SPAN("ADM-CID"), .seq = seq % 9999 + 1, .line = SPAN("0"), .account = span_of(account, (size_t)n),
		.body = span_of(body, (size_t)m), .sent = (msec)(now_us / 1000),
	};
	buf_reset(&frame);
	dc09_compose(&message, NULL, chance, &frame);
	packet(w, number, 0, 24, buf_view(&frame));
	packet(w, number, 1, 16, (struct span){ 0 });
	message.token = SPAN("ACK");
	message.body = SPAN("]");
	message.sent = CLOCK_NONE;
	buf_reset(&frame);
	dc09_compose(&message, NULL, chance, &frame);
	now_us += 2000 + seq % 500;
	packet(w, number, 1, 24, buf_view(&frame));
	packet(w, number, 0, 16, (struct span){ 0 });
}

int main(int argc, char **argv)
{
	static const uint32_t header[6] = { 0xA1B2C3D4, 4 << 16 | 2, 0, 0, 262144, 1 };
	unsigned long exchanges = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	unsigned long connections = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
	if (argc > 3)
		connections = exchanges;
	struct wire *wire = xcalloc(connections, sizeof *wire);
	buf_add(&out, header, sizeof header);
	for (unsigned long i = 0; i < exchanges; i++) {
		unsigned number = (unsigned)(i % connections);
		if (!wire[number].open)
			open_connection(&wire[number], number);
		exchange(&wire[number], number, (unsigned)(i / connections));
	}
	fwrite(out.p, 1, out.n, stdout);
	free(wire);
	buf_free(&out);
	return fflush(stdout) != 0;
}
