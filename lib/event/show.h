/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record as one aligned line for a person at a terminal. */
#ifndef VIGIE_EVENT_SHOW_H
#define VIGIE_EVENT_SHOW_H

#include "json/record.h"

/* Appends the line and LF: local time, what it is, account, zone, words.
 * Any type of record has a line; one that is not known is shown as it came. */
void record_show(struct buf *out, const struct record *r, bool colour);

/* The same for each of the lines. */
void records_show(struct buf *out, struct span lines, bool colour);

#endif
