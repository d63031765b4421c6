/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_FORMAT_VDS_EXPLAIN_H
#define VIGIE_FORMAT_VDS_EXPLAIN_H

#include "event/event.h"

/* A row for each record of a VdS 2465 telegram; wide as vds_records() has it. */
void vds_explain_records(struct span records, bool wide, enum language language, struct buf *out);

#endif
