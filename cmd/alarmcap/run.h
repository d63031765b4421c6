/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_ALARMCAP_RUN_H
#define VIGIE_ALARMCAP_RUN_H

#include "capture/capture.h"
#include "report.h"

/* Opens the file or the interface, filter and all; what is wrong is told and ends the process. */
struct capture *run_open(const struct settings *s);

/* Reads to the end, or until told to stop; gives the exit status. */
int run(struct capture *c, struct observer *o, const struct settings *s);

#endif
