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

/* The text of a seal is the whole of it; its entry stands beside only to find
 * it.  handed knows which seals the command took that they are handed to. */
static const char version_2[] =
	"CREATE TABLE seal ("
	" seal INTEGER PRIMARY KEY,"
	" number INTEGER NOT NULL REFERENCES head,"
	" text TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE handed ("
	" seal INTEGER PRIMARY KEY REFERENCES seal,"
	" at INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX seal_number ON seal (number);"
	"CREATE TRIGGER seal_order BEFORE INSERT ON seal"
	" WHEN NEW.seal IS NOT (SELECT coalesce(max(seal), 0) + 1 FROM seal)"
	" BEGIN SELECT raise(ABORT, 'seals are numbered without a gap'); END;"
	"CREATE TRIGGER seal_update BEFORE UPDATE ON seal BEGIN SELECT raise(ABORT, 'seals are only added'); END;"
	"CREATE TRIGGER seal_delete BEFORE DELETE ON seal BEGIN SELECT raise(ABORT, 'seals are only added'); END;"
	"CREATE TRIGGER handed_update BEFORE UPDATE ON handed BEGIN SELECT raise(ABORT, 'seals are only added'); END;"
	"CREATE TRIGGER handed_delete BEFORE DELETE ON handed BEGIN SELECT raise(ABORT, 'seals are only added'); END;";

static const char *const steps[] = { version_1, version_2 };

/* "MCou" marks the file as ours.  A log without seals reads like any other. */
const struct store_form logbook_form = { 0x4D436F75, steps, sizeof steps / sizeof *steps, 1 };
