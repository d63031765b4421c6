/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

struct store {
	sqlite3 *db;
	msec wait_ms;
	unsigned version;
	enum store_fault fault;
	char why[256];
};

struct query {
	sqlite3_stmt *stmt;
	struct store *store;
};

static enum store_fault fault_of(int code)
{
	static const struct {
		int code;
		enum store_fault fault;
	} faults[] = {
		{ SQLITE_BUSY, STORE_BUSY }, { SQLITE_LOCKED, STORE_BUSY }, { SQLITE_FULL, STORE_FULL },
		{ SQLITE_CORRUPT, STORE_DAMAGED }, { SQLITE_NOTADB, STORE_FOREIGN },
		{ SQLITE_CONSTRAINT, STORE_REFUSED },
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == (code & 0xFF))
			return faults[i].fault;
	return STORE_OTHER;
}

static int failed(struct store *s, enum store_fault fault, const char *why)
{
	if (s->fault == STORE_FINE) {
		s->fault = fault;
		snprintf(s->why, sizeof s->why, "%s", why);
	}
	return -1;
}

/* Some file systems say that they are full by a failed write. */
static int check(struct store *s, int code)
{
	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return 0;
	enum store_fault fault = fault_of(code);
	int system = sqlite3_system_errno(s->db);
	if ((code & 0xFF) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT))
		fault = STORE_FULL;
	if (fault == STORE_OTHER && system != 0)
		return failed(s, fault, strerror(system));
	return failed(s, fault, sqlite3_errmsg(s->db));
}

enum store_fault store_fault(const struct store *s)
{
	return s->fault;
}

const char *store_why(const struct store *s)
{
	return s->why;
}

unsigned store_version(const struct store *s)
{
	return s->version;
}

void store_forgive(struct store *s)
{
	s->fault = STORE_FINE;
	s->why[0] = '\0';
}

int store_run(struct store *s, const char *sql)
{
	return check(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

int store_begin(struct store *s)
{
	return store_run(s, "BEGIN IMMEDIATE");
}

int store_commit(struct store *s)
{
	int result = store_run(s, "COMMIT");
	if (result < 0)
		store_rollback(s);
	return result;
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_view(struct store *s)
{
	return store_run(s, "BEGIN");
}

struct query *query_new(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt;
	if (check(s, sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL)) < 0)
		return NULL;
	struct query *q = xcalloc(1, sizeof *q);
	*q = (struct query){ stmt, s };
	return q;
}

void query_free(struct query *q)
{
	if (q)
		sqlite3_finalize(q->stmt);
	free(q);
}

void query_int(struct query *q, int place, int64_t value)
{
	check(q->store, sqlite3_bind_int64(q->stmt, place, value));
}

void query_text(struct query *q, int place, struct span text)
{
	check(q->store, text.n ? sqlite3_bind_text64(q->stmt, place, (const char *)text.p, text.n, SQLITE_STATIC, SQLITE_UTF8)
	                       : sqlite3_bind_null(q->stmt, place));
}

void query_blob(struct query *q, int place, struct span bytes)
{
	check(q->store, bytes.n ? sqlite3_bind_blob64(q->stmt, place, bytes.p, bytes.n, SQLITE_STATIC)
	                        : sqlite3_bind_null(q->stmt, place));
}

int query_step(struct query *q)
{
	int code = sqlite3_step(q->stmt);
	return check(q->store, code) < 0 ? -1 : code == SQLITE_ROW;
}

void query_reset(struct query *q)
{
	sqlite3_reset(q->stmt);
	sqlite3_clear_bindings(q->stmt);
}

int64_t column_int(const struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

struct span column_bytes(const struct query *q, int column)
{
	const void *p = sqlite3_column_blob(q->stmt, column);
	return span_of(p, (size_t)sqlite3_column_bytes(q->stmt, column));
}

bool column_null(const struct query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

static int number_of(struct store *s, const char *sql, int64_t *value)
{
	struct query *q = query_new(s, sql);
	int got = q ? query_step(q) : -1;
	if (got == 1)
		*value = column_int(q, 0);
	query_free(q);
	return got == 1 ? 0 : -1;
}

/* Within a write transaction, so that of two that open a new file only one
 * makes the tables. */
static int step_up(struct store *s, const struct store_form *form)
{
	int64_t version;
	char pragmas[96];
	if (store_begin(s) < 0)
		return -1;
	int result = number_of(s, "PRAGMA user_version", &version);
	for (; result == 0 && version < form->steps; version++)
		result = store_run(s, form->step[version]);
	snprintf(pragmas, sizeof pragmas, "PRAGMA application_id=%u;PRAGMA user_version=%u", form->application, form->steps);
	if (result == 0)
		result = store_run(s, pragmas);
	if (result < 0)
		store_rollback(s);
	return result < 0 ? -1 : store_commit(s);
}

static int recognise(struct store *s, const struct store_form *form, enum store_way way)
{
	int64_t application, version, tables;
	if (number_of(s, "PRAGMA application_id", &application) < 0 || number_of(s, "PRAGMA user_version", &version) < 0 ||
	    number_of(s, "SELECT count(*) FROM sqlite_schema", &tables) < 0)
		return -1;
	bool fresh = tables == 0 && application == 0 && version == 0;
	if (!fresh && application != form->application)
		return failed(s, STORE_FOREIGN, "another program's database");
	if (version > form->steps)
		return failed(s, STORE_FOREIGN, "written by a newer vigie");
	s->version = way == STORE_READ ? (unsigned)version : form->steps;
	if (version == form->steps || (way == STORE_READ && !fresh && form->readable && version >= form->readable))
		return 0;
	if (way == STORE_READ)
		return failed(s, STORE_FOREIGN, fresh ? "empty" : "written by an older vigie; writing to it brings it up to date");
	return step_up(s, form);
}

/* SQLite gives its other files the mode of this one. */
static int make_file(struct store *s, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : failed(s, errno == ENOSPC ? STORE_FULL : STORE_OTHER, strerror(errno));
	close(fd);
	char *folder = xstrdup(path);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	int result = dir_sync(slash ? folder : ".");
	free(folder);
	return result < 0 ? failed(s, STORE_OTHER, strerror(errno)) : 0;
}

static bool has_wal(const char *path)
{
	struct buf name = { 0 };
	struct stat st;
	buf_printf(&name, "%s-wal", path);
	bool has = stat(buf_cstr(&name), &st) == 0 && st.st_size > 0;
	buf_free(&name);
	return has;
}

/* file:PATH, for options that only that form of name has. */
static void uri_of(struct buf *out, const char *path, const char *options)
{
	buf_lit(out, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buf_printf(out, "%%%02X", (unsigned char)*path);
		else
			buf_byte(out, (uint8_t)*path);
	}
	buf_str(out, options);
}

void store_give_way(void)
{
	usleep(2 * STORE_LOOK_MS * 1000);
}

static int look_again(void *with, int looked)
{
	const struct store *s = with;
	if ((msec)looked * STORE_LOOK_MS >= s->wait_ms)
		return 0;
	usleep(STORE_LOOK_MS * 1000);
	return 1;
}

static int open_file(struct store *s, const char *path, enum store_way way)
{
	struct buf name = { 0 };
	struct stat st;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	if (way == STORE_READ && stat(path, &st) < 0)
		return failed(s, errno == ENOENT ? STORE_MISSING : STORE_OTHER, strerror(errno));
	if (way == STORE_WRITE && make_file(s, path) < 0)
		return -1;
	/* Even a reader writes its lock beside the file.  Where it may not, the
	 * file is a copy that nobody writes to; what has not come from its -wal
	 * into the file yet must be read all the same. */
	bool fixed = way == STORE_READ && access(path, W_OK) < 0;
	uri_of(&name, path, fixed && !has_wal(path) ? "?immutable=1" : "");
	if (fixed)
		flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	int code = sqlite3_open_v2(buf_cstr(&name), &s->db, flags, NULL);
	buf_free(&name);
	sqlite3_extended_result_codes(s->db, 1);
	return check(s, code);
}

struct store *store_open(const char *path, enum store_way way, const struct store_form *form, msec wait_ms)
{
	struct store *s = xcalloc(1, sizeof *s);
	if (open_file(s, path, way) < 0)
		return s;
	s->wait_ms = wait_ms;
	sqlite3_busy_handler(s->db, look_again, s);
	const char *settings = way == STORE_READ ? "PRAGMA query_only=1" :
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL";
	if (store_run(s, settings) == 0)
		recognise(s, form, way);
	return s;
}

void store_close(struct store *s)
{
	if (s)
		sqlite3_close_v2(s->db);
	free(s);
}
