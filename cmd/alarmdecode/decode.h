/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines in, records out: what alarmdecode does with each line it reads. */
#ifndef VIGIE_ALARMDECODE_DECODE_H
#define VIGIE_ALARMDECODE_DECODE_H

#include "event/id.h"
#include "json/record.h"
#include "proto/detect.h"
#include "proto/keys.h"

/* Hexadecimal digits that may go on in the next line. */
struct dump {
	struct buf bytes;
	uint64_t offset;	/* the next line's, where lines have one in front */
	msec at;
	struct buf source;
};

struct decoder {
	/* From the options. */
	const struct protocol *protocol;	/* NULL: by the record, or what fits */
	const struct format *format;		/* pasted lines are payloads of this language */
	unsigned unnamed;			/* nothing is named: what to try, of enum detect */
	struct keys keys;
	struct dialects dialects;
	enum language language;			/* of labels */
	bool ignore_crc;
	bool explain;				/* for a person, instead of records */
	bool show, colour;			/* aligned lines instead of JSON */

	struct buf out;				/* for stdout */
	bool bad;				/* some input had no reading */
	/* internal */
	struct record record;
	bool records;				/* the line before was one, so a blank line is the pipe's */
	bool explained;				/* a frame already: an empty line parts it from the next */
	msec latest;				/* the stream's time: the largest `at` so far */
	struct event_list list;
	const struct detection *found;		/* how sure the reading of what is being decoded is; NULL: it was named */
	struct buf bytes, clear, opened, text, id, source, peer;
	struct buf at;				/* the time of the frame before, as text */
	msec at_time;
	struct buf long_line;			/* of a line that comes in pieces: text so far, or a record's beginning */
	bool passing;				/* its pieces are a record's, passed on as they come */
	struct dump dump;
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
	bool unnamed;		/* its protocol is to be found */
	struct span since;	/* JSON string: from when on it may have happened */
	struct span repeat;	/* JSON string: id of an earlier frame that this may repeat */
	struct span reply;	/* what reception answered; empty: nobody says */
};

void decoder_begin(struct decoder *d);
void decoder_free(struct decoder *d);

/* within: it goes on with a line whose beginning was given before; torn: it
 * lacks its LF, being the last, or a piece. */
void decode_line(struct decoder *d, struct span line, bool within, bool torn);

/* No more will come: what waited for its end is decoded. */
void decode_end(struct decoder *d);

/* Appends a frame's events, or an error.  False when it carries none: the
 * caller passes on what it had. */
bool decode_frame(struct decoder *d, const struct frame_in *f);

/* Frames that a network has joined, to the last byte or to the fill that a line puts there: each of
 * several has the number of its place behind the record's id. */
bool decode_is_several(const struct frame_in *f);
bool decode_several(struct decoder *d, struct frame_in *f, bool (*take)(struct decoder *d, const struct frame_in *f));

/* A session of blocks, each with its own parity, of which some are damaged and
 * some are not: those are read in the sight of the account in front. */
bool decode_has_parts(struct decoder *d, const struct frame_in *f);

/* A payload without its frame: events, or an error. */
void decode_payload(struct decoder *d, const struct frame_in *f);

/* A frame for a person, or, without a protocol, a payload of d->format. */
void decode_explain(struct decoder *d, const struct frame_in *f);

/* Bytes that nobody can explain, for a person. */
void explain_noise(struct decoder *d, const struct frame_in *f);

/* A frame or payload that nothing names.  False as decode_frame(). */
bool decode_unnamed(struct decoder *d, const struct frame_in *f);

/* A pasted line of it: the text as it stands, without its escapes, or what
 * its hexadecimal digits stand for, whichever can be read most surely. */
void pasted_unnamed(struct decoder *d, struct frame_in *f, struct span text, bool timed);

/* Bytes that a dump has brought together. */
void dumped_unnamed(struct decoder *d, struct frame_in *f, struct span bytes);

/* The file's, or that in $VIGIE_ETC where there is one: ends the tool when it is not sound. */
void dialects_begin(struct decoder *d, const char *path);

/* Reads an event by the dialect of its site; false when there is none, or it does not say. */
bool dialect_event(struct decoder *d, const struct frame_in *f, struct event *ev);

/* What a dialect has made of the events just decoded, a line each. */
void dialects_explain(struct decoder *d);

/* An error that names what would fit, where somebody has named nothing and
 * got no frame; false when nothing would. */
bool hint_unnamed(struct decoder *d, const struct frame_in *f);

/* How sure it is, and the other readings. */
void mark_unnamed(struct decoder *d, struct event *ev);

/* An error record behind something that could not be read. */
void decode_error(struct decoder *d, const struct frame_in *f, const char *error, const char *detail, struct span account);

/* Bytes in which no frame begins. */
void decode_noise(struct decoder *d, const struct frame_in *f);

/* An id for what was pasted. */
void pasted_id(struct decoder *d, struct frame_in *f);

/* The text without its escapes, appended. */
void pasted_bytes(struct span text, struct buf *out);

/* A raised dot is a blank that can be seen: receivers' records are full of them. */
void dots_to_blanks(struct buf *b);

/* A frame that carries no event, as a record. */
void put_frame(struct buf *out, const struct frame_in *f);

/* Text that a person pasted: a line of a log, hexadecimal digits, TIME PATH FRAME. */
void decode_pasted(struct decoder *d, struct span line);

/* The frames that were pasted, each under an id of its own.  Of a line of a
 * log the words around them are the log's, and it took LF and CR away. */
void decode_pieces(struct decoder *d, struct frame_in *f, struct span bytes, bool of_log);

/* V_OK: whole frames are in it; V_BAD_CHECK: damaged ones; V_NOT_MINE: none. */
enum verdict decode_look(const struct protocol *p, struct span bytes);

/* The bytes of a text that is hexadecimal digits, with blanks, colons, commas
 * or 0x between them; false for anything else, or fewer digits than `least`. */
bool dump_digits(struct span text, size_t least, struct buf *out);

/* Takes a line of hexadecimal digits, or of a dump of them; false for any
 * other.  timed: a time stood in front, so it goes on with nothing. */
bool dump_take(struct decoder *d, struct span text, const struct frame_in *f, bool timed);
void dump_end(struct decoder *d);

/* --list and --codes. */
void list_formats(struct buf *out);
/* All rows, or those that match one of the patterns (NULL at the end). */
bool list_codes(struct buf *out, char *const patterns[], enum language language);

#endif
