/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IP datagrams that came in pieces are put together again, in bounded memory:
 * FRAGMENTS_MOST at a time, each at most 64 KiB, the one begun first given up
 * for a new one and any after 30 seconds.  Where pieces overlap the first
 * copy counts. */
#ifndef VIGIE_CAPTURE_FRAGMENT_H
#define VIGIE_CAPTURE_FRAGMENT_H

#include "util/buf.h"

#define FRAGMENTS_MOST 64

/* Which datagram a piece belongs to; no padding, compared as bytes. */
struct fragment_key {
	uint8_t from[16], to[16];
	uint32_t id;
	uint32_t protocol;	/* and the version of IP, in the bits above */
};

struct fragment {
	struct fragment_key key;
	size_t at;		/* offset of its bytes in the datagram */
	bool more;		/* others follow */
	struct span bytes;
	int64_t at_us;
};

struct datagram;

struct fragments {
	struct datagram *held[FRAGMENTS_MOST];
	unsigned n;
	struct buf whole;	/* the one that was completed last */
	uint64_t joined, lost;	/* datagrams completed, and given up */
};

/* The whole datagram once its last piece is here, valid until the next call;
 * else empty. */
struct span fragments_add(struct fragments *f, const struct fragment *piece);

void fragments_free(struct fragments *f);

#endif
