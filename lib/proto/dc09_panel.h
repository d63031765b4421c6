/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DC-09 from the panel's side: composes a frame, and reads what the receiver
 * answers as leniently as real receivers make necessary.  Spans borrow; only
 * the buf that is written to grows. */
#ifndef VIGIE_PROTO_DC09_PANEL_H
#define VIGIE_PROTO_DC09_PANEL_H

#include "proto/proto.h"

#define DC09_SEQ_MOST 9999	/* then 0001 again; 0000 is for link tests */
#define DC09_SEQ_ANY 10000	/* of bytes whose number we could not read: any answer is theirs */

struct dc09_message {
	struct span token;	/* "ADM-CID", without * */
	unsigned seq;
	bool has_receiver;
	struct span receiver, line, account;
	struct span body;	/* from behind [ up to the timestamp: "#1002|1130 01 003]" */
	msec sent;		/* CLOCK_NONE: no timestamp, which only clear frames may lack */
};

/* Appends the whole frame, encrypted where there is a key.  chance becomes
 * the padding.  -1, and nothing appended, when it were longer than the
 * length field can say (4095). */
int dc09_compose(const struct dc09_message *m, const struct key *key, const uint8_t chance[static 16],
                 struct buf *out);

/* The content of a frame that was read, without its timestamp: what `body`
 * takes to send the same once more. */
struct span dc09_body(const struct signal *s);

/* The sequence number for a record: consecutive ones have consecutive
 * numbers, and a record that is sent again, even after a restart, has the
 * number it had, so that the receiver knows it for the same. */
unsigned dc09_seq_for(struct span id);

struct dc09_reply {
	enum answer answer;
	bool clear;		/* came in clear although the message was encrypted */
	bool command;		/* RSP: acknowledges, and asks for something */
	msec time;		/* the receiver's, told by NAK; CLOCK_NONE when it does not */
	struct span seq, account;
};

enum dc09_match {
	MATCH_YES,
	MATCH_OTHER,		/* an answer, but to another sequence number or account */
	MATCH_CLOSED,		/* encrypted, and the key does not open it */
	MATCH_NONE		/* no answer at all */
};

/* Is the frame the answer to m?  NAK is taken with any number and account:
 * receivers echo or leave them, and only one message is on its way.  An
 * account is compared without case, and may be missing. */
enum dc09_match dc09_reply_read(struct span frame, const struct dc09_message *m, const struct key *key,
                                struct buf *opened, struct dc09_reply *reply);

#endif
