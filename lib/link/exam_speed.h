/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which settings a burst of unreadable characters speaks for: receivers say
 * the same few things while they rest, and the model of the wire tells what
 * this port makes of each. */
#ifndef VIGIE_LINK_EXAM_SPEED_H
#define VIGIE_LINK_EXAM_SPEED_H

#include "link/serial.h"

struct guess {
	struct serial_settings set;
	unsigned likeness;	/* per cent; of the best 100 is the same bytes */
};

#define GUESSES_MOST 64

/* The likeliest first. */
size_t speed_guesses(const struct serial_settings *port, struct span burst, struct guess *guess);

#endif
