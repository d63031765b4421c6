/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event languages: a payload becomes events.  A format is a constant of
 * pure functions: everything comes as arguments, nothing is opened, no
 * clock is read.  A new one is one file here, one line in formats.def and
 * one corpus file. */
#ifndef VIGIE_FORMAT_FORMAT_H
#define VIGIE_FORMAT_FORMAT_H

#include "event/code.h"
#include "event/dialect.h"
#include "event/event.h"

enum verdict {
	V_OK,
	V_MORE,		/* a good beginning: wait for the rest */
	V_NOT_MINE,	/* some other language's bytes */
	V_BAD_CHECK,	/* ours, but checksum, CRC or parity is wrong */
	V_MALFORMED	/* ours and intact, but it makes no sense */
};

/* What a message carries that proves it, from nothing but its form upwards. */
/* BY_NOTHING: any text will do, so nothing is ever taken for it unasked. */
enum proof { BY_FORM, BY_ROUNDS, BY_CHECK_DIGIT, BY_PARITY, BY_SUM, BY_CRC, BY_NOTHING };

/* Why a payload has no reading, as far as the language can say. */
enum refusal {
	NO_REASON, BAD_CHECKSUM, BAD_PARITY, ROUNDS_DIFFER, BAD_LENGTH, BAD_CHARACTER, BAD_TYPE, BAD_QUALIFIER, BAD_CHANNEL, BAD_SYNTAX,
	TRUNCATED, RECORD_TOO_LONG, NO_BLOCK
};
const char *refusal_word(enum verdict v, unsigned refusal);	/* "error" of a record */
const char *refusal_meaning(enum verdict v, unsigned refusal);	/* "detail", in English; _() for a person */

struct format {
	const char *name;	/* as in "format":"sia" */
	const char *title;	/* N_(), one line for --list */
	const char *coverage;	/* "complete", or N_() what is missing */
	bool binary;		/* bytes, which people write down as hexadecimal digits */
	enum proof proof;	/* what it can be checked by; an event is `checked` where that has been done */
	/* What decode() finds V_BAD_CHECK: does all of it fit but the check?  NULL: decode() means that. */
	bool (*resembles)(struct span payload);
	/* What a code means when no dialect says otherwise; NULL: what is agreed with the centre. */
	const struct code *(*row)(struct span code);
	const char *speaks;	/* the language of its events, where that has another name; NULL: its own */
	/* Appends the events of the payload.  Language as wanted for labels.
	 * V_OK: at least one event; a part without a reading is an event with
	 * `unreadable` set and its bytes in F_TEXT.  Else none, and list->refusal
	 * where it can say why. */
	enum verdict (*decode)(struct span payload, enum language language, struct event_list *list);
	/* What is its own, as rows for a person (event/explain.h): fields, check digits as
	 * computed, blocks, channels; of any bytes, sound or not.  May be NULL. */
	void (*explain)(struct span payload, enum language language, struct buf *out);
};

#define FORMAT(name) extern const struct format format_##name;
#include "format/formats.def"
#undef FORMAT
/* What a code means in the standard or the usual plan; NULL: in none. */
const struct code *format_row(struct span format, struct span code);

extern const struct format *const formats[];	/* NULL at the end */
const struct format *format_find(struct span name);

/* Languages that are met, and whose form nobody has made public: they are
 * named so that a person who has such a panel knows, and never guessed at. */
struct named {
	const char *name, *title;
};
extern const struct named formats_named[];	/* a NULL name at the end */
bool format_is_named(struct span name);

/* Languages that receivers translate: their codes are met in records, never a payload. */
bool format_is_received(struct span name);

/* Says why, and hands the verdict on. */
static inline enum verdict format_refuse(struct event_list *list, enum verdict v, enum refusal why)
{
	list->refusal = why;
	return v;
}

/* Takes "#account|" off the front of a payload as DC-09 carries it, and the
 * brackets around both; empty when none is there.  Without its # it is hexadecimal. */
struct span format_take_account(struct span *payload, warnings *seen);

/* Sets kind, category, severity and label from the table's row, or the
 * undefined kind and code-unknown when row is NULL.  restored: the event
 * ends what the row names. */
void format_classify(struct event *ev, const struct code *row, bool restored, enum language language);

/* Puts the number behind the code where the row says that it belongs: zone,
 * user or partition; else, unless it is zero, into data as "address".  The
 * number of an unknown code is taken for a zone.
 * Behind format_classify(), and behind a partition that the block names. */
void format_number(struct event *ev, struct span number);

/* Reads the event anew by what its site's dialect says of its code: kind,
 * category, severity, label and the number's place; its name goes into data
 * as "dialect".  False: the dialect says nothing of it. */
bool format_by_dialect(struct event *ev, const struct dialect *d, enum language language);

#endif
