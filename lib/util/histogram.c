/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/histogram.h"

#define SHIFT 6		/* HISTOGRAM_STEPS is 2 to this */

/* Values below 64 have a cell each.  Above, the highest bit chooses the row
 * and the six bits behind it the cell. */
static unsigned cell_of(uint64_t value)
{
	if (value < HISTOGRAM_STEPS)
		return (unsigned)value;
	unsigned highest = 63 - (unsigned)__builtin_clzll(value);
	unsigned row = highest - SHIFT;
	uint64_t cell = (uint64_t)(row + 1) * HISTOGRAM_STEPS + ((value >> row) & (HISTOGRAM_STEPS - 1));
	return cell < HISTOGRAM_CELLS ? (unsigned)cell : HISTOGRAM_CELLS - 1;
}

/* The largest value that the cell takes; the last takes all beyond. */
static uint64_t top_of(unsigned cell)
{
	if (cell == HISTOGRAM_CELLS - 1)
		return UINT64_MAX;
	if (cell < HISTOGRAM_STEPS)
		return cell;
	unsigned row = cell / HISTOGRAM_STEPS - 1;
	uint64_t first = (uint64_t)(HISTOGRAM_STEPS + cell % HISTOGRAM_STEPS) << row;
	return first + (UINT64_C(1) << row) - 1;
}

void histogram_add(struct histogram *h, uint64_t value)
{
	h->cell[cell_of(value)]++;
	h->count++;
	if (value > h->most)
		h->most = value;
}

void histogram_merge(struct histogram *h, const struct histogram *other)
{
	for (unsigned i = 0; i < HISTOGRAM_CELLS; i++)
		h->cell[i] += other->cell[i];
	h->count += other->count;
	if (other->most > h->most)
		h->most = other->most;
}

uint64_t histogram_at(const struct histogram *h, unsigned per_mille)
{
	uint64_t wanted = (h->count * per_mille + 999) / 1000, seen = 0;
	for (unsigned i = 0; i < HISTOGRAM_CELLS && wanted; i++) {
		seen += h->cell[i];
		if (seen >= wanted)
			return top_of(i) < h->most ? top_of(i) : h->most;
	}
	return h->most;
}
