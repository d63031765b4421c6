/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/schema.h"

/* head is the chain and is kept for ever.  body holds all that is personal,
 * its random bytes, and the columns it is searched by, so that erasing one
 * row erases an entry's content and nothing of the chain.  record knows
 * which records have been written; it holds no content.  REPLACE deletes
 * without asking the rules for deletion, so those for insertion see to it. */
static const char version_1[] =
	"CREATE TABLE head ("
	" number INTEGER PRIMARY KEY,"
	" previous BLOB NOT NULL,"
	" event_at INTEGER NOT NULL,"
	" entry_at INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" commitment BLOB NOT NULL,"
	" hash BLOB NOT NULL"
	") STRICT;"
	"CREATE TABLE body ("
	" number INTEGER PRIMARY KEY REFERENCES head,"
	" random BLOB NOT NULL,"
	" body TEXT NOT NULL,"
	" account TEXT COLLATE NOCASE,"
	" site TEXT,"
	" incident TEXT"
	") STRICT;"
	"CREATE TABLE record ("
	" type TEXT NOT NULL,"
	" id TEXT NOT NULL,"
	" number INTEGER NOT NULL REFERENCES head,"
	" PRIMARY KEY (id, type, number)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX head_event ON head (event_at);"
	"CREATE INDEX body_account ON body (account) WHERE account IS NOT NULL;"
	"CREATE INDEX body_site ON body (site) WHERE site IS NOT NULL;"
	"CREATE INDEX body_incident ON body (incident) WHERE incident IS NOT NULL;"
	"CREATE TRIGGER head_order BEFORE INSERT ON head"
	" WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM head)"
	" BEGIN SELECT raise(ABORT, 'entries are numbered without a gap'); END;"
	"CREATE TRIGGER head_update BEFORE UPDATE ON head BEGIN SELECT raise(ABORT, 'entries are only added'); END;"
	"CREATE TRIGGER head_delete BEFORE DELETE ON head BEGIN SELECT raise(ABORT, 'entries are only added'); END;"
	"CREATE TRIGGER body_again BEFORE INSERT ON body"
	" WHEN EXISTS (SELECT 1 FROM body WHERE number = NEW.number)"
	" BEGIN SELECT raise(ABORT, 'entries are only added'); END;"
	"CREATE TRIGGER body_update BEFORE UPDATE ON body BEGIN SELECT raise(ABORT, 'entries are only added'); END;"
	"CREATE TRIGGER body_delete BEFORE DELETE ON body BEGIN SELECT raise(ABORT, 'entries are only added'); END;"
	"CREATE TRIGGER record_update BEFORE UPDATE ON record BEGIN SELECT raise(ABORT, 'entries are only added'); END;"
	"CREATE TRIGGER record_delete BEFORE DELETE ON record BEGIN SELECT raise(ABORT, 'entries are only added'); END;";

static const char *const steps[] = { version_1 };

/* "MCou" marks the file as ours. */
const struct store_form logbook_form = { 0x4D436F75, steps, sizeof steps / sizeof *steps };
