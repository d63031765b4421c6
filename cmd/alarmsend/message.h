/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One signal on its way to a centre, and how it is made: from options, from
 * an event or frame record, from a line of raw text.  A message owns its
 * bytes; it is reset and reused, then freed. */
#ifndef VIGIE_ALARMSEND_MESSAGE_H
#define VIGIE_ALARMSEND_MESSAGE_H

#include "json/record.h"
#include "proto/dc09_panel.h"
#include "proto/keys.h"

struct message {
	struct buf token, receiver, line, account;
	struct buf body;	/* from behind [ on, brackets of extended data included */
	bool has_receiver;
	bool stamped;		/* with the time of sending */
	unsigned seq;		/* DC09_SEQ_ANY: raw bytes without one */
	struct buf raw;		/* not empty: these bytes and nothing else */
	bool sealed;		/* the raw bytes are encrypted */
};

/* What the options say of the panel that we are. */
struct panel {
	const char *account, *token, *receiver, *line;
	const char *data;	/* behind "#account|" */
	const char *code, *qualifier, *zone, *user, *partition, *text;
	struct buf extended;	/* "[M0050C2000001]" */
	unsigned seq;		/* of the first signal, where has_seq */
	bool has_seq;
	bool stamped;
	bool occurred;		/* relayed signals tell when the first centre had them */
};

/* A signal in words; what is empty was not said. */
struct signal_words {
	struct span format;	/* "cid", "sia"; empty: by the shape of the code */
	struct span code, qualifier, kind, category, zone, user, partition, text;
};

/* Sets token and body: Contact ID or a SIA block, the extended data behind
 * it.  The account must be there.  -1 and *why (translated). */
int message_compose(struct message *m, const struct signal_words *w, struct span extended, const char **why);

void message_reset(struct message *m);
void message_free(struct message *m);

/* The signal of the options, with this sequence number.  -1 and *why (translated). */
int message_from_options(struct message *m, const struct panel *panel, unsigned seq, const char **why);

/* A link test. */
void message_poll(struct message *m, const struct panel *panel);

enum taking {
	TAKE_SEND,	/* the message is to be sent */
	TAKE_PASS,	/* carries no signal: to be passed on as it is */
	TAKE_REFUSE	/* carries one that cannot be put into a frame; *why */
};

/* A line of the pipe.  Keys open frames that reception left closed. */
enum taking message_from_record(struct message *m, const struct panel *panel, const struct record *r,
                                bool verbatim, const struct keys *keys, const char **why);

/* A line with a frame: hexadecimal digits, text without its LF and CR, or
 * "TIME PATH FRAME".  -1 when it is empty or a comment. */
int message_from_line(struct message *m, struct span line);

/* Reads account and number from the header of the raw bytes, as far as there
 * is one, so that their answer is known. */
void message_identify(struct message *m);

/* Nothing in a frame is escaped: what would end a text becomes a blank. */
void message_put_text(struct buf *out, struct span text);

/* Account, receiver and line as the options have them. */
void message_address(struct message *m, const struct panel *panel);

/* As dc09_compose() wants it; the time is left to who sends. */
struct dc09_message message_wire(const struct message *m);

#endif
