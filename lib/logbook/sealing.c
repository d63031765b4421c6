/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals in the log's own file. */
#include "logbook/phrase.h"
#include "logbook/schema.h"
#include "logbook/seal.h"
#include "util/hex.h"

struct query *seal_search(struct logbook *l, int64_t first, int64_t last)
{
	/* A log of the first version has none. */
	const char *sql = store_version(l->store) < VERSION_SEALS ? "SELECT 0, 0, '' WHERE ?1 > ?2 + ?1" :
		"SELECT seal, number, text FROM seal WHERE number >= ?1 AND (?2 = 0 OR number <= ?2) ORDER BY seal";
	struct query *q = query_new(l->store, sql);
	if (q) {
		query_int(q, 1, first);
		query_int(q, 2, last);
	}
	return q;
}

int64_t seal_covering(struct logbook *l, int64_t entry)
{
	if (store_version(l->store) < VERSION_SEALS)
		return 0;
	struct query *q = query_new(l->store, "SELECT number FROM seal WHERE number >= ?1 ORDER BY number LIMIT 1");
	if (q)
		query_int(q, 1, entry);
	int got = q ? query_step(q) : -1;
	int64_t number = got == 1 ? column_int(q, 0) : got;
	query_free(q);
	return number;
}

int seal_step(struct query *q, struct seal *s, bool *sound)
{
	int got = query_step(q);
	if (got != 1)
		return got;
	int64_t number = column_int(q, 0), entry = column_int(q, 1);
	*sound = seal_read(column_bytes(q, 2), s) && s->seal == number && s->entry == entry;
	s->seal = number;
	s->entry = entry;
	return 1;
}

int seal_newest(struct logbook *l, struct seal *s, bool *sound)
{
	if (store_version(l->store) < VERSION_SEALS)
		return 0;
	struct query *q = query_new(l->store, "SELECT seal, number, text FROM seal ORDER BY seal DESC LIMIT 1");
	int got = q ? seal_step(q, s, sound) : -1;
	query_free(q);
	return got;
}

/* Up to where the entries were looked at before they are signed. */
struct looked {
	int64_t number;
	struct hash log, hash;
};

static bool fits(const struct entry *e, const struct looked *to)
{
	struct hash hash = head_hash(&e->head);
	return e->shaped && e->head.number == to->number + 1 && hash_eq(&e->head.previous, &to->hash) && hash_eq(&hash, &e->hash);
}

/* Looks on from there; -1 when the store failed, 0 and *flawed at an entry that does not fit. */
static int look_on(struct logbook *l, struct looked *to, int64_t *flawed)
{
	const struct search rest = { .since = CLOCK_NONE, .until = CLOCK_NONE, .first = to->number + 1 };
	struct query *q = logbook_search(l, &rest);
	struct entry e;
	int got = -1;
	*flawed = 0;
	while (q && (got = entry_next(q, &e)) == 1) {
		if (!fits(&e, to)) {
			*flawed = e.head.number;
			break;
		}
		if (e.head.number == 1)
			to->log = e.hash;
		to->number = e.head.number;
		to->hash = e.hash;
	}
	query_free(q);
	return got < 0 ? -1 : 0;
}

/* What the newest seal has sealed must still be there, else nothing is signed. */
static int begin_look(struct logbook *l, struct looked *to, const struct seal *newest, int64_t *flawed)
{
	struct query *q = query_new(l->store, "SELECT hash FROM head WHERE number = ?1");
	if (!q)
		return -1;
	query_int(q, 1, newest->entry);
	int got = query_step(q);
	bool same = got == 1 && span_eq(column_bytes(q, 0), hash_view(&newest->hash));
	query_free(q);
	*to = (struct looked){ newest->entry, newest->log, newest->hash };
	*flawed = same ? 0 : newest->entry;
	return got < 0 ? -1 : 0;
}

static int store_seal(struct logbook *l, const struct seal *s)
{
	struct buf text = { 0 };
	struct query *q = query_new(l->store, "INSERT INTO seal VALUES (?1, ?2, ?3)");
	seal_put(&text, s);
	if (q) {
		query_int(q, 1, s->seal);
		query_int(q, 2, s->entry);
		query_text(q, 3, buf_view(&text));
	}
	int result = q ? query_step(q) : -1;
	query_free(q);
	buf_free(&text);
	return result < 0 ? -1 : 0;
}

static int write_entry(struct logbook *l, const struct sealing *how, const struct seal *s)
{
	static struct record r;
	struct buf record = { 0 }, text = { 0 }, id = { 0 }, digits = { 0 };
	const char *why;
	int64_t number = -1;
	seal_put_record(&record, s);
	hex_lower(&digits, hash_view(&s->hash));
	phrase_seal(&text, s->seal, s->entry, buf_view(&digits), how->language);
	if (record_parse(&r, buf_view(&record), &why) == 0) {
		struct draft d = {
			.event_at = s->at, .entry_at = s->at, .kind = KIND_AUTOMATIC, .author = SPAN("auto"), .writer = how->writer,
			.text = buf_view(&text), .type = SPAN(SEAL_TYPE), .id = record_text(&r, "id", &id), .record = buf_view(&record),
		};
		number = logbook_append(l, &d);
	}
	buf_free(&record);
	buf_free(&text);
	buf_free(&id);
	buf_free(&digits);
	return number < 0 ? -1 : 0;
}

static enum sealed check(struct logbook *l, const struct sealing *how, struct looked *to, struct seal *newest, int64_t *flawed)
{
	bool sound = true;
	int got = seal_newest(l, newest, &sound);
	*flawed = 0;
	if (got < 0)
		return SEALED_FAILED;
	if (got && !(sound && seal_signed(newest))) {
		*flawed = newest->entry;
		return SEALED_NOT_INTACT;
	}
	if (got && !how->change && memcmp(newest->key, how->key->open, SIGN_KEY) != 0)
		return SEALED_NOT_KEY;
	if (got && to->number == 0 && begin_look(l, to, newest, flawed) < 0)
		return SEALED_FAILED;
	if (!*flawed && look_on(l, to, flawed) < 0)
		return SEALED_FAILED;
	if (*flawed)
		return SEALED_NOT_INTACT;
	/* The entry behind the newest seal is the one that names it. */
	return to->number <= (got ? newest->entry + 1 : 0) ? SEALED_ALREADY : SEALED;
}

static enum sealed seal_now(struct logbook *l, const struct sealing *how, struct looked *to, struct seal *s, int64_t *flawed)
{
	struct seal newest = { 0 };
	enum sealed result = check(l, how, to, &newest, flawed);
	if (result != SEALED) {
		*s = newest;
		return result;
	}
	*s = (struct seal){ .seal = newest.seal + 1, .entry = to->number, .log = to->log, .hash = to->hash, .at = clock_now() };
	if (newest.seal)
		s->previous = seal_hash(&newest);
	seal_sign(s, how->key);
	return store_seal(l, s) < 0 || write_entry(l, how, s) < 0 ? SEALED_FAILED : SEALED;
}

/* Many entries are looked at before others are kept waiting. */
enum sealed logbook_seal(struct logbook *l, const struct sealing *how, struct seal *s, int64_t *flawed)
{
	struct looked to = { 0 };
	*s = (struct seal){ 0 };
	enum sealed result = check(l, how, &to, s, flawed);
	if (result != SEALED)
		return result;
	if (logbook_begin(l) < 0)
		return SEALED_FAILED;
	result = seal_now(l, how, &to, s, flawed);
	if (result == SEALED)
		return logbook_commit(l) < 0 ? SEALED_FAILED : SEALED;
	logbook_rollback(l);
	return result;
}

int seal_handed(struct logbook *l, int64_t seal)
{
	struct query *q = query_new(l->store, "SELECT 1 FROM handed WHERE seal = ?1");
	if (q)
		query_int(q, 1, seal);
	int got = q ? query_step(q) : -1;
	query_free(q);
	return got;
}

int seal_set_handed(struct logbook *l, int64_t seal)
{
	struct query *q = query_new(l->store, "INSERT OR IGNORE INTO handed VALUES (?1, ?2)");
	if (q) {
		query_int(q, 1, seal);
		query_int(q, 2, clock_now());
	}
	int got = q ? query_step(q) : -1;
	query_free(q);
	return got < 0 ? -1 : 0;
}
