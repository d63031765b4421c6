/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which paths are silent: a timer for each account of the accounts file that
 * has an interval or a class, restarted by every sound message. */
#ifndef VIGIE_ALARMRECV_SUPERVISION_H
#define VIGIE_ALARMRECV_SUPERVISION_H

#include "accounts.h"
#include "json/record.h"
#include "loop/loop.h"

struct path {
	struct timer timer;
	struct supervision *supervision;
	const struct account *account;
	msec heard;		/* last; the start counts as a message */
	bool down;
};

struct supervision {
	struct loop *loop;
	/* The path went down, or (down false) came up again; since: heard last before that. */
	void (*changed)(struct supervision *s, const struct account *a, bool down, msec since);
	struct path *path;	/* one an account, in the order of the accounts */
	unsigned n;
	const struct accounts *accounts;
};

/* Every path has one full interval from now on. */
void supervision_begin(struct supervision *s, const struct accounts *accounts);

void supervision_restart(struct supervision *s);	/* the same, for paths that are not down */

/* What a link record of the journal says is so still. */
void supervision_recall(struct supervision *s, const struct record *link);

/* Is it down? A poll that brings it up is news. */
bool supervision_is_down(const struct supervision *s, const struct account *a);

/* A sound message of the account has come. */
void supervision_heard(struct supervision *s, const struct account *a);

/* Other accounts from now on; paths that stay keep what is known of them. */
void supervision_reload(struct supervision *s, const struct accounts *accounts);

void supervision_free(struct supervision *s);

#endif
