/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time as milliseconds since 1970-01-01 UTC, and its written form
 * "2026-01-13T20:14:03.120Z" (RFC 3339). */
#ifndef VIGIE_UTIL_CLOCK_H
#define VIGIE_UTIL_CLOCK_H

#include "util/buf.h"

typedef int64_t msec;

#define CLOCK_NONE INT64_MIN	/* no time known */
#define SECOND ((msec)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

struct civil {
	int year, month, day, hour, minute, second, ms;
};

/* The system's clock, UTC. */
msec clock_now(void);

/* The system's monotonic clock: for measuring, never for records. */
msec clock_steady(void);

/* The same in microseconds. */
int64_t clock_steady_us(void);

struct civil clock_civil(msec t);

/* CLOCK_NONE when a field is out of range (29 February included). */
msec clock_from_civil(const struct civil *c);

/* Always 24 characters, with milliseconds and Z. */
#define CLOCK_TEXT 24
void clock_put(struct buf *out, msec t);

/* Reads RFC 3339 with Z or an offset, a fraction of any length or none.
 * CLOCK_NONE when it is not that. */
msec clock_parse(struct span s);

/* Reads "30s", "15m", "36h", "90d", "2w" (a bare number is seconds; "500ms").
 * CLOCK_NONE when it is not that. */
msec clock_duration(struct span s);

#endif
