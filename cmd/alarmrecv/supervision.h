/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which paths are silent: a timer for each account of the accounts file that
 * has an interval or a class, or whose panel announces one, and for each
 * receiver (receivers.c), restarted by every sound message.  That a path went
 * down or came up is told until it is on disk.  A step of the system's clock
 * is no silence, and ends none. */
#ifndef VIGIE_ALARMRECV_SUPERVISION_H
#define VIGIE_ALARMRECV_SUPERVISION_H

#include "accounts.h"
#include "json/record.h"
#include "loop/loop.h"

struct path {
	struct timer timer;
	struct supervision *supervision;
	const struct account *account;
	msec silence;		/* the account's own, or what its panel announces; 0: not supervised */
	char *source;		/* where it was heard last, NULL: nowhere yet */
	msec heard;		/* last; the start counts as a message */
	bool down;
	msec since;		/* heard last before the change that is not stored yet */
	uint64_t number;	/* of that change's record; 0: it must be told again */
	bool untold;		/* such a change there is: in the list */
	struct path *next_untold;
	struct path *next_added;
};

struct supervision {
	/* Set by the caller before supervision_begin(). */
	struct loop *loop;
	/* The path went down, or came up again (p->down): a record with
	 * p->since is wanted.  Gives the record's number. */
	uint64_t (*changed)(struct supervision *s, const struct path *p);

	/* The rest is internal. */
	struct path *path;	/* one an account, in the order of the accounts */
	unsigned n;
	const struct accounts *accounts;
	struct path *added;	/* of no account in the file */
	struct path *untold;
	struct timer again;
	msec ahead;		/* of the system's clock before the steady one */
};

/* Every path has one full interval from now on. */
void supervision_begin(struct supervision *s, const struct accounts *accounts);

void supervision_restart(struct supervision *s);	/* the same, for paths that are not down */

/* What a link record of the journal says is so still.  False: of no account in the file. */
bool supervision_recall(struct supervision *s, const struct record *link);

/* A path beside those of the file; it belongs to the caller.  While its
 * silence is 0 it is not supervised. */
void supervision_add(struct supervision *s, struct path *p, const struct account *a);
void supervision_remove(struct supervision *s, struct path *p);
void supervision_path_heard(struct path *p, const char *source, msec interval);	/* as supervision_heard() */
void supervision_path_recall(struct path *p, const struct record *link);

/* NULL for no account. */
const struct path *supervision_path(const struct supervision *s, const struct account *a);

/* Is it down? A poll that brings it up is news. */
bool supervision_is_down(const struct supervision *s, const struct account *a);

/* A sound message of the account has come in at the source.  interval: what
 * its panel announces, which counts where the accounts file says nothing; 0:
 * nothing, -1: that it sends no polls. */
void supervision_heard(struct supervision *s, const struct account *a, const char *source, msec interval);

/* Records up to this number are on disk; or all that were not are lost, and
 * what they told is told again, a second later: the disk may be full. */
void supervision_stored(struct supervision *s, uint64_t number);
void supervision_lost(struct supervision *s);

/* Other accounts from now on; paths that stay keep what is known of them. */
void supervision_reload(struct supervision *s, const struct accounts *accounts);

void supervision_free(struct supervision *s);

#endif
