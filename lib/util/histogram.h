/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a measure is spread, in fixed memory: counts in cells that are at most
 * 1/64 of their value wide.  Zero-initialise; owns nothing. */
#ifndef VIGIE_UTIL_HISTOGRAM_H
#define VIGIE_UTIL_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 64	/* cells a power of two */
#define HISTOGRAM_CELLS (HISTOGRAM_STEPS * 35)	/* values up to 2^40: microseconds of twelve days */

struct histogram {
	uint64_t count, most;	/* how many, and the largest exactly */
	uint32_t cell[HISTOGRAM_CELLS];
};

void histogram_add(struct histogram *h, uint64_t value);

/* Adds all that the other has counted. */
void histogram_merge(struct histogram *h, const struct histogram *other);

/* The value that per_mille of all do not pass: 500 is the median, 990 the
 * 99th percentile.  At most 1/64 too high; 0 when nothing was counted. */
uint64_t histogram_at(const struct histogram *h, unsigned per_mille);

#endif
