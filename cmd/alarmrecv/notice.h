/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages about peers, so many a minute for each address: who knocks at the
 * port all day must not fill the log.  What was left out is counted. */
#ifndef VIGIE_ALARMRECV_NOTICE_H
#define VIGIE_ALARMRECV_NOTICE_H

#include "link/address.h"
#include "util/clock.h"

#define NOTICE_SLOTS 256
#define NOTICES_A_MINUTE 10

struct notices {
	struct notice_slot {
		uint64_t host;
		msec began;
		unsigned said, dropped;
	} slot[NOTICE_SLOTS];
};

/* May a line about this host (n 0: about none) be written now? */
bool notice_may(struct notices *n, const struct address *about, msec now);

#endif
