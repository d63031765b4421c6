/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of Galaxy share.  Nobody else includes it. */
#ifndef VIGIE_PROTO_GALAXY_H
#define VIGIE_PROTO_GALAXY_H

#include "proto/proto.h"

#define GALAXY_MOST 8192	/* of a session in one piece */
#define GALAXY_ACCOUNT 8	/* digits of a path check's */

/* NUL, eight digits, and the rest: V_OK, or V_MORE as long as it may become one. */
enum verdict galaxy_path_check(struct span in);
bool galaxy_is_message(struct span in);
size_t galaxy_line_ends(struct span in);	/* how many CR and LF are at the front */

/* How many bytes of sound blocks stand at the front, NULs between them
 * included: of texts alone, or of all up to the end of data.  *goes_on: what
 * comes next may belong to them. */
size_t galaxy_run(struct span in, bool texts, bool *goes_on);

/* As protocol->frame(), *n for its frame. */
enum verdict galaxy_cut(struct span in, bool at_end, size_t *n);

const char *galaxy_neighbour(struct span in);

bool galaxy_all_are(struct span blocks, bool (*is)(uint8_t function));

static inline bool galaxy_is_account(uint8_t function)
{
	return function == '#' || function == '&';
}

static inline bool galaxy_is_event(uint8_t function)
{
	return function == 'N' || function == 'O';
}

/* 6 to 9: somebody acknowledges or rejects what we never sent. */
static inline bool galaxy_is_answer(uint8_t function)
{
	return function && strchr("6789\x08\x09", function);
}

/* Account, end of data and answers say nothing. */
static inline bool galaxy_is_small_talk(uint8_t function)
{
	return galaxy_is_account(function) || galaxy_is_answer(function) || function == '0';
}

void galaxy_explain(struct span frame, const struct context *cx, enum language language, struct buf *out);

#endif
