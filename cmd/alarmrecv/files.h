/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a frame brought that is too big for a record: DIR/files/SHA256.jpg. */
#ifndef VIGIE_ALARMRECV_FILES_H
#define VIGIE_ALARMRECV_FILES_H

#include "proto/session.h"
#include "spool/journal.h"

/* Writes the session's files; they are on disk before the record that is
 * queued next, or that is not acknowledged.  -1 and errno: one was not written. */
int files_store(struct journal *j, struct session *t);

#endif
