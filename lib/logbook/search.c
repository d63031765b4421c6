/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading entries back, all or those that a search wants. */
#include "logbook/logbook.h"

#define MOST_CONDITIONS 16

struct condition {
	enum { BY_NUMBER, BY_TEXT, BY_BLOB } by;
	int64_t number;
	struct span bytes;
};

/* Each condition has one parameter, which stands as ? in its SQL, however
 * often, and gets the condition's place as its number. */
struct conditions {
	struct buf sql;
	struct condition list[MOST_CONDITIONS];
	int n;
};

static void add(struct conditions *c, const char *sql, struct condition condition)
{
	buf_str(&c->sql, c->n ? " AND " : " WHERE ");
	c->list[c->n++] = condition;
	for (; *sql; sql++) {
		buf_byte(&c->sql, (uint8_t)*sql);
		if (*sql == '?')
			buf_signed(&c->sql, c->n);
	}
}

static void add_text(struct conditions *c, const char *sql, struct span text)
{
	if (text.n)
		add(c, sql, (struct condition){ .by = BY_TEXT, .bytes = text });
}

static void add_number(struct conditions *c, const char *sql, int64_t number, bool wanted)
{
	if (wanted)
		add(c, sql, (struct condition){ .by = BY_NUMBER, .number = number });
}

static void collect(struct conditions *c, const struct search *s)
{
	add_number(c, "head.number = ?", s->number, s->number != 0);
	add_number(c, "head.number >= ?", s->first, s->first != 0);
	add_number(c, "head.number <= ?", s->last, s->last != 0);
	add_number(c, "event_at >= ?", s->since, s->since != CLOCK_NONE);
	add_number(c, "event_at < ?", s->until, s->until != CLOCK_NONE);
	add_text(c, "account = ?", s->account);
	add_text(c, "(site = ? OR account = ?)", s->site);
	add_text(c, "incident = ?", s->incident);
	add_text(c, "kind = ?", s->kind);
	add_text(c, "head.number IN (SELECT number FROM record WHERE id = ?)", s->id);
	if (s->by_hash)
		add(c, "hash = ?", (struct condition){ .by = BY_BLOB, .bytes = hash_view(&s->hash) });
}

static void bind(struct query *q, const struct conditions *c)
{
	for (int i = 0; i < c->n; i++) {
		const struct condition *condition = &c->list[i];
		if (condition->by == BY_NUMBER)
			query_int(q, i + 1, condition->number);
		else if (condition->by == BY_TEXT)
			query_text(q, i + 1, condition->bytes);
		else
			query_blob(q, i + 1, condition->bytes);
	}
}

static struct query *search(struct logbook *l, const struct search *s, const char *columns)
{
	struct conditions c = { 0 };
	buf_printf(&c.sql, "SELECT %s FROM head LEFT JOIN body USING (number)", columns);
	collect(&c, s);
	if (s->most) {
		struct buf newest = { 0 };
		buf_printf(&newest, "SELECT * FROM (%s ORDER BY head.number DESC LIMIT %lld) ORDER BY number", buf_cstr(&c.sql),
		           (long long)s->most);
		buf_free(&c.sql);
		c.sql = newest;
	} else {
		buf_str(&c.sql, " ORDER BY head.number");
	}
	struct query *q = query_new(l->store, buf_cstr(&c.sql));
	if (q)
		bind(q, &c);
	buf_free(&c.sql);
	return q;
}

struct query *logbook_search(struct logbook *l, const struct search *s)
{
	return search(l, s, "head.number, previous, event_at, entry_at, kind, commitment, hash, random, body, account, site, incident");
}

struct query *logbook_numbers(struct logbook *l, const struct search *s)
{
	return search(l, s, "head.number");
}

int logbook_extent(struct logbook *l, const struct search *s, int64_t *first, int64_t *last)
{
	struct query *q = search(l, s, "min(head.number), max(head.number)");
	int got = q ? query_step(q) : -1;
	if (got == 1) {
		*first = column_int(q, 0);
		*last = column_int(q, 1);
	}
	query_free(q);
	return got == 1 ? 0 : -1;
}

static struct hash column_hash(const struct query *q, int column, bool *shaped)
{
	struct hash hash = { 0 };
	struct span bytes = column_bytes(q, column);
	if (bytes.n == SHA256_SIZE)
		memcpy(hash.byte, bytes.p, SHA256_SIZE);
	else
		*shaped = false;
	return hash;
}

/* The head has four digits for the year: another year would read like one of ours. */
static msec column_time(const struct query *q, int column, bool *shaped)
{
	static const msec most = 366 * (msec)10000 * DAY;
	msec at = column_int(q, column);
	if (at < -most || at > most) {
		*shaped = false;
		return 0;
	}
	struct civil civil = clock_civil(at);
	if (clock_from_civil(&civil) != at)
		*shaped = false;
	return at;
}

int entry_next(struct query *q, struct entry *e)
{
	int got = query_step(q);
	if (got != 1)
		return got;
	bool shaped = true;
	*e = (struct entry){
		.head = {
			.number = column_int(q, 0), .previous = column_hash(q, 1, &shaped),
			.event_at = column_time(q, 2, &shaped), .entry_at = column_time(q, 3, &shaped),
			.kind = column_bytes(q, 4), .commit = column_hash(q, 5, &shaped),
		},
		.hash = column_hash(q, 6, &shaped), .kept = !column_null(q, 8), .random = column_bytes(q, 7),
		.body = column_bytes(q, 8), .account = column_bytes(q, 9), .site = column_bytes(q, 10),
		.incident = column_bytes(q, 11),
	};
	e->shaped = shaped;
	return 1;
}
