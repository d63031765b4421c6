/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of DC-09 share: where a frame has its borders, what is in
 * it, and how one is written.  Beside them only Osborne-Hoffman includes it,
 * whose bodies are the same. */
#ifndef VIGIE_PROTO_DC09_H
#define VIGIE_PROTO_DC09_H

#include "proto/proto.h"

#define DC09_BODY_MOST 4095	/* the length field has three digits (DC-09, message length) */
#define DC09_TIMESTAMP 20	/* _HH:MM:SS,MM-DD-YYYY */
#define DC09_MOST (DC09_BODY_MOST + 12)

/* The borders of a frame: LF, CRC, length, body, CR. */
struct dc09_shape {
	size_t fill;		/* NUL, CR, LF, blanks in front of it */
	bool lf, cr, nuls;	/* has LF in front, CR behind, NULs behind that */
	bool binary;		/* the CRC is two raw bytes */
	bool crc_covers_cr;
	bool crc_good, length_good;
	bool length_counts_cr;
	struct span crc_field, length_field;
	struct span body;	/* from the first quote to before CR */
	uint16_t crc_sent;
	int length_sent;	/* -1: no number */
	size_t n;		/* all of it, from the front of the input */
};

/* Looks for a frame at the front: V_OK, V_MORE, V_BAD_CHECK as protocol.frame
 * has it; V_NOT_MINE with n bytes of noise. */
enum verdict dc09_shape(struct span in, bool at_end, struct dc09_shape *s);

/* The kind of the signal's form: how the answer must be framed. */
#define DC09_BINARY_CRC 1u

/* Takes a body apart, from its first quote to before CR.  *s has been begun. */
enum verdict dc09_read_body(struct span body, struct signal *s);

enum verdict dc09_open(struct signal *s, const struct context *cx);
enum verdict dc09_content(struct signal *s, struct span clear);
void dc09_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out);
enum verdict dc09_events(const struct signal *s, enum language language, struct event_list *list);
enum verdict dc09_events_in(const char *proto, const struct signal *s, enum language language, struct event_list *list);
void dc09_explain(struct span frame, const struct context *cx, enum language language, struct buf *out);
const char *dc09_neighbour(struct span in);

/* "_20:14:03,01-13-2026" at the end of text; CLOCK_NONE when it is no date.
 * *found: something of that form stands there. */
msec dc09_timestamp(struct span text, bool *found);

/* Writing: dc09_begin(), the body from its first quote on, dc09_end(). */
size_t dc09_begin(struct buf *out, unsigned form);	/* gives where the frame begins */
/* -1, and nothing appended, when the body is longer than the length can say. */
int dc09_end(struct buf *out, size_t began, unsigned form);
void dc09_put_timestamp(struct buf *out, msec t);
/* Padding, bar, content and time, encrypted, in hexadecimal. */
void dc09_put_sealed(struct buf *out, struct span content, msec sent, const struct key *key, const uint8_t chance[static 16]);

#endif
