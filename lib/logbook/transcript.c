/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/transcript.h"

#include "json/write.h"
#include "util/hex.h"

static void put_hash(struct buf *out, struct span key, const struct hash *hash)
{
	struct buf digits = { 0 };
	hex_lower(&digits, hash_view(hash));
	json_str(out, key, buf_view(&digits));
	buf_free(&digits);
}

void transcript_put(struct buf *out, const struct entry *e)
{
	struct buf digits = { 0 };
	json_begin(out);
	json_str(out, KEY("type"), e->kept ? SPAN("entry") : SPAN("head"));
	put_hash(out, KEY("id"), &e->hash);
	json_time(out, KEY("at"), e->head.event_at);
	json_int(out, KEY("number"), e->head.number);
	json_time(out, KEY("written"), e->head.entry_at);
	json_str(out, KEY("kind"), e->head.kind);
	put_hash(out, KEY("previous"), &e->head.previous);
	put_hash(out, KEY("commit"), &e->head.commit);
	if (e->kept) {
		hex_lower(&digits, e->random);
		json_str(out, KEY("random"), buf_view(&digits));
		json_raw(out, KEY("body"), e->body);
	}
	json_end(out);
	buf_byte(out, '\n');
	buf_free(&digits);
}

void transcript_put_end(struct buf *out, const struct transcript_end *end)
{
	json_begin(out);
	json_str(out, KEY("type"), SPAN("export"));
	json_time(out, KEY("at"), end->at);
	json_int(out, KEY("first"), end->first);
	json_int(out, KEY("last"), end->last);
	json_int(out, KEY("entries"), end->entries);
	json_int(out, KEY("heads"), end->heads);
	json_int(out, KEY("seals"), end->seals);
	json_end(out);
	buf_byte(out, '\n');
}

/* The members of a line, raw. */
struct members {
	struct span type, id, at, number, written, kind, previous, commit, random, body, first, last, entries, heads, seals;
};

static bool take_member(void *with, struct span key, struct span value)
{
	struct members *m = with;
	struct {
		const char *key;
		struct span *place;
	} places[] = {
		{ "type", &m->type }, { "id", &m->id }, { "at", &m->at }, { "number", &m->number }, { "written", &m->written },
		{ "kind", &m->kind }, { "previous", &m->previous }, { "commit", &m->commit }, { "random", &m->random },
		{ "body", &m->body }, { "first", &m->first }, { "last", &m->last }, { "entries", &m->entries },
		{ "heads", &m->heads }, { "seals", &m->seals },
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (span_is(key, places[i].key))
			*places[i].place = value;
	return true;
}

/* Between the quotes; a text with escapes is none that is wanted here. */
static struct span plain(struct span raw)
{
	return raw.n >= 2 && raw.p[0] == '"' ? span_sub(raw, 1, raw.n - 2) : (struct span){ 0 };
}

static bool read_time(struct span text, msec *at)
{
	*at = clock_parse(text);
	return *at != CLOCK_NONE;
}

/* Forms are checked by writing it again. */
static bool read_entry(const struct members *m, struct buf *scratch, struct entry *e)
{
	*e = (struct entry){ .head = { .kind = plain(m->kind) }, .shaped = true };
	e->kept = m->body.n > 0;
	e->withheld = !e->kept;
	e->body = m->body;
	buf_reset(scratch);
	if (e->kept && hex_decode(scratch, plain(m->random)) < 0)
		return false;
	e->random = buf_view(scratch);
	return number_read(m->number, &e->head.number) && read_time(plain(m->at), &e->head.event_at) &&
		read_time(plain(m->written), &e->head.entry_at) && hash_read(plain(m->id), &e->hash) &&
		hash_read(plain(m->previous), &e->head.previous) && hash_read(plain(m->commit), &e->head.commit);
}

static bool read_end(const struct members *m, struct transcript_end *end)
{
	return read_time(plain(m->at), &end->at) && number_read(m->first, &end->first) && number_read(m->last, &end->last) &&
		number_read(m->entries, &end->entries) && number_read(m->heads, &end->heads) && number_read(m->seals, &end->seals);
}

enum transcript transcript_read(struct span line, struct buf *scratch, struct entry *e, struct seal *s, struct transcript_end *end)
{
	struct members m = { 0 };
	struct buf again = { 0 };
	enum transcript what = T_NONE;
	json_each(line, take_member, &m);
	struct span type = plain(m.type);
	if ((span_is(type, "entry") || span_is(type, "head")) && read_entry(&m, scratch, e)) {
		transcript_put(&again, e);
		what = T_ENTRY;
	} else if (span_is(type, SEAL_TYPE) && seal_from_record(line, s)) {
		seal_put_record(&again, s);
		buf_byte(&again, '\n');
		what = T_SEAL;
	} else if (span_is(type, "export") && read_end(&m, end)) {
		transcript_put_end(&again, end);
		what = T_END;
	}
	if (!span_eq(buf_view(&again), line))
		what = T_NONE;
	buf_free(&again);
	return what;
}

/* Up to the next TAB, or the LF at the end. */
static struct span field(struct span *rest)
{
	ptrdiff_t tab = span_find(*rest, '\t');
	size_t n = tab >= 0 ? (size_t)tab : rest->n ? rest->n - 1 : 0;
	struct span text = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n + 1);
	return text;
}

bool head_read(struct span line, struct entry *e)
{
	struct span rest = line;
	struct buf again = { 0 };
	*e = (struct entry){ .withheld = true, .shaped = true };
	bool good = number_read(field(&rest), &e->head.number) && hash_read(field(&rest), &e->head.previous) &&
		read_time(field(&rest), &e->head.event_at) && read_time(field(&rest), &e->head.entry_at);
	e->head.kind = field(&rest);
	good = good && hash_read(field(&rest), &e->head.commit);
	if (good) {
		head_put(&again, &e->head);
		e->hash = head_hash(&e->head);
	}
	good = good && span_eq(buf_view(&again), line);
	buf_free(&again);
	return good;
}

void contents_put(struct buf *out, const struct entry *e)
{
	buf_signed(out, e->head.number);
	buf_byte(out, '\t');
	to_base64(out, e->random);
	buf_byte(out, '\t');
	buf_span(out, e->body);
	buf_byte(out, '\n');
}

bool contents_read(struct span line, struct buf *scratch, int64_t *number, struct entry *e)
{
	struct span rest = line;
	struct buf again = { 0 };
	buf_reset(scratch);
	bool good = number_read(field(&rest), number) && from_base64(scratch, field(&rest));
	e->random = buf_view(scratch);
	e->body = field(&rest);
	struct entry written = { .head.number = *number, .random = e->random, .body = e->body };
	contents_put(&again, &written);
	good = good && span_eq(buf_view(&again), line);
	buf_free(&again);
	return good;
}
