/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded wire, as people write it down: lines TIME PATH FRAME, in which
 * <14> is the byte 14 and a raised dot a blank that can be seen. */
#ifndef VIGIE_LINK_WIRE_LINE_H
#define VIGIE_LINK_WIRE_LINE_H

#include "util/clock.h"

struct wire_line {
	msec at;
	struct span path, frame;	/* the frame as it is written */
};

/* Comments (#), Markdown's fences and empty lines are none. */
bool wire_line_is_none(struct span line);

bool wire_line_read(struct span text, struct wire_line *line);

/* Appends the bytes that the frame is.  With faults, an enum fault goes there
 * for each, <14!> is a byte that came damaged, and <break> a break. */
void wire_line_bytes(struct buf *out, struct buf *faults, struct span frame);

#endif
