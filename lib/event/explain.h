/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame or a payload taken apart for a person on site: a title, then rows
 * of two columns that fit a screen of 80,
 *
 *	  account         1002
 *	  CRC             ED26  WRONG: computed ED25
 *
 * and at the end the events, what is strange, and the answer.  Protocols and
 * formats share it, so that all look alike.  Titles, labels and notes are
 * given as a person reads them: _("…").  Everything appends to out. */
#ifndef VIGIE_EVENT_EXPLAIN_H
#define VIGIE_EVENT_EXPLAIN_H

#include "event/event.h"

#define EXPLAIN_LABEL 16	/* columns of the first column; the longest label, in French, takes 15 */

void explain_title(struct buf *out, const char *title);

/* Instead of all: bytes of nobody we know, or of another, named in English (NULL: unknown). */
void explain_stranger(struct buf *out, const char *other, struct span bytes);

/* The value as it was sent, control bytes as \xHH, broken where the line
 * ends, and words behind it (NULL: none). */
void explain_row(struct buf *out, const char *label, struct span value, const char *note);

/* The same where there is a value. */
void explain_some(struct buf *out, const char *label, struct span value, const char *note);

/* The value of something that may be left away: "(not sent)", "(empty)". */
void explain_optional(struct buf *out, const char *label, bool present, struct span value);

/* Words, broken between them. */
void explain_say(struct buf *out, const char *label, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Bytes as hexadecimal digits: "68 2C 2C 68", and words behind them. */
void explain_bytes(struct buf *out, const char *label, struct span bytes, const char *note);

/* All of a frame: a text with its few control bytes as \xHH, or hexadecimal digits. */
void explain_frame(struct buf *out, struct span bytes);

/* Sent and computed, so many hexadecimal digits: "C7  right", "C8  WRONG: computed C7". */
void explain_check(struct buf *out, const char *label, unsigned digits, unsigned sent, unsigned computed);

/* A length field and what there is: "57 bytes  right", "47  WRONG: there are 57 bytes". */
void explain_length(struct buf *out, const char *label, size_t said, size_t there);

/* Where reading stopped: "at byte 17 of 20: a digit is wanted, there is K (4Bh)".
 * wanted: _("a digit"). */
void explain_stop(struct buf *out, struct span all, size_t at, const char *wanted);

/* A row for each event, with what the panel calls it below: "131 Intrusion
 * (alarm burglary), partition 01, zone 015".  Gives the warnings of all. */
warnings explain_events(struct buf *out, const struct event_list *list);

/* A row for each warning: its word, as records have it, and what it means. */
void explain_notes(struct buf *out, warnings set);

/* What is answered: ACK and NAK by name, text as it is, other bytes in hexadecimal digits. */
void explain_answer(struct buf *out, struct span reply);

#endif
