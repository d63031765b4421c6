/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of SIA DC-03 as they stand on the wire, for its format and for the
 * protocols that carry them. */
#ifndef VIGIE_FORMAT_SIA_BLOCK_H
#define VIGIE_FORMAT_SIA_BLOCK_H

#include "format/format.h"

struct sia_block {
	uint8_t function;
	bool wants_answer;	/* its acknowledge bit */
	struct span whole;	/* with header and parity; empty: the block's end has not come */
	struct span content;	/* function and data: what sia.c reads */
};

/* The block at the front.  V_OK: sound.  V_BAD_CHECK: whole, and its parity
 * is wrong.  V_MORE: cut off, or perhaps longer than the standard allows
 * (b->whole is then what the standard makes of it).  V_NOT_MINE: no block. */
enum verdict sia_block_take(struct span in, struct sia_block *b);

/* How many NULs some panels have sent behind the block before; a header of
 * 00 begins a block too. */
size_t sia_block_fill(struct span in);

/* Makes an ASCII block's data the event's text, with what Galaxy puts into it. */
void sia_block_text(struct event *ev, struct span data);

/* A text whose event has come before it, in a frame of its own. */
void sia_block_late_text(struct event *ev, struct span data, enum language language);

/* A row for each block: function, data, length and parity, and for events their parts. */
void sia_block_explain(struct span blocks, enum language language, struct buf *out);

#endif
