/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/exam_speed.h"

#include <stdlib.h>

#include "link/uart.h"

#define BURST_MOST 96

/* Headers differ from site to site, so they may differ by a few bytes. */
static const struct span resting[] = {
	{ (const uint8_t *)"1011           @    \x14", 21 }, { (const uint8_t *)"1001           @    \x14", 21 },
	{ (const uint8_t *)"101000           @    \x14", 23 }, { (const uint8_t *)"\n00 OKAY @\r", 11 },
};

static const unsigned speeds[] = { 9600, 1200, 19200, 4800, 2400, 38400, 115200, 57600, 600, 300 };
static const char modes[][4] = { "8n1", "7e1", "7o1" };

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Longest common subsequence, as a share of both, in per cent. */
static unsigned likeness(struct span a, struct span b)
{
	size_t row[BURST_MOST + 1] = { 0 };
	if (a.n + b.n == 0)
		return 0;
	for (size_t i = 0; i < a.n; i++) {
		size_t before = 0;
		for (size_t j = 0; j < b.n; j++) {
			size_t above = row[j + 1];
			row[j + 1] = a.p[i] == b.p[j] ? before + 1 : larger(above, row[j]);
			before = above;
		}
	}
	return (unsigned)(200 * row[b.n] / (a.n + b.n));
}

static unsigned best_likeness(const struct serial_settings *port, const struct serial_settings *sender, struct span burst)
{
	unsigned best = 0;
	for (size_t i = 0; i < sizeof resting / sizeof *resting; i++) {
		uint8_t bytes[BURST_MOST], faults[BURST_MOST];
		size_t n = uart_read(sender, resting[i], port, bytes, faults, BURST_MOST);
		unsigned like = likeness(span_of(bytes, n), burst);
		best = like > best ? like : best;
	}
	return best;
}

static int by_likeness(const void *a, const void *b)
{
	const struct guess *x = a, *y = b;
	return (x->likeness < y->likeness) - (x->likeness > y->likeness);
}

size_t speed_guesses(const struct serial_settings *port, struct span burst, struct guess *guess)
{
	size_t n = 0;
	burst = span_sub(burst, 0, BURST_MOST);
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
		for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
			struct guess g = { .set = *port };
			g.set.baud = speeds[i];
			memcpy(g.set.mode, modes[k], sizeof g.set.mode);
			g.likeness = best_likeness(port, &g.set, burst);
			guess[n++] = g;
		}
	qsort(guess, n, sizeof *guess, by_likeness);
	return n;
}
