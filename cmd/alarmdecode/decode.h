/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines in, records out: what alarmdecode does with each line it reads. */
#ifndef VIGIE_ALARMDECODE_DECODE_H
#define VIGIE_ALARMDECODE_DECODE_H

#include "event/id.h"
#include "json/record.h"
#include "proto/keys.h"

struct decoder {
	/* From the options. */
	const struct protocol *protocol;	/* NULL: by the record, or what fits */
	struct keys keys;
	enum language language;			/* of labels */
	bool ignore_crc;
	bool explain;				/* for a person, instead of records */
	bool show, colour;			/* aligned lines instead of JSON */

	struct buf out;				/* for stdout */
	bool bad;				/* some input had no reading */
	/* internal */
	struct record record;
	struct event_list list;
	struct buf bytes, clear, opened, text, id;
	struct buf at;				/* the time of the frame before, as text */
	msec at_time;
	struct buf node;
	char epoch[EPOCH_TEXT + 1];
	uint64_t pasted;			/* frames of raw text */
};

/* A frame on its way through. */
struct frame_in {
	struct span id, source, peer;
	msec at;
	const struct protocol *protocol;
	struct span bytes;
	struct span clear;	/* opened by reception; p NULL: not */
	warnings flags;
};

/* torn: the line lacks its LF, because it is the last or because it is too long. */
void decode_line(struct decoder *d, struct span line, bool torn);

/* Appends a frame's events, or an error.  False when it carries none: the
 * caller passes on what it had. */
bool decode_frame(struct decoder *d, const struct frame_in *f);

/* A pasted frame that carries no event, as a frame record. */
void decode_quiet(struct decoder *d, const struct frame_in *f);

/* An error record behind something that could not be read. */
void decode_error(struct decoder *d, const struct frame_in *f, const char *error, const char *detail, struct span account);

/* Text that a person pasted: a line of a log, hexadecimal digits, TIME PATH FRAME. */
void decode_pasted(struct decoder *d, struct span line);

void decoder_free(struct decoder *d);

/* --list and --codes. */
void list_formats(struct buf *out);
/* All rows, or those that match one of the patterns (NULL at the end). */
bool list_codes(struct buf *out, char *const patterns[], enum language language);

#endif
