/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reception does with bytes, wherever they came from: cuts frames off,
 * reads them, opens them, judges them, queues the record, and says what the
 * answer is and when it may leave.  Opens no socket and knows none. */
#ifndef VIGIE_ALARMRECV_INTAKE_H
#define VIGIE_ALARMRECV_INTAKE_H

#include "proto/repeats.h"
#include "link/source.h"
#include "proto/session.h"
#include "receivers.h"
#include "spool/journal.h"

#define LAST 4096

/* Where bytes came in.  Borrowed by each call. */
struct origin {
	const struct protocol *proto;
	const char *source;	/* the centre's name: R1 */
	const char *via;	/* "tcp", "udp", "wire" */
	struct span peer;	/* "192.0.2.7:51234", empty when there is none */
	struct span local;	/* our address, empty when it says nothing new */
	struct span path;	/* wire: the line's own PATH word, else empty */
	struct span faults;	/* beside the bytes, what a serial line did to each; empty: nothing */
	struct session *session;	/* the connection's, NULL: every frame stands for itself */
};

/* How much a peer has shown of itself; more is kept longer at the limits. */
enum standing { STRANGER, SPOKE_SOUNDLY, KNOWN_ACCOUNT };

/* What came of one frame. */
struct taken {
	enum answer answer;	/* A_NONE: nothing is to be sent */
	bool small_talk;	/* of a conversation: nothing to record, answered at once */
	bool stored;		/* the answer waits until journal->stored has reached `seq` */
	uint64_t seq;		/* of the record that was queued for it */
	enum standing standing;
	msec silence;		/* the account's own longest silence, 0 when it has none */
	bool over;		/* the connection ends when its answers have left */
	const char *neighbour;	/* another protocol is spoken here: name it and close; else NULL */
};

/* Settings, from the options. */
struct policy {
	bool strict;		/* refuse what a strict receiver refuses (dc09.md, section 12) */
	bool refuse_unknown;	/* DUH to accounts that the accounts file does not have */
	bool refuse_clear;	/* DUH to clear events of any account that has a key */
	bool journal_polls;
	bool no_clear;		/* frame records without "clear" */
	msec repeat_window;	/* a repetition is known for so long */
};

struct intake {
	/* Set by the caller before intake_init(). */
	struct loop *loop;
	struct journal *journal;
	struct policy policy;
	const char *accounts_path, *keys_path;	/* NULL: none */
	void (*tell)(struct intake *in, const char *text);	/* for people, translated, no LF */

	/* The rest is internal. */
	struct keys keys;
	struct common common;	/* of the sessions */
	struct accounts accounts;
	struct supervision supervision;
	struct receivers receivers;
	struct timer alive;	/* to note that we are */
	const char *spool;	/* NULL: none to note it in */
	struct repeats repeats;
	struct {
		uint64_t hash;
		warnings form;
	} *forms;		/* in which CRC form accounts have spoken */
	struct last {
		uint64_t hash;
		bool settled;	/* its panel has gone on since */
	} *last;		/* what each source, or each account of it, sent last; they share a place seldom */
	char epoch[EPOCH_TEXT + 1];	/* of what was stored last */
	uint64_t stored;
	uint64_t polls;		/* answered and not journalled */
	struct buf opened, record, id, scratch;
	uint8_t chance[256];	/* for the padding of answers: one call serves sixteen */
	size_t chance_n;	/* bytes of it that are left */
};

/* Reads keys and accounts, and from the journal (NULL: none) which paths
 * were down.  -1 and *why: "FILE:LINE: …", translated. */
int intake_init(struct intake *in, const char *spool, const char **why);

/* The loop's clock has been set to when all begins: every supervised account
 * has one full interval from now on. */
void intake_begin_time(struct intake *in);

/* Reads keys and accounts again (SIGHUP); the old ones stay when the new are bad. -1 and *why. */
int intake_reload(struct intake *in, const char **why);

/* Cuts the next frame (or run of noise) off the front of bytes, deals with it,
 * appends the answer's bytes to reply (nothing for A_NONE).  Gives how many
 * bytes of the front are done with: 0 means that more are needed. */
size_t intake_take(struct intake *in, const struct origin *from, struct span bytes, bool at_end,
                   struct buf *reply, struct taken *t);

/* A begun frame that was not completed in time, or what was left when the
 * peer went: queued as an error record, so that no byte is lost. */
void intake_abandoned(struct intake *in, const struct origin *from, struct span bytes, const char *detail);

/* The source cannot be heard, its port or connection is gone.  kept: it is
 * one that we open; else it may be one of many. */
void intake_gone(struct intake *in, const struct source *s, bool kept);

/* The journal's done(): after an error forgets what it took for known by that batch. */
void intake_stored(struct intake *in, int error);

/* What the source, or on a port that panels share the account, sent last; for recall.c. */
struct last *intake_last(struct intake *in, const struct protocol *proto, const char *source, struct span account);

void intake_free(struct intake *in);

#endif
