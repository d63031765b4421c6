/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What CAPS and the FBI CP-220 have in common with the Ademco 685. */
#ifndef VIGIE_PROTO_ADEMCO_685_H
#define VIGIE_PROTO_ADEMCO_685_H

#include "proto/receiver.h"

#define ADEMCO_685_DRAWINGS \
	"RL' OKAY @'", "RL AAAA 18 QEEE PP TNNN", "RL AAAA 18 QEEE PP NNN", "RL AAAA CCCC CCCC K", "RL AAAA E", "RL AAAA EE", "RL AAAA E Z"
#define ADEMCO_685_WAIT N_("2 s; then it sends the record once more, and may count the computer as failed")

bool ademco_685_parse(struct span text, struct receiver_record *r);
bool ademco_685_is_fill(uint8_t c);
bool ademco_685_begins(struct span s);
ptrdiff_t ademco_685_end(struct span s);

#endif
