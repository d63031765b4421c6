/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts file: what reception must know of an account.
 *
 *	SOURCE LINE ACCOUNT [interval=30s|class=SP4] [path=1] [clear=refuse]
 *
 * SOURCE and LINE may be *.  Accounts are compared without case, leading
 * zeros count; among the lines that fit the most specific one is taken. */
#ifndef VIGIE_ALARMRECV_ACCOUNTS_H
#define VIGIE_ALARMRECV_ACCOUNTS_H

#include "event/subscriber.h"
#include "util/clock.h"

struct account {
	struct subscriber from;	/* its account is always said */
	char *path;		/* NULL where not said */
	msec silence;		/* longest that may pass between two messages; 0: not supervised */
	bool refuse_clear;
	unsigned number;	/* its line in the file */
};

/* Receivers are supervised as account 0000 of their source. */
#define RECEIVER_ACCOUNT "0000"
static inline bool account_is_receiver(const struct account *a)
{
	return strcmp(a->from.account, RECEIVER_ACCOUNT) == 0;
}

struct accounts {
	struct account *account;	/* sorted by name, most specific first */
	unsigned n;
};

/* How long it may be silent whose messages come once an interval. */
msec account_silence(msec interval);

/* -1 and *why ("FILE:LINE: …", translated; valid until the next call); accounts is then untouched. */
int accounts_load(struct accounts *a, const char *path, const char **why);

/* Place of the first of this name (compared without case), or of what stands behind it. */
unsigned accounts_first(const struct accounts *a, struct span account);

/* NULL: reception does not know it. */
const struct account *accounts_find(const struct accounts *a, const char *source, struct span line, struct span account);

void accounts_free(struct accounts *a);

#endif
