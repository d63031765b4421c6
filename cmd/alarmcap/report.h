/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was counted, for a technician to take to the customer: a page, or
 * records of type `check`. */
#ifndef VIGIE_ALARMCAP_REPORT_H
#define VIGIE_ALARMCAP_REPORT_H

#include "observer.h"

struct whole {
	struct observer *observer;
	uint64_t dropped;	/* by the system */
	const char *torn;	/* why the file ended early; NULL: it did not */
};

/* Panels in the order of their accounts. */
void report_sort(struct tally *t);

void report_text(const struct whole *w, struct buf *out);
void report_records(const struct whole *w, struct buf *out);

#endif
