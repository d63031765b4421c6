/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files in blocks.  libpcap reads them only where all interfaces are
 * of one type and length; a technician captures on several at once, so these
 * are read here. */
#ifndef VIGIE_CAPTURE_PCAPNG_H
#define VIGIE_CAPTURE_PCAPNG_H

#include <stdio.h>

#include "capture/capture.h"

struct interface;

/* Zero-initialise but for file. */
struct pcapng {
	FILE *file;
	uint64_t place;		/* bytes read */
	bool big;		/* the section's numbers are big-endian */
	struct interface *interface;
	unsigned interfaces;
	int64_t last_us;	/* for packets without a time */
	struct buf block;
};

/* CAPTURE_PACKET, CAPTURE_END, CAPTURE_TORN or CAPTURE_FAILED. */
enum capture_got pcapng_next(struct pcapng *p, struct captured *out, const char **why);

void pcapng_free(struct pcapng *p);

#endif
