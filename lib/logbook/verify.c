/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/verify.h"

#include "logbook/content.h"

#define MOST_LOOKS 1000

void verify_flaw(struct verify *v, enum flaw what, int64_t number, int64_t other)
{
	v->flaws++;
	v->flawed(v, what, number, other);
}

static bool numbered_so(const struct entry *e, int64_t number)
{
	struct head head = e->head;
	head.number = number;
	struct hash hash = head_hash(&head);
	return hash_eq(&hash, &e->hash);
}

/* The number behind the entry that this one names as previous.  The whole
 * log is looked through for it, so only for the first flaws. */
static int64_t behind_previous(struct verify *v, const struct entry *e)
{
	int64_t number = 0;
	if (!v->by_hash || v->flaws > MOST_LOOKS)
		return 0;
	query_blob(v->by_hash, 1, hash_view(&e->head.previous));
	if (query_step(v->by_hash) == 1)
		number = column_int(v->by_hash, 0) + 1;
	query_reset(v->by_hash);
	return number;
}

/* The number that the entry was written under, 0 when its head fits none. */
static int64_t written_as(struct verify *v, const struct entry *e)
{
	int64_t number = e->head.number;
	const int64_t beside[] = { number + v->shift, number - 1, number + 1 };
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
		if (beside[i] != number && numbered_so(e, beside[i]))
			return beside[i];
	int64_t found = behind_previous(v, e);
	if (found && numbered_so(e, found))
		return found;
	return found && numbered_so(e, found + v->shift) ? found + v->shift : 0;
}

/* Those behind an insertion or a removal have all moved as far: one flaw. */
static void check_head(struct verify *v, const struct entry *e)
{
	int64_t number = e->head.number;
	if (e->shaped && numbered_so(e, number)) {
		v->shift = 0;
		return;
	}
	int64_t written = e->shaped ? written_as(v, e) : 0;
	if (!written)
		verify_flaw(v, FLAW_HEAD, number, 0);
	else if (written - number != v->shift)
		verify_flaw(v, FLAW_MOVED, number, written);
	if (written)
		v->shift = written - number;
}

/* The entry before is named by its hash; of the first, zeros stand there.
 * What stands before a part of the log, the part cannot say. */
static void check_link(struct verify *v, const struct entry *e)
{
	int64_t number = e->head.number;
	if (v->entries == 0 && v->part && number > 1)
		return;
	if (number > v->number + 1)
		verify_flaw(v, FLAW_REMOVED, v->number + 1, number - 1);
	else if (hash_eq(&e->head.previous, &v->hash))
		return;
	else if (v->number && hash_eq(&e->head.previous, &v->before_last))
		verify_flaw(v, FLAW_INSERTED, v->number, 0);
	else
		verify_flaw(v, FLAW_BROKEN, number, 0);
}

static bool text_is(struct span raw, struct span column)
{
	struct buf scratch = { 0 };
	bool same = span_eq(json_text(raw, &scratch), column);
	buf_free(&scratch);
	return same;
}

/* The record's type and id must lead to this entry. */
static bool record_found(struct verify *v, int64_t number, struct span line)
{
	static struct record record;
	struct buf type = { 0 }, id = { 0 };
	const char *why;
	bool found = false;
	if (record_parse(&record, line, &why) == 0) {
		query_text(v->record, 1, content_id(&record, &id));
		query_text(v->record, 2, record_text(&record, "type", &type));
		query_int(v->record, 3, number);
		found = query_step(v->record) == 1;
		query_reset(v->record);
	}
	buf_free(&type);
	buf_free(&id);
	return found;
}

static void check_search(struct verify *v, const struct entry *e)
{
	struct body body = body_read(e->body);
	struct buf line = { 0 };
	bool same = text_is(body.account, e->account) && text_is(body.site, e->site) && text_is(body.incident, e->incident);
	if (body.record.n) {
		v->records++;
		same = record_found(v, e->head.number, json_text(body.record, &line)) && same;
	}
	if (!same)
		verify_flaw(v, FLAW_SEARCH, e->head.number, 0);
	buf_free(&line);
}

static void check_body(struct verify *v, const struct entry *e)
{
	if (!e->kept) {
		if (!e->withheld)
			verify_flaw(v, FLAW_ERASED, e->head.number, 0);
		return;
	}
	v->contents++;
	struct hash commit = body_commit(e->random, e->body);
	if (e->random.n != RANDOM_SIZE || !hash_eq(&commit, &e->head.commit))
		verify_flaw(v, FLAW_BODY, e->head.number, 0);
	else if (v->logbook)
		check_search(v, e);
}

static int64_t count(struct verify *v, const char *sql)
{
	struct query *q = query_new(v->logbook->store, sql);
	int64_t n = q && query_step(q) == 1 ? column_int(q, 0) : -1;
	query_free(q);
	return n;
}

/* What no entry leads to. */
static void check_loose(struct verify *v)
{
	int64_t bodies = count(v, "SELECT count(*) FROM body WHERE number NOT IN (SELECT number FROM head)");
	int64_t records = count(v, "SELECT count(*) FROM record");
	if (bodies != 0)
		verify_flaw(v, FLAW_LOOSE, 0, 0);
	if (v->flaws == 0 && records != v->records)
		verify_flaw(v, FLAW_SEARCH, 0, 0);
}

void verify_entry(struct verify *v, const struct entry *e)
{
	check_link(v, e);
	check_head(v, e);
	check_body(v, e);
	verify_sealed(v, e);
	if (v->entries++ == 0)
		v->first = e->head.number;
	if (e->head.number == 1)
		v->log = e->hash;
	v->before_last = v->hash;
	v->hash = e->hash;
	v->number = e->head.number;
}

void verify_end(struct verify *v)
{
	verify_seals_end(v);
}

/* Each seal behind the entry that it is of, those of entries that are not there behind all. */
static int walk(struct verify *v, struct query *all, struct query *seals, int64_t most)
{
	struct entry e;
	struct seal s;
	bool sound;
	int more = seal_step(seals, &s, &sound), got;
	while ((got = entry_next(all, &e)) == 1) {
		for (; more == 1 && s.entry < e.head.number; more = seal_step(seals, &s, &sound))
			verify_seal(v, &s, sound);
		verify_entry(v, &e);
		if (v->entries % 256 == 0)
			v->progress(v, v->entries, most);
	}
	for (; more == 1; more = seal_step(seals, &s, &sound))
		verify_seal(v, &s, sound);
	return got < 0 || more < 0 ? -1 : 0;
}

int logbook_verify(struct verify *v)
{
	struct store *store = v->logbook->store;
	const struct search everything = { .since = CLOCK_NONE, .until = CLOCK_NONE };
	if (store_view(store) < 0)
		return -1;
	int64_t most = count(v, "SELECT max(number) FROM head");
	struct query *all = logbook_search(v->logbook, &everything), *seals = seal_search(v->logbook, 0, 0);
	v->by_hash = query_new(store, "SELECT number FROM head WHERE hash = ?1 LIMIT 1");
	v->record = query_new(store, "SELECT 1 FROM record WHERE id = ?1 AND type = ?2 AND number = ?3");
	int result = all && seals && v->by_hash && v->record ? walk(v, all, seals, most) : -1;
	if (result == 0) {
		verify_end(v);
		check_loose(v);
	}
	query_free(all);
	query_free(seals);
	query_free(v->by_hash);
	query_free(v->record);
	store_rollback(store);
	return result < 0 || store_fault(store) != STORE_FINE ? -1 : 0;
}
