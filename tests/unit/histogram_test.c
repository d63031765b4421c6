/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/histogram.h"

#include "../tap.h"

static struct histogram h, other;

static int within(uint64_t got, uint64_t want)
{
	return got >= want && got <= want + want / 64 + 1;
}

int main(void)
{
	ok(histogram_at(&h, 500) == 0, "nothing counted gives 0");

	for (uint64_t v = 1; v <= 10000; v++)
		histogram_add(&h, v);
	ok(h.count == 10000 && h.most == 10000, "count and largest are exact");
	ok(within(histogram_at(&h, 500), 5000), "the median of 1 to 10000");
	ok(within(histogram_at(&h, 990), 9900), "the 99th percentile");
	ok(histogram_at(&h, 1000) == 10000, "all of them: the largest itself");
	ok(histogram_at(&h, 1) == 10, "small values are exact");

	histogram_add(&other, UINT64_C(1) << 60);
	ok(histogram_at(&other, 500) == UINT64_C(1) << 60, "a value beyond the cells is kept as the largest");
	histogram_add(&other, 0);
	ok(histogram_at(&other, 500) == 0, "0 counts");

	histogram_merge(&other, &h);
	ok(other.count == 10002 && other.most == UINT64_C(1) << 60, "merged");
	ok(within(histogram_at(&other, 500), 4999), "and the median with it");
	return done();
}
