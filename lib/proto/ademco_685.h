/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What CAPS and the FBI CP-220 have in common with the Ademco 685. */
#ifndef VIGIE_PROTO_ADEMCO_685_H
#define VIGIE_PROTO_ADEMCO_685_H

#include "proto/receiver.h"

bool ademco_685_parse(struct span text, struct receiver_record *r);
bool ademco_685_is_fill(uint8_t c);
bool ademco_685_begins(struct span s);
ptrdiff_t ademco_685_end(struct span s);

#endif
