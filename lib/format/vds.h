/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a VdS 2465 telegram, for the carriers that have them. */
#ifndef VIGIE_FORMAT_VDS_H
#define VIGIE_FORMAT_VDS_H

#include "format/format.h"

/* wide: address and additional address are one number of 16 bits. */
enum verdict vds_records(struct span records, bool wide, enum language language, struct event_list *list);

#endif
