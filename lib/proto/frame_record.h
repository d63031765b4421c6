/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of what came over a wire, in the order of keys of
 * vigie-records(5): a sound frame, or bytes that are none.  What is absent
 * is left out.  Borrows all it is given. */
#ifndef VIGIE_PROTO_FRAME_RECORD_H
#define VIGIE_PROTO_FRAME_RECORD_H

#include "proto/proto.h"

struct frame_record {
	struct span id;
	msec at;
	const struct protocol *proto;	/* NULL: not known */
	const char *source, *via;	/* the centre's name for where it came in; "tcp", "udp"… */
	struct span peer, local;
	const char *dir;		/* "in", "out"; NULL: in, as reception's always are */
	struct span bytes;
	/* of a frame */
	struct span clear;		/* what an encrypted one holds; p NULL: not opened */
	enum answer reply;
	struct span repeat;		/* id of the first of it */
	warnings flags;
	/* of an error */
	const char *error, *detail;	/* the word, and why in English */
	struct span account;		/* where the header gave it */
};

/* What was encrypted and has been opened, for `clear`: text, whatever a panel
 * put into it, or digits (in *scratch) where the language is of bytes. */
struct span clear_of(const struct signal *s, struct buf *scratch);

/* Appends the record of a frame up to and with its bytes and `clear`; then
 * what is known when it has been answered.  The caller ends the object. */
void frame_record_begin(struct buf *out, const struct frame_record *r);
void frame_record_answered(struct buf *out, const struct frame_record *r);

/* Appends the record of an error, its bytes from `part` on; no more than
 * RECORD_BYTES go into one record.  The caller ends the object. */
#define RECORD_BYTES 16384
unsigned error_record_parts(const struct frame_record *r);
void error_record(struct buf *out, const struct frame_record *r, unsigned part);

#endif
