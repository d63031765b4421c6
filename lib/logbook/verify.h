/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the log what was written?  Walks all entries in order and names each
 * that was changed, removed, inserted or moved.  What it cannot see alone is
 * a tail that was cut off, or a log written anew from some entry on: for
 * that the newest hash must be kept elsewhere. */
#ifndef VIGIE_LOGBOOK_VERIFY_H
#define VIGIE_LOGBOOK_VERIFY_H

#include "logbook/logbook.h"

enum flaw {
	FLAW_HEAD,	/* number, times, kind or hashes were changed */
	FLAW_BODY,	/* text or data were changed */
	FLAW_ERASED,	/* text and data were removed */
	FLAW_REMOVED,	/* entries `number` to `other` are not there */
	FLAW_INSERTED,	/* it was not written by the log */
	FLAW_MOVED,	/* it was written as number `other` */
	FLAW_BROKEN,	/* it does not follow the one before it: that one was replaced */
	FLAW_SEARCH,	/* what it is found by is not what its text and data say */
	FLAW_LOOSE,	/* text and data that belong to no entry */
};

struct verify {
	struct logbook *logbook;
	void (*flawed)(struct verify *v, enum flaw flaw, int64_t number, int64_t other);
	void (*progress)(struct verify *v, int64_t done, int64_t all);
	/* What it has found. */
	int64_t entries, flaws;
	int64_t number;		/* of the newest entry */
	struct hash hash;
	/* internal */
	struct query *by_hash, *record;
	int64_t records;	/* entries that carry a record */
	int64_t shift;		/* how far the entries behind an insertion or removal have moved */
	struct hash before_last;
};

/* 0 when it could walk through all of it; -1: the store says why. */
int logbook_verify(struct verify *v);

#endif
