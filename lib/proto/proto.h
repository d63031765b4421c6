/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wire protocols: borders, check, answer, and which format the payload is.
 * A protocol is a constant of pure functions: they get everything as
 * arguments, open nothing and read no clock; so one fuzz target and one
 * corpus test cover all of them.  A new one is one file here, one line in
 * protocols.def and one corpus file. */
#ifndef VIGIE_PROTO_PROTO_H
#define VIGIE_PROTO_PROTO_H

#include "format/format.h"
#include "util/clock.h"

/* What an account's traffic is opened and answered with.  Belongs to who reads the keys file. */
struct key {
	uint8_t bytes[32];
	unsigned n;		/* 16, 24 or 32; 0: no key */
	msec behind, ahead;	/* time window; both 0: off (DC-09 gives 40 s and 20 s) */
	bool refuse_clear;	/* clear events of this account are refused (DUH) */
};

/* What a panel waits for. */
enum answer { A_NONE, A_ACK, A_NAK, A_DUH };
const char *answer_word(enum answer a);	/* "none", "ack", "nak", "duh" */

/* A frame taken apart.  Spans borrow from the frame, or from `opened`. */
struct signal {
	struct span frame;	/* the bytes as they came, borders included */
	struct span token;	/* DC-09: the id between the quotes, without * */
	struct span seq, receiver, line, account;
	bool has_receiver, has_line, has_account;	/* present, maybe without digits */
	bool encrypted;
	bool poll;		/* a link test without anything new in it */
	bool of_receiver;	/* a hardware receiver speaks of itself, not of a subscriber */
	bool is_answer;		/* ACK, NAK, DUH: belongs to something we sent, gets no answer */
	bool lenient_only;	/* a strict receiver refuses it */
	struct span content;	/* readable content: DC-09, from behind [ (or behind pad and |) to the end */
	const struct format *format;	/* NULL: no event language that we know */
	struct span payload;	/* for format->decode */
	struct span inner_account;	/* the data's own account, empty when it names none */
	struct span extended;	/* DC-09: the [X…] fields, brackets included */
	struct span identity;	/* what a retransmission repeats beside account, token and seq: no padding, no
				 * timestamp.  Where seq is all zeros it says nothing: `sent` is compared too, and
				 * for seconds, not minutes (DC-09 panels that number every event 0000). */
	msec sent;		/* the panel's time, CLOCK_NONE without one */
	unsigned form;		/* the protocol's own: which dialect the answer must be in */
	bool zeros_in_front;	/* the account is filled up with zeros to a width of the wire's own */
	msec interval;		/* the panel says that it will speak again within so long; 0: it does not say; -1: it will not */
	unsigned key_number;	/* of VdS 2465: which key it is sealed with; 0: the account tells */
	uint8_t digits[24];	/* an account that the frame has in another form: the span borrows from here */
	warnings warnings;
};

struct session;
struct conversation;

/* What else a protocol may need to know. */
struct context {
	msec now;
	struct session *session;	/* the connection's, NULL: none */
	const struct key *key;	/* of the signal's account, NULL: none */
	struct span clear;	/* content that somebody else has opened, as a record has it; p NULL: none */
	struct buf *opened;	/* receives decrypted content; outlives the signal */
	uint8_t pad[16];	/* chance for the padding of an encrypted answer */
};

struct protocol {
	const char *name;	/* as in "proto":"dc09" and in dc09+tcp:// */
	const char *title;	/* N_(), one line for --list */
	const char *coverage;	/* "complete", or N_() what is missing */
	enum proof proof;	/* what a whole frame has been checked by */
	size_t most;		/* longest frame, borders included */
	bool one_at_a_time;	/* the sender waits for each answer: only what came last can come again */
	bool refuses_damage;	/* a damaged frame is answered A_NAK, so that it is sent again at once */

	/* The i-th of the tokens it knows, for --list, NULL behind the last; may be NULL. */
	const char *(*token)(unsigned i);

	/* Cuts the first whole frame off the front of in: V_OK, *frame is in's
	 * first frame->n bytes.  V_MORE: a beginning; *frame is what may be dropped
	 * in front of it (fill between frames; often empty).  V_BAD_CHECK and
	 * V_MALFORMED: *frame is what to hand on as error and drop.  V_NOT_MINE:
	 * *frame is noise to hand on and drop, up to where a frame could begin.
	 * at_end: nothing will follow (datagram, connection closed): never V_MORE. */
	enum verdict (*frame)(struct span in, bool at_end, struct span *frame);

	/* Takes a whole frame apart as far as it can be read without a key:
	 * header, warnings, and for clear frames all the rest. */
	enum verdict (*read)(struct span frame, struct signal *s);

	/* Opens an encrypted signal with cx->key and takes the content apart:
	 * V_OK; V_BAD_CHECK: the key does not open it.  NULL, and content too,
	 * where nothing is ever encrypted. */
	enum verdict (*open)(struct signal *s, const struct context *cx);

	/* Reads the content that somebody else has opened: cx->clear. */
	enum verdict (*content)(struct signal *s, const struct context *cx);

	/* Writes the answer that the panel waits for, in the dialect it spoke. */
	void (*answer)(const struct signal *s, const struct context *cx, enum answer a, struct buf *out);

	/* Adds the events of a signal that has been read (and opened): the
	 * payload's, with the header's fields, extended data and warnings set.
	 * V_OK with no event added: it carries none (polls, answers). */
	enum verdict (*events)(const struct signal *s, enum language language, struct event_list *list);

	/* The frame for a person, field by field; may be NULL. */
	void (*explain)(struct span frame, const struct context *cx, enum language language, struct buf *out);

	/* session.h: what a connection of it must remember; NULL: every frame stands for itself. */
	const struct conversation *conversation;

	/* Names the protocol that the first bytes belong to, in English as records have it
	 * (_() for a person); NULL when unknown; may be NULL. */
	const char *(*neighbour)(struct span in);
};

/* What a letter or digit means that receivers print for the formats which
 * they translate; NULL: nothing that is published. */
const struct code *receiver_meaning(struct span format, struct span code);

/* What to call the damage of a frame that read() finds bad. */
enum warning signal_damage(const struct signal *s);

/* Who else speaks here, DC-09 and those that knock at its port; NULL: unknown. */
const char *protocol_stranger(struct span in);

extern const struct protocol *const protocols[];	/* NULL at the end */
const struct protocol *protocol_find(struct span name);

#endif
