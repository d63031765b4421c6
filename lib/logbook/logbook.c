/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/logbook.h"

#include "json/canonical.h"
#include "json/write.h"
#include "logbook/content.h"
#include "logbook/schema.h"

#define KIND(word, person, meaning) { word, person },
const struct kind logbook_kinds[] = {
#include "logbook/kinds.def"
	{ 0 }
};
#undef KIND

const struct kind *kind_find(struct span word)
{
	for (const struct kind *k = logbook_kinds; k->word; k++)
		if (span_is(word, k->word))
			return k;
	return NULL;
}

void logbook_open(struct logbook *l, const char *path, enum store_way way, msec wait_ms)
{
	*l = (struct logbook){ .store = store_open(path, way, &logbook_form, wait_ms) };
	if (store_fault(l->store) != STORE_FINE || way == STORE_READ)
		return;
	l->last = query_new(l->store, "SELECT number, hash FROM head ORDER BY number DESC LIMIT 1");
	l->known = query_new(l->store, "SELECT record.number, body.body FROM record LEFT JOIN body USING (number)"
		" WHERE id = ?1 AND type = ?2 ORDER BY record.number");
	l->add_head = query_new(l->store, "INSERT INTO head VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	l->add_body = query_new(l->store, "INSERT INTO body VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	l->add_record = query_new(l->store, "INSERT INTO record VALUES (?1, ?2, ?3)");
}

void logbook_close(struct logbook *l)
{
	logbook_rollback(l);
	query_free(l->last);
	query_free(l->known);
	query_free(l->add_head);
	query_free(l->add_body);
	query_free(l->add_record);
	store_close(l->store);
	buf_free(&l->body);
	buf_free(&l->canonical);
	*l = (struct logbook){ 0 };
}

/* What others have written since is read anew: they hold no lock now, and
 * will have none until we end. */
static int read_last(struct logbook *l)
{
	int got = query_step(l->last);
	l->number = 0;
	l->hash = (struct hash){ 0 };
	if (got == 1) {
		struct span hash = column_bytes(l->last, 1);
		l->number = column_int(l->last, 0);
		memcpy(l->hash.byte, hash.p, hash.n < SHA256_SIZE ? hash.n : SHA256_SIZE);
	}
	query_reset(l->last);
	return got < 0 ? -1 : 0;
}

int logbook_begin(struct logbook *l)
{
	if (store_begin(l->store) < 0)
		return -1;
	l->writing = true;
	if (read_last(l) == 0)
		return 0;
	logbook_rollback(l);
	return -1;
}

int logbook_commit(struct logbook *l)
{
	l->writing = false;
	return store_commit(l->store);
}

void logbook_rollback(struct logbook *l)
{
	if (l->writing)
		store_rollback(l->store);
	l->writing = false;
}

static void put_known(struct buf *out, struct span key, struct span text)
{
	if (text.n)
		json_str(out, key, text);
}

/* The record stands in the body as text, so that its bytes are the very
 * ones that came: numbers, order and spelling included. */
static int make_body(struct logbook *l, const struct draft *d)
{
	struct buf *b = &l->body;
	buf_reset(b);
	buf_reset(&l->canonical);
	json_begin(b);
	put_known(b, KEY("account"), d->account);
	put_known(b, KEY("author"), d->author);
	if (d->conflict)
		json_int(b, KEY("conflict"), d->conflict);
	put_known(b, KEY("incident"), d->incident);
	put_known(b, KEY("record"), d->record);
	put_known(b, KEY("site"), d->site);
	put_known(b, KEY("text"), d->text);
	put_known(b, KEY("writer"), d->writer);
	json_end(b);
	return json_canonical(buf_view(b), &l->canonical);
}

static int run_once(struct query *q)
{
	int result = query_step(q);
	query_reset(q);
	return result < 0 ? -1 : 0;
}

static int insert_head(struct query *q, const struct head *h, const struct hash *hash)
{
	query_int(q, 1, h->number);
	query_blob(q, 2, hash_view(&h->previous));
	query_int(q, 3, h->event_at);
	query_int(q, 4, h->entry_at);
	query_text(q, 5, h->kind);
	query_blob(q, 6, hash_view(&h->commit));
	query_blob(q, 7, hash_view(hash));
	return run_once(q);
}

static int insert_body(struct query *q, int64_t number, struct span random, struct span body, const struct draft *d)
{
	query_int(q, 1, number);
	query_blob(q, 2, random);
	query_text(q, 3, body);
	query_text(q, 4, d->account);
	query_text(q, 5, d->site);
	query_text(q, 6, d->incident);
	return run_once(q);
}

static int insert_record(struct query *q, int64_t number, const struct draft *d)
{
	query_text(q, 1, d->type);
	query_text(q, 2, d->id);
	query_int(q, 3, number);
	return run_once(q);
}

int64_t logbook_append(struct logbook *l, const struct draft *d)
{
	uint8_t chance[RANDOM_SIZE];
	struct span random = span_of(chance, sizeof chance);
	if (make_body(l, d) < 0)
		return -1;
	random_bytes(chance, sizeof chance);
	struct head head = {
		.number = l->number + 1, .previous = l->hash, .event_at = d->event_at, .entry_at = d->entry_at,
		.kind = span_str(d->kind), .commit = body_commit(random, buf_view(&l->canonical)),
	};
	struct hash hash = head_hash(&head);
	if (insert_head(l->add_head, &head, &hash) < 0 ||
	    insert_body(l->add_body, head.number, random, buf_view(&l->canonical), d) < 0 ||
	    (d->record.n && insert_record(l->add_record, head.number, d) < 0))
		return -1;
	l->number = head.number;
	l->hash = hash;
	return head.number;
}

static bool take_member(void *with, struct span key, struct span value)
{
	struct body *b = with;
	struct {
		const char *key;
		struct span *place;
	} members[] = {
		{ "account", &b->account }, { "author", &b->author }, { "conflict", &b->conflict },
		{ "incident", &b->incident }, { "record", &b->record }, { "site", &b->site },
		{ "text", &b->text }, { "writer", &b->writer },
	};
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (span_is(key, members[i].key))
			*members[i].place = value;
	return true;
}

struct body body_read(struct span json)
{
	struct body b = { 0 };
	json_each(json, take_member, &b);
	return b;
}

/* An erased body can contradict nothing. */
static bool says_same(struct span type, struct span body, const struct record *r)
{
	static struct record stored;
	struct buf line = { 0 };
	const char *why;
	if (body.n == 0)
		return true;
	bool same = record_parse(&stored, json_text(body_read(body).record, &line), &why) == 0 &&
		content_same(type, &stored, r);
	buf_free(&line);
	return same;
}

enum known logbook_known(struct logbook *l, struct span type, struct span id, const struct record *r, int64_t *number)
{
	enum known known = KNOWN_NOT;
	int got;
	query_text(l->known, 1, id);
	query_text(l->known, 2, type);
	while ((got = query_step(l->known)) == 1 && known != KNOWN_SAME) {
		if (known == KNOWN_NOT)
			*number = column_int(l->known, 0);
		known = says_same(type, column_bytes(l->known, 1), r) ? KNOWN_SAME : KNOWN_OTHER;
	}
	query_reset(l->known);
	return got < 0 ? KNOWN_FAILED : known;
}
