/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of Galaxy share.  Nobody else includes it. */
#ifndef VIGIE_PROTO_GALAXY_H
#define VIGIE_PROTO_GALAXY_H

#include "proto/proto.h"

void galaxy_explain(struct span frame, const struct context *cx, enum language language, struct buf *out);

#endif
