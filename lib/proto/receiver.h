/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the output formats of hardware receivers share: a receiver takes the
 * panels' calls and prints one record for each report on a serial line or a
 * TCP connection, waits for one byte, and repeats what was not acknowledged.
 * Only the protocols of receivers include it. */
#ifndef VIGIE_PROTO_RECEIVER_H
#define VIGIE_PROTO_RECEIVER_H

#include "proto/proto.h"

#define RECEIVER_ACK 0x06
#define RECEIVER_NAK 0x15

enum receiver_what { RX_EVENT, RX_STATUS, RX_HEARTBEAT, RX_CALLER, RX_LISTEN_IN, RX_VIDEO, RX_SIM, RX_TEXT, RX_HOST };

/* A condition of the receiver itself, which concerns every site behind it. */
struct receiver_status {
	const char *code;
	bool over;		/* the code says that it has ended */
	int severity;		/* 0 information, else of the trouble */
	const char *label[2];	/* by enum language */
};

struct receiver_note {
	const char *key;
	struct span value;
};

/* A record taken apart.  Spans borrow from the frame. */
struct receiver_record {
	enum receiver_what what;
	const char *format;	/* the panel's language, as far as the record names it */
	struct span receiver, line, account, seq;
	struct span cid;	/* Contact ID: QXYZGGNNN, Q a digit or a letter */
	uint8_t cid_flag;	/* 'C' zone, 'U' user, 0: not said */
	struct span sia;	/* a SIA block: NBA01 */
	struct span items;	/* several events: " before a sound one, # before a damaged one */
	bool items_are_sia;
	struct span code, zone, user, partition, text;
	struct span caller;	/* the number or name that the call came from */
	struct span payload;	/* for the decoder of `format`, which has one */
	struct receiver_note note[3];	/* what else it says, for "data"; key NULL: no more */
	struct span time;	/* the receiver's clock, as it prints it */
	const struct receiver_status *status;
	bool over;		/* the status has ended */
	warnings warnings;
	uint8_t joined[24];	/* what stands apart in the record: a span that borrows from here lives as long as it */
};

/* A record that cannot be believed: nothing of it but why. */
static inline enum verdict receiver_bad(struct receiver_record *r, warnings why)
{
	*r = (struct receiver_record){ .warnings = why };
	return V_BAD_CHECK;
}

/* Intact, and strange: an event of which a person reads the text. */
static inline void receiver_strange(struct receiver_record *r, struct span text)
{
	r->what = RX_EVENT;
	r->items = (struct span){ 0 };
	r->text = text;
}

/* Where a protocol's records begin and end. */
struct receiver_borders {
	size_t most;				/* twice the longest record, its end included */
	bool (*is_fill)(uint8_t c);		/* may stand between records */
	ptrdiff_t (*end)(struct span s);	/* where the byte stands that ends the record at the front; -1: not yet */
	bool end_is_proof;			/* nobody else ends anything so: what ends so was a record */
	bool stands_alone;			/* too plain to be looked for behind a digit or a letter */
	bool (*begins)(struct span s);		/* a record could begin so, as far as the bytes are there */
	/* Bytes of a header in front of the fill, 0: none, SIZE_MAX: perhaps, wait; may be NULL. */
	size_t (*header)(struct span in);
	/* Is it a whole record?  V_OK; V_BAD_CHECK and V_MALFORMED: no, with r->warnings. */
	enum verdict (*parse)(struct span text, struct receiver_record *r);
	bool (*is_strange)(struct span text);	/* none that we know, but printed whole; may be NULL */
	size_t (*run)(struct span text);	/* length of the first of several records without an end; may be NULL */
	/* For a person; each may be NULL. */
	const char *const *drawings;		/* the records' layouts, event/drawing.h */
	void (*explain)(struct span text, struct buf *out);	/* rows of its own: its check, computed */
	const char *wait;			/* N_(), how long it waits for the answer, and what it does then */
};

enum verdict receiver_frame(const struct receiver_borders *b, struct span in, bool at_end, struct span *frame);
enum verdict receiver_read(const struct receiver_borders *b, struct span frame, struct signal *s);
enum verdict receiver_events(const struct receiver_borders *b, const char *proto, const struct signal *s, enum language language,
                             struct event_list *list);

/* Takes a record's text apart; one of no known layout is its text. */
enum verdict receiver_parse(const struct receiver_borders *b, struct span text, struct receiver_record *r);

void receiver_explain(const struct receiver_borders *b, const struct protocol *p, struct span frame, const struct context *cx,
                      enum language language, struct buf *out);

/* Adds what the record says; at least one event. */
void receiver_put_events(const struct receiver_record *r, const char *proto, enum language language, struct event_list *list);

/* 06, or 15 for A_NAK.  A receiver that is refused a record because of its
 * content repeats it and the calls behind it wait, so A_DUH is an ACK too. */
void receiver_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out);

const struct receiver_status *receiver_status_find(const struct receiver_status *table, size_t n, struct span code);

/* Who else speaks on a receiver's port; NULL: unknown. */
const char *receiver_stranger(struct span in);

/* A record that is sound, but for how the line or the receiver is set; NULL: none. */
const char *receiver_misset(const struct receiver_borders *b, struct span in);

/* "00 OKAY @" of the Ademco 685 and its kin, with their receiver and line or without. */
bool receiver_okay(struct span text, struct receiver_record *r);

/* Nine digits of Ademco high speed: "CCCC CCCC C". */
bool receiver_high_speed(struct span channels, struct receiver_record *r);

/* "A p AAAA g u ZZ E" of an ITI receiver. */
bool receiver_iti(struct span body, struct receiver_record *r);

/* A digit beyond nine (A 10, a 36) as a number to read. */
struct span receiver_number(uint8_t digit);

/* Small questions about printed text. */
bool receiver_is_word(uint8_t c);	/* a digit or a letter */
bool receiver_is_capital(uint8_t c);
bool receiver_all(struct span s, bool (*is)(uint8_t c));
bool receiver_is_printed(struct span s);
bool receiver_is_field(struct span s);	/* blanks, then digits and letters */

/* A protocol of one set of borders; behind, what else its entry says, such as its proof. */
#define RECEIVER_PROTOCOL_ANSWERED(NAME, WORD, TITLE, COVERAGE, BORDERS, NEIGHBOUR, ANSWER, ...) \
	static enum verdict frame(struct span in, bool at_end, struct span *cut) { return receiver_frame(&(BORDERS), in, at_end, cut); } \
	static enum verdict read(struct span bytes, struct signal *s) { return receiver_read(&(BORDERS), bytes, s); } \
	static enum verdict events(const struct signal *s, enum language language, struct event_list *list) \
	{ return receiver_events(&(BORDERS), WORD, s, language, list); } \
	extern const struct protocol protocol_##NAME; \
	static void explain(struct span bytes, const struct context *cx, enum language language, struct buf *out) \
	{ receiver_explain(&(BORDERS), &protocol_##NAME, bytes, cx, language, out); } \
	const struct protocol protocol_##NAME = { \
		.name = WORD, .title = TITLE, .coverage = COVERAGE, .most = 1024, .frame = frame, .read = read, \
		.answer = ANSWER, .events = events, .explain = explain, \
		.neighbour = NEIGHBOUR, .one_at_a_time = true, .refuses_damage = true, __VA_ARGS__ \
	}
#define RECEIVER_PROTOCOL(NAME, WORD, TITLE, COVERAGE, BORDERS, NEIGHBOUR, ...) \
	RECEIVER_PROTOCOL_ANSWERED(NAME, WORD, TITLE, COVERAGE, BORDERS, NEIGHBOUR, receiver_answer, __VA_ARGS__)

#endif
