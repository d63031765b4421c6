/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records on a terminal: aligned lines for a person.  A process of its own
 * writes them, since the journal writes bytes and knows no screen. */
#ifndef VIGIE_ALARMRECV_SCREEN_H
#define VIGIE_ALARMRECV_SCREEN_H

#include <sys/types.h>

/* What goes to standard output from now on is shown.  Called before there
 * are threads and ports.  -1 and errno. */
pid_t screen_begin(void);

/* Waits until all is shown; writes nothing more. */
void screen_end(pid_t screen);

#endif
