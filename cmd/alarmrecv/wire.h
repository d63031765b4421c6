/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded wire as a source: lines
 *
 *	2026-01-13T20:14:03.120Z ip:R1 ED25003D"ADM-CID"0101R1L0#1002[…]_…
 *
 * TIME PATH FRAME, the frame without its LF and CR, <88> for the byte 88.
 * They go the way of all signals, by the clock that their times are: a night
 * passes in a moment, and paths fall silent when they did.  Blank lines,
 * comments (#) and Markdown's fences are passed over. */
#ifndef VIGIE_ALARMRECV_WIRE_H
#define VIGIE_ALARMRECV_WIRE_H

#include "intake.h"
#include "link/source.h"

/* Reads all lines, then lets time pass up to `until` (CLOCK_NONE: no more).
 * Gives the exit status: EXIT_NO when a line had no reading. */
int wire_run(struct intake *in, struct loop *loop, const struct source *source, msec until, bool show_replies);

#endif
