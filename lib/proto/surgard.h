/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Radionics' own mode has in common with Sur-Gard's. */
#ifndef VIGIE_PROTO_SURGARD_H
#define VIGIE_PROTO_SURGARD_H

#include "proto/receiver.h"

bool surgard_is_fill(uint8_t c);
ptrdiff_t surgard_end(struct span s);
/* TypeRRL…[#account|data]: false when it is none. */
bool surgard_bracket(struct span text, struct receiver_record *r);

/* SERIEE in DTMF: …*account*data; false when it is none. */
bool radionics_seriee(struct span text, struct receiver_record *r);

#endif
