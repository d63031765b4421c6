/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database file; SQLite stays in here.  It is written ahead (WAL), and a
 * commit returns when its bytes are on disk.  store_open() always gives a
 * store, which remembers the first thing that went wrong until it is asked
 * for; store_close() ends it. */
#ifndef VIGIE_STORE_STORE_H
#define VIGIE_STORE_STORE_H

#include "util/clock.h"

struct store;
struct query;

enum store_way {
	STORE_READ,	/* changes nothing, and reads a copy on a read-only medium too */
	STORE_WRITE,	/* makes the file, mode 0600, where there is none */
};

enum store_fault {
	STORE_FINE,
	STORE_BUSY,	/* another process held it for longer than we wait */
	STORE_FULL,	/* no room on the disk */
	STORE_MISSING,	/* no such file */
	STORE_FOREIGN,	/* a file of another kind, or of a newer form */
	STORE_DAMAGED,	/* its own structure is broken */
	STORE_REFUSED,	/* a rule of the schema forbids it */
	STORE_OTHER,
};

/* What a file holds: who it belongs to, and the steps that lead from nothing
 * to its present form.  Step i, SQL, makes version i + 1 out of version i. */
struct store_form {
	uint32_t application;
	const char *const *step;
	unsigned steps;
	unsigned readable;	/* the oldest version that a reader takes as it is; 0: only the present one */
};

/* Opens path and, when it may be written, brings it to its present form;
 * waits at most wait_ms for a lock that another process holds. */
struct store *store_open(const char *path, enum store_way way, const struct store_form *form, msec wait_ms);
void store_close(struct store *s);

/* The form that the file has now. */
unsigned store_version(const struct store *s);

/* What went wrong first since store_forgive(), and in words. */
enum store_fault store_fault(const struct store *s);
const char *store_why(const struct store *s);
void store_forgive(struct store *s);

/* Whoever waits for the lock looks this often.  A process that writes without
 * end leaves a gap of twice that between its transactions, so that all who
 * wait have their turn. */
#define STORE_LOOK_MS 5
void store_give_way(void);

/* Runs SQL that gives no rows; -1 when it fails. */
int store_run(struct store *s, const char *sql);

/* A write transaction has the lock from its beginning on, so that what was
 * read inside it still holds when it writes. */
int store_begin(struct store *s);
int store_commit(struct store *s);	/* 0: on disk; -1: undone */
void store_rollback(struct store *s);

/* Holds one state of the file in view until store_rollback(). */
int store_view(struct store *s);

/* A statement, prepared once and used often; its store outlives it.  NULL
 * when the SQL does not suit the file. */
struct query *query_new(struct store *s, const char *sql);
void query_free(struct query *q);

/* Parameters count from 1.  Spans are borrowed until query_reset(); one
 * without bytes is bound as NULL. */
void query_int(struct query *q, int place, int64_t value);
void query_text(struct query *q, int place, struct span text);
void query_blob(struct query *q, int place, struct span bytes);

/* 1: a row; 0: no more; -1: failed. */
int query_step(struct query *q);
void query_reset(struct query *q);

/* Columns count from 0.  Spans are good until the next step. */
int64_t column_int(const struct query *q, int column);
struct span column_bytes(const struct query *q, int column);
bool column_null(const struct query *q, int column);

#endif
