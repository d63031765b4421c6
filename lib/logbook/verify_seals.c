/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "logbook/verify.h"

static int by_entry(const void *a, const void *b)
{
	const struct seal *one = a, *other = b;
	return (one->entry > other->entry) - (one->entry < other->entry);
}

void seals_sort(struct seal *seals, size_t n)
{
	if (n)
		qsort(seals, n, sizeof *seals, by_entry);
}

static bool key_known(const struct verify *v, const struct seal *s)
{
	for (size_t i = 0; i < v->keys.n; i++)
		if (memcmp(v->keys.key[i], s->key, SIGN_KEY) == 0)
			return true;
	/* Without a ring all are by the key of the first. */
	return v->keys.n == 0 && (!v->seal_seen || memcmp(v->seal.key, s->key, SIGN_KEY) == 0);
}

/* Its number follows, and it names the seal before it. */
static void check_order(struct verify *v, const struct seal *s)
{
	bool first = v->seal_last == 0, open = first && v->part && v->first != 1;
	if (s->seal > v->seal_last + 1 && !open)
		verify_flaw(v, FLAW_SEAL_REMOVED, v->seal_last + 1, s->seal - 1);
	else if (s->seal <= v->seal_last || (v->seal_seen && s->entry <= v->seal.entry))
		verify_flaw(v, FLAW_SEAL_ORDER, s->seal, s->entry);
	else if ((!first || s->seal == 1) && !hash_eq(&s->previous, &v->seal_digest))
		verify_flaw(v, FLAW_SEAL_ORDER, s->seal, s->entry);
}

/* Against the entry that came last, where it is that one's. */
static bool check_fit(struct verify *v, const struct seal *s, int64_t named)
{
	if (v->first == 1 && !hash_eq(&s->log, &v->log))
		verify_flaw(v, FLAW_SEAL_LOG, named, s->entry);
	else if (s->entry == v->number && !hash_eq(&s->hash, &v->hash))
		verify_flaw(v, FLAW_SEAL_FIT, named, s->entry);
	else
		return true;
	return false;
}

void verify_seal(struct verify *v, const struct seal *s, bool sound)
{
	int64_t flaws = v->flaws;
	check_order(v, s);
	if (!sound || !seal_signed(s))
		verify_flaw(v, FLAW_SEAL_CHANGED, s->seal, s->entry);
	else if (!key_known(v, s))
		verify_flaw(v, FLAW_SEAL_KEY, s->seal, s->entry);
	else if (s->entry > v->number)
		verify_flaw(v, FLAW_SEAL_CUT, s->seal, s->entry);
	else
		check_fit(v, s, s->seal);
	if (v->flaws == flaws) {
		v->seals++;
		v->sealed = s->entry;
	}
	if (v->seal_seen && s->entry <= v->seal.entry)
		return;
	v->seal_flawed = v->flaws != flaws;
	v->seal_digest = seal_hash(s);
	v->seal_last = s->seal;
	v->seal = *s;
	v->seal_seen = true;
	v->named = false;
}

/* Seals that were handed out, of this entry. */
static void check_outside(struct verify *v, const struct entry *e)
{
	for (; v->outside_next < v->outsides && v->outside[v->outside_next].entry <= e->head.number; v->outside_next++) {
		const struct seal *s = &v->outside[v->outside_next];
		if (s->entry < e->head.number)
			verify_flaw(v, FLAW_SEAL_CUT, 0, s->entry);
		else if (!hash_eq(&s->hash, &e->hash))
			verify_flaw(v, FLAW_SEAL_FIT, 0, s->entry);
	}
}

/* Most entries name none: only what looks like it is taken apart. */
static bool names_seal(const struct entry *e, struct seal *s)
{
	static const char begins[] = "\"record\":\"{\\\"type\\\":\\\"" SEAL_TYPE "\\\"";
	if (!e->kept || !span_is(e->head.kind, KIND_AUTOMATIC) || !memmem(e->body.p, e->body.n, begins, sizeof begins - 1))
		return false;
	struct buf line = { 0 };
	bool named = seal_from_record(json_text(body_read(e->body).record, &line), s);
	buf_free(&line);
	return named;
}

/* The entry behind a seal has that seal's text; so what it says stands in the
 * chain, and is what the next seal must name. */
static void check_name(struct verify *v, const struct seal *named, bool expected)
{
	struct hash digest = seal_hash(named);
	if (expected && named->seal == v->seal.seal) {
		if (!hash_eq(&digest, &v->seal_digest) && !v->seal_flawed)
			verify_flaw(v, FLAW_SEAL_CHANGED, named->seal, named->entry);
	} else if (v->seal_seen || !v->part || v->first == 1) {
		verify_flaw(v, FLAW_SEAL_REMOVED, named->seal, named->seal);
	}
	v->seal_digest = digest;
	v->seal_last = named->seal;
}

void verify_sealed(struct verify *v, const struct entry *e)
{
	struct seal named;
	bool expected = v->seal_seen && !v->named && e->head.number > v->seal.entry;
	check_outside(v, e);
	if (names_seal(e, &named))
		check_name(v, &named, expected);
	else if (expected && e->kept && !v->seal_flawed)
		verify_flaw(v, FLAW_SEAL_INSERTED, v->seal.seal, v->seal.entry);
	v->named |= expected;
}

/* A log that has been cut off ends before what a seal says. */
static void check_cut(struct verify *v)
{
	for (; v->outside_next < v->outsides; v->outside_next++)
		verify_flaw(v, FLAW_SEAL_CUT, 0, v->outside[v->outside_next].entry);
	if (v->seal_seen && !v->named && !v->part && v->number == v->seal.entry)
		verify_flaw(v, FLAW_SEAL_CUT, v->seal.seal, v->seal.entry + 1);
}

static void check_outside_key(struct verify *v)
{
	for (size_t i = 0; i < v->outsides; i++) {
		const struct seal *s = &v->outside[i];
		if (!seal_signed(s))
			verify_flaw(v, FLAW_SEAL_CHANGED, 0, s->entry);
		else if (!key_known(v, s))
			verify_flaw(v, FLAW_SEAL_KEY, 0, s->entry);
		else if (v->first == 1 && !hash_eq(&s->log, &v->log))
			verify_flaw(v, FLAW_SEAL_LOG, 0, s->entry);
	}
}

void verify_seals_end(struct verify *v)
{
	check_cut(v);
	check_outside_key(v);
	if (v->keys.n && !v->seal_seen && v->entries && !v->outsides && !v->part)
		verify_flaw(v, FLAW_SEAL_NONE, 0, 0);
}
