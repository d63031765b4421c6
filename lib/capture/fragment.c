/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/fragment.h"

#include <stdlib.h>

#define DATAGRAM_MOST 65535
#define UNIT 8		/* offsets count in these */
#define UNITS ((DATAGRAM_MOST + UNIT) / UNIT)
#define PIECES_WAIT INT64_C(30000000)	/* RFC 1122: 60 to 120 s on a host; a capture only looks on */

struct datagram {
	struct fragment_key key;
	int64_t since_us;
	size_t length;		/* 0: the last piece has not come */
	size_t units;		/* of 8 bytes that are here */
	struct buf bytes;
	uint8_t here[UNITS / 8 + 1];
};

static void drop(struct fragments *f, unsigned i)
{
	buf_free(&f->held[i]->bytes);
	free(f->held[i]);
	f->n--;
	memmove(&f->held[i], &f->held[i + 1], (f->n - i) * sizeof *f->held);
}

static void give_up(struct fragments *f, unsigned i)
{
	f->lost++;
	drop(f, i);
}

/* They stand in the order in which they began. */
static void forget_old(struct fragments *f, int64_t now_us)
{
	while (f->n && now_us - f->held[0]->since_us > PIECES_WAIT)
		give_up(f, 0);
}

static unsigned find(struct fragments *f, const struct fragment *piece)
{
	unsigned i = 0;
	while (i < f->n && memcmp(&f->held[i]->key, &piece->key, sizeof piece->key) != 0)
		i++;
	if (i < f->n)
		return i;
	if (f->n == FRAGMENTS_MOST)
		give_up(f, 0);
	struct datagram *d = xcalloc(1, sizeof *d);
	d->key = piece->key;
	d->since_us = piece->at_us;
	f->held[f->n] = d;
	return f->n++;
}

static void fill(struct datagram *d, const struct fragment *piece)
{
	size_t end = piece->at + piece->bytes.n;
	if (d->bytes.n < end) {
		memset(buf_reserve(&d->bytes, end - d->bytes.n), 0, end - d->bytes.n);
		d->bytes.n = end;
	}
	for (size_t at = 0; at < piece->bytes.n; at += UNIT) {
		size_t unit = (piece->at + at) / UNIT, n = piece->bytes.n - at < UNIT ? piece->bytes.n - at : UNIT;
		if (d->here[unit / 8] >> unit % 8 & 1)
			continue;
		d->here[unit / 8] |= (uint8_t)(1u << unit % 8);
		d->units++;
		memcpy(d->bytes.p + piece->at + at, piece->bytes.p + at, n);
	}
}

/* Pieces but the last are whole units, and none reaches behind the end. */
static bool fits(const struct datagram *d, const struct fragment *piece)
{
	size_t end = piece->at + piece->bytes.n;
	if (piece->bytes.n == 0 || piece->at % UNIT || end > DATAGRAM_MOST || (piece->more && piece->bytes.n % UNIT))
		return false;
	if (!piece->more && (d->bytes.n > end || (d->length && d->length != end)))
		return false;
	return !d->length || end <= d->length;
}

struct span fragments_add(struct fragments *f, const struct fragment *piece)
{
	forget_old(f, piece->at_us);
	unsigned i = find(f, piece);
	struct datagram *d = f->held[i];
	if (!fits(d, piece)) {
		give_up(f, i);
		return (struct span){ 0 };
	}
	if (!piece->more)
		d->length = piece->at + piece->bytes.n;
	fill(d, piece);
	if (!d->length || d->units < (d->length + UNIT - 1) / UNIT)
		return (struct span){ 0 };
	buf_reset(&f->whole);
	buf_span(&f->whole, span_sub(buf_view(&d->bytes), 0, d->length));
	f->joined++;
	drop(f, i);
	return buf_view(&f->whole);
}

void fragments_free(struct fragments *f)
{
	while (f->n)
		drop(f, f->n - 1);
	buf_free(&f->whole);
}
