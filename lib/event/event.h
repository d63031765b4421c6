/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a panel said, in words that are the same whatever the format.  A
 * decoder appends events to a list that belongs to the caller and is reset,
 * not freed, between frames; the list owns the text of all its fields. */
#ifndef VIGIE_EVENT_EVENT_H
#define VIGIE_EVENT_EVENT_H

#include "json/write.h"
#include "text/text.h"

enum field {
#define FIELD(name, key, form, meaning) F_##name,
#include "event/fields.def"
#undef FIELD
	F_COUNT
};

enum warning {
#define WARNING(name, word, meaning) W_##name,
#include "event/warnings.def"
#undef WARNING
	W_COUNT
};

/* A set of warnings: bit w stands for enum warning w. */
typedef uint64_t warnings;
#define WARN(name) (UINT64_C(1) << W_##name)

const char *warning_word(enum warning w);
const char *warning_meaning(enum warning w);	/* in English, as records have it; _() for a person */

/* Appends ["crc-binary","line-empty"]. */
void warnings_put(struct buf *out, warnings set);

struct event {
	struct event_list *list;	/* whose text it is */
	struct field_place {
		uint32_t at, n;		/* in list->text; n 0: absent */
	} field[F_COUNT];
	warnings warnings;
	uint32_t data_at, data_n;	/* place in list->data: the members of "data", no braces */
	const struct code *known;	/* the table's row, NULL when the code is in none */
	bool unreadable;		/* this part of the frame has no reading: printed as error */
	uint8_t number_in;		/* the field that the number behind the code stands in, from 1; 0: none */
	char type;			/* a digit of the message that says what has happened to the code, 0: none */
	bool fixed;			/* that digit says it, whatever the code means */
	bool checked;			/* its own check digit, sum, parity or second round has proved it */
	uint32_t also_at, also_n;	/* place in list->text: words of event_also() */
};

/* Zero-initialise, reset and reuse, free. */
struct event_list {
	struct event *event;
	unsigned n, room;
	struct buf text;
	struct buf data;
	struct buf scratch;	/* a decoder's own, so that it asks for no memory for each frame */
	unsigned refusal;	/* why a payload has no reading, of enum refusal (format/format.h); 0: not said */
	/* internal */
	size_t looked;		/* bytes of text that have been looked at for what JSON must escape */
	bool escapes;		/* some has to be, or is not ASCII */
};

struct event *event_list_add(struct event_list *list);	/* valid until the next add */
void event_list_reset(struct event_list *list);
void event_list_free(struct event_list *list);

void event_set(struct event *ev, enum field f, struct span value);
static inline void event_puts(struct event *ev, enum field f, const char *value)
{
	event_set(ev, f, span_str(value));
}

/* The field is what has been appended to the list's text since that was `began` long. */
void event_set_from(struct event *ev, enum field f, size_t began);
struct span event_get(const struct event *ev, enum field f);

/* A member of "data": {"mac":"0050C2000001"}.  A second one of the same key
 * makes the value a list. */
void event_data(struct event *ev, struct span key, struct span text);

/* The text of such a member; empty when there is none, or a list. */
struct span event_data_text(const struct event *ev, struct span key);

/* Words behind the event's warnings, one blank between them: names that no
 * fixed set can hold, such as the other readings of bytes that nothing names. */
void event_also(struct event *ev, struct span words);

/* Appends the record and LF: keys in the order of fields.def, "data",
 * "warnings" and "of" written from the event's own members. */
void event_print(struct buf *out, const struct event *ev, unsigned of);

#endif
