/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SOURCE LINE ACCOUNT: where signals come from, as the lines of files name
 * it; each may be *.  Accounts and lines are compared without case, leading
 * zeros count.  Owns its texts. */
#ifndef VIGIE_EVENT_SUBSCRIBER_H
#define VIGIE_EVENT_SUBSCRIBER_H

#include "util/span.h"

struct subscriber {
	char *source, *line, *account;	/* NULL: any */
};

/* Takes three words off the front; false when there are fewer, or one is a
 * comment.  "L0" and "0" are the same line, "L" is the one without digits. */
bool subscriber_read(struct subscriber *s, struct span *words);
void subscriber_free(struct subscriber *s);

/* By account, then the most specific first: an account tells more than a
 * source, a source more than a line.  0: the same. */
int subscriber_order(const struct subscriber *a, const struct subscriber *b);

/* < 0: the account stands in front of that of s. */
int subscriber_compare(struct span account, const struct subscriber *s);

bool subscriber_fits(const struct subscriber *s, struct span source, struct span line);

#endif
