/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main courante: entries that are only ever added, chained (chain.h) and
 * numbered in the order of writing.  One struct logbook is one process's way
 * into the file; many may write at once. */
#ifndef VIGIE_LOGBOOK_LOGBOOK_H
#define VIGIE_LOGBOOK_LOGBOOK_H

#include "json/record.h"
#include "logbook/chain.h"
#include "store/store.h"

#define KIND_AUTOMATIC "automatic"

/* The words of kinds.def. */
struct kind {
	const char *word;
	bool person;		/* people may write it */
};
extern const struct kind logbook_kinds[];	/* ends with { 0 } */
const struct kind *kind_find(struct span word);

struct logbook {
	struct store *store;
	struct query *last, *known, *add_head, *add_body, *add_record;
	/* Of the newest entry, while a transaction is open. */
	int64_t number;
	struct hash hash;
	bool writing;
	struct buf body, canonical;	/* scratch */
};

/* What is to be written.  Spans are borrowed during the call; what is not
 * known is left empty. */
struct draft {
	msec event_at, entry_at;
	const char *kind;
	struct span author;	/* a person's Unix user, or "auto" */
	struct span writer;	/* the Unix user that ran the log, where the author is "auto" */
	struct span account, site, incident;
	struct span text;
	int64_t conflict;	/* number of the entry that has the same id and other content */
	struct span type, id;	/* of the record */
	struct span record;	/* its line, without LF */
};

/* An entry as it is stored.  Borrows from the reader, until its next step. */
struct entry {
	struct head head;
	struct hash hash;
	bool kept;		/* its body is there */
	bool withheld;		/* it is not, because only part of the log was given away */
	bool shaped;		/* hashes are as long as hashes are, times within the calendar */
	struct span random, body;
	struct span account, site, incident;	/* what it is searched by: taken from the body */
};

/* The members of a body: raw JSON, empty when absent. */
struct body {
	struct span account, author, conflict, incident, record, site, text, writer;
};

/* store_fault(l->store) tells whether that went well. */
void logbook_open(struct logbook *l, const char *path, enum store_way way, msec wait_ms);
void logbook_close(struct logbook *l);

/* -1: l->store says why.  Between them, appends count as one. */
int logbook_begin(struct logbook *l);
int logbook_commit(struct logbook *l);	/* 0: on disk */
void logbook_rollback(struct logbook *l);

/* Appends within a transaction; gives the number, or -1. */
int64_t logbook_append(struct logbook *l, const struct draft *d);

enum known { KNOWN_NOT, KNOWN_SAME, KNOWN_OTHER, KNOWN_FAILED };

/* Whether a record with this type and id is in the log, and with the same
 * content (content.h); OTHER: *number is the first entry that has it. */
enum known logbook_known(struct logbook *l, struct span type, struct span id, const struct record *r, int64_t *number);

struct body body_read(struct span json);

/* What is wanted of the log.  Zero or empty: no matter. */
struct search {
	msec since, until;	/* event time, until not included; CLOCK_NONE: no bound */
	struct span account;	/* compared without case */
	struct span site;	/* the site's name, or the account */
	struct span kind, incident;
	struct span id;		/* of the record */
	int64_t number;
	int64_t first, last;	/* bounds of the number; 0: none */
	int64_t most;		/* the newest so many; 0: all */
	struct hash hash;
	bool by_hash;
};

/* Entries in the order of writing; s is borrowed as long as the query is used.  NULL: l->store says why. */
struct query *logbook_search(struct logbook *l, const struct search *s);
/* Of those only the numbers, in their order. */
struct query *logbook_numbers(struct logbook *l, const struct search *s);
/* The first and the last of them, 0 when there are none; -1. */
int logbook_extent(struct logbook *l, const struct search *s, int64_t *first, int64_t *last);
/* 1, 0 at the end, -1. */
int entry_next(struct query *q, struct entry *e);

#endif
