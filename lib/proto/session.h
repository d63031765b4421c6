/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocols of a conversation.  Most panels send frames that stand for
 * themselves.  Some agree on something first, a key or a counter; some name
 * their account once and then send block by block; some wait until the
 * receiver speaks.  What one connection has to remember for that is its
 * session.
 *
 * A frame of such a protocol is recorded so that it stands for itself all
 * the same: out of the connection's own cipher, and behind the blocks that it
 * belongs to.  So read(), events() and explain() stay functions of the record,
 * and only reception knows of sessions. */
#ifndef VIGIE_PROTO_SESSION_H
#define VIGIE_PROTO_SESSION_H

#include "proto/keys.h"

#define SESSION_FILES 9

/* What all sessions of a reception share.  Belongs to it. */
struct common {
	const struct keys *keys;
	bool keeps_files;		/* there is a place for them */
	size_t held;			/* bytes of files that are not whole yet, all sessions together */
};

/* What a frame brought that is too big for a record: a mail, a picture. */
struct session_file {
	char name[80];			/* SHA-256 and an ending: "9f86….jpg" */
	size_t at, n;			/* its bytes, in file_bytes */
};

/* Zero-initialised but for common, now and due; the protocol's own from begin() on. */
struct session {
	struct common *common;
	msec now;			/* set by the caller before each call */
	msec due;			/* when due() is to be called; CLOCK_NONE: never */
	struct buf whole;		/* the frame that was cut last, as it is recorded; empty: none, small talk.
					 * With V_MORE: what has come of it so far, where the wire's bytes say nothing */
	struct buf kept;		/* what later frames stand behind, or what is not whole yet */
	struct buf plain;		/* bytes out of the cipher */
	struct buf account;		/* which it has named, for frames that do not */
	uint8_t key[32];
	unsigned key_n;			/* bytes of the key; 0: nothing was agreed */
	uint32_t ours, theirs;		/* counters of both sides */
	unsigned state;
	struct buf said;		/* what we said last, to be said once more */
	bool waiting;			/* it wants an answer */
	unsigned unanswered;		/* how often it was said once more */
	bool settled;			/* by small talk: what came before has been answered, and will not be repeated */
	const char *neighbour;		/* another protocol, seen out of the cipher, as neighbour() names it; NULL: none */
	bool over;			/* the connection ends when what was answered has left */
	struct session_file file[SESSION_FILES];	/* of the frame that was cut last; on disk before its answer */
	unsigned files;
	struct buf file_bytes;
};

struct conversation {
	/* The connection stands: appends what we say first, if anything. */
	void (*begin)(struct session *t, struct buf *out);

	/* As protocol->frame(), on this connection: *frame is what is taken off
	 * the bytes that came, t->whole what it stands for.  With V_OK and an
	 * empty t->whole it was small talk: nothing to record, and the answer
	 * has been appended to reply. */
	enum verdict (*frame)(struct session *t, struct span in, bool at_end, struct span *frame, struct buf *reply);

	/* For who only listens: the receiver has said this.  Gives how much of its
	 * front it is that no frame asked for and that decides what follows, a key;
	 * 0: none.  May be NULL. */
	size_t (*overheard)(struct session *t, struct span said);

	/* t->due has come: appends what is to be said, and sets it anew.  False:
	 * nobody answers any more, and the connection is to be closed.  May be
	 * NULL when due is never set. */
	bool (*due)(struct session *t, struct buf *out);

	/* The connection has ended: what was begun on it and is not whole, for an
	 * error record; empty: nothing.  May be NULL. */
	struct span (*left)(struct session *t);
};

/* Begins the conversation of a connection, appending to out; NULL when the protocol has none. */
struct session *session_new(const struct protocol *proto, struct common *common, msec now, struct buf *out);

void session_free(struct session *t);	/* keys are wiped; NULL is allowed */

#endif
