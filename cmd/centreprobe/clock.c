/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/timex.h>

#include "centreprobe.h"

/* What the kernel knows from whoever sets the clock: how wrong it may be at
 * most, and whether anybody sets it at all. */
void probe_clock(struct probe *p)
{
	struct timex t = { 0 };
	struct check c = probe_check(p, CLOCK, (struct span){ 0 });
	int state = adjtimex(&t);
	if (state < 0) {
		probe_state(p, &c, CHECK_UNKNOWN, "%s", strerror(errno));
		return;
	}
	if (state == TIME_ERROR || t.status & STA_UNSYNC) {
		probe_state(p, &c, CHECK_WARNING, "%s", _("the clock is not synchronised: panels' and entries' times cannot be trusted"));
		return;
	}
	double wrong = (double)t.esterror / 1000;
	probe_value(p, &c, wrong, "ms", _("synchronised, wrong by %.0f ms at most"), wrong);
}
