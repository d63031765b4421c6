/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One captured packet taken apart, from its link layer down to what TCP or
 * UDP carries.  Spans borrow from the capture's bytes, or from the reader
 * where a datagram came in fragments. */
#ifndef VIGIE_CAPTURE_PACKET_H
#define VIGIE_CAPTURE_PACKET_H

#include "capture/fragment.h"

/* Where a packet comes from or goes to; no padding, compared as bytes. */
struct endpoint {
	uint8_t host[16];
	uint16_t port;
	uint16_t host_n;	/* 4 or 16 */
};

/* "192.0.2.7:51234", "[2001:db8::7]:51234" */
void endpoint_put(struct buf *out, const struct endpoint *e);

static inline bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

enum { IP_TCP = 6, IP_UDP = 17 };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct packet {
	int64_t at_us;		/* since 1970, UTC */
	uint64_t number;	/* its place in the capture, from 1 */
	struct endpoint from, to;
	uint8_t protocol;	/* IP_TCP, IP_UDP */
	uint8_t flags;		/* TCP */
	uint32_t seq, ack;
	uint32_t ip_id;		/* 0 where IP has none */
	struct span payload;
	uint32_t cut;		/* bytes of the payload that were not captured */
	/* for packet_is_sound() */
	struct span segment;	/* TCP or UDP header and payload */
};

/* What became of the packets. */
struct packet_counts {
	uint64_t packets, bytes;
	uint64_t other;		/* neither TCP nor UDP over IP */
	uint64_t malformed;	/* headers that contradict each other */
	uint64_t cut;		/* not captured to their end */
	uint64_t fragments;	/* pieces of datagrams */
	uint64_t wrong_sum;	/* left out: a checksum is wrong */
	uint64_t offloaded;	/* taken although their checksum had not been computed yet */
};

struct packets {
	bool any_sum;		/* take packets whose checksum is wrong */
	struct packet_counts count;
	struct fragments fragments;
};

/* The link types that are understood, as numbers of capture files. */
bool link_is_known(int link);

/* Takes apart what stands in a capture: false when there is no TCP or UDP in
 * it, or not yet: the last fragment brings the datagram. */
bool packet_read(struct packets *p, int link, struct span bytes, size_t wire_n, struct packet *out);

/* The checksum, for packets that matter.  A packet that its own host captured
 * before the network card summed it up has the sum of the pseudo-header in
 * the field, exactly: that is no damage (count.offloaded).  What is cut cannot be
 * checked and is taken. */
bool packet_is_sound(struct packets *p, const struct packet *packet);

void packets_free(struct packets *p);

#endif
