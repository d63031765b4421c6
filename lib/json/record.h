/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of the pipe, read in one strict pass: the top-level keys and their
 * values as spans of the line.  What a tool does not know stays the bytes
 * it was.  Borrows the line; owns nothing. */
#ifndef VIGIE_JSON_RECORD_H
#define VIGIE_JSON_RECORD_H

#include "util/buf.h"
#include "util/clock.h"

#define RECORD_MOST 65536	/* longest line, its LF included */
#define RECORD_KEYS 128		/* most top-level keys */
#define RECORD_DEPTH 32		/* deepest nesting */

struct record_field {
	struct span key;	/* between the quotes, escapes as they stand */
	struct span value;	/* raw JSON */
};

struct record {
	struct span line;	/* from { to }, blanks around removed */
	unsigned n;
	bool escapes;		/* some key is written with escapes */
	struct record_field field[RECORD_KEYS];
};

/* Reads a line, with or without its LF.  -1 and *why when it is not one
 * object in strict JSON and sound UTF-8, has a key twice, or is too long. */
int record_parse(struct record *r, struct span line, const char **why);

/* The same, and the raw values of the keys that the caller wants: values[k]
 * belongs to keys[k].  Quickest where keys are in the order of the line. */
int record_read(struct record *r, struct span line, const struct span keys[], unsigned n, struct span values[], const char **why);

/* The raw value, quotes included; empty when the key is absent. */
struct span record_raw(const struct record *r, const char *key);

/* The text of a string value: a span of the line when it has no escapes,
 * else of *scratch, which is overwritten.  Empty when absent or no string. */
struct span record_text(const struct record *r, const char *key, struct buf *scratch);

/* The same for a raw value at hand (nested ones). */
struct span json_text(struct span raw, struct buf *scratch);

bool record_is(const struct record *r, const char *key, const char *text);
bool record_int(const struct record *r, const char *key, int64_t *value);
msec record_time(const struct record *r, const char *key);	/* CLOCK_NONE when absent */

/* The bytes of a frame or error record, from "text" or "hex", appended;
 * -1 when it has neither, or text that is no ASCII, or bad hex. */
int record_bytes(const struct record *r, struct buf *out);

/* The same for the raw values at hand. */
int json_raw_bytes(struct span text, struct span hex, struct buf *out);

/* Writes the line anew with more keys: `extra` is what json_str() and its
 * like wrote into an empty buf (,"dup":true,"site":"1002").  A key that the
 * line has is replaced where it stands; others go to the end.  No LF.
 * -1, and nothing written, when the result were longer than RECORD_MOST. */
int record_amend(struct buf *out, const struct record *r, struct span extra);

/* Calls each() with every element of a raw JSON array, or every key and
 * value of a raw object, until it gives false. */
void json_each(struct span raw, bool (*each)(void *with, struct span key, struct span value), void *with);

#endif
