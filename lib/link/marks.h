/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of a serial line as the system hands them over with PARMRK: what
 * came with an error has a mark in front.
 *
 *	FF FF		the byte FF
 *	FF 00 XX	XX came with wrong parity or without its stop bit
 *	FF 00 00	a break: the line was low for longer than a character
 */
#ifndef VIGIE_LINK_MARKS_H
#define VIGIE_LINK_MARKS_H

#include "util/span.h"

/* What the line did to a byte. */
enum fault { FAULT_NONE, FAULT_PARITY, FAULT_FRAMING, FAULT_BREAK };

/* A mark that is not whole yet.  Zero-initialise. */
struct marks {
	uint8_t seen;
};

/* Takes the marks out: as many bytes, and what each suffered, as there were;
 * at most raw.n + 1 of each.  The mark does not say which error it was:
 * `unclear` is what it means on this line. */
size_t marks_take(struct marks *m, enum fault unclear, struct span raw, uint8_t *bytes, uint8_t *faults);

#endif
