/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON into a buf, without building a tree.
 *
 *	json_begin(b);
 *	json_str(b, KEY("type"), SPAN("event"));
 *	json_int(b, KEY("severity"), 3);
 *	json_end(b);
 *
 * The caller gives the keys in the order they shall stand and writes each
 * once; a comma goes before a key that is not the first of its object. */
#ifndef VIGIE_JSON_WRITE_H
#define VIGIE_JSON_WRITE_H

#include "util/buf.h"
#include "util/clock.h"

/* A key in the form the writer copies: comma, quotes and colon included. */
#define KEY(name) SPAN(",\"" name "\":")

void json_begin(struct buf *b);				/* {  */
void json_begin_in(struct buf *b, struct span key);	/* "key":{  */
void json_end(struct buf *b);				/* }  */
void json_begin_list(struct buf *b, struct span key);	/* "key":[  */
void json_end_list(struct buf *b);			/* ]  */

/* Text.  What is no sound UTF-8 is read as Windows-1252. */
void json_str(struct buf *b, struct span key, struct span text);
void json_int(struct buf *b, struct span key, int64_t value);
void json_time(struct buf *b, struct span key, msec t);
void json_bool(struct buf *b, struct span key, bool value);
/* A value that is JSON already. */
void json_raw(struct buf *b, struct span key, struct span value);

/* "text" where all bytes are ASCII (controls escaped), else, or where that
 * is long and mostly controls, "hex": the bytes come back exactly from either. */
void json_bytes(struct buf *b, struct span bytes);

/* The key alone, for a value that follows; key is any text. */
void json_key(struct buf *b, struct span name);

/* One element of a list, or a value after json_key: a comma where needed. */
void json_element(struct buf *b, struct span text);

/* A quoted string, no comma. */
void json_quote(struct buf *b, struct span text);

#endif
