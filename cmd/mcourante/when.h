/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time as people write it, in the centre's zone. */
#ifndef VIGIE_MCOURANTE_WHEN_H
#define VIGIE_MCOURANTE_WHEN_H

#include <time.h>

#include "util/clock.h"

/* Reads "2026-01-13T20:14:03Z", "2026-01-13 21:14[:03]", "2026-01-13",
 * "21:14[:03]" (today), "now", or a duration before now: "2h", "3d".
 * A date alone is its beginning, or its end when `end` is set.
 * CLOCK_NONE when it is none of these. */
msec when_parse(const char *text, msec now, bool end);

struct tm when_local(msec at);

#endif
