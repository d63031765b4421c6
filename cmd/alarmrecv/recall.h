/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reception knew before it was stopped, out of its own journal: which
 * paths were down, and which signals of the last minutes are stored already,
 * so that a panel that did not get its answer is known when it repeats. */
#ifndef VIGIE_ALARMRECV_RECALL_H
#define VIGIE_ALARMRECV_RECALL_H

#include "intake.h"

/* -1 and *why.  From then on it is noted that we live, for the next start. */
int recall(struct intake *in, const char *spool, const char **why);
void recall_end(struct intake *in);

#endif
