/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "centreprobe.h"
#include "logbook/verify.h"

#define NEWEST 1000

static void count_flaw(struct verify *v, enum flaw flaw, int64_t number, int64_t other)
{
	(void)v;
	(void)flaw;
	(void)number;
	(void)other;
}

static void no_progress(struct verify *v, int64_t done, int64_t all)
{
	(void)v;
	(void)done;
	(void)all;
}

/* The newest entries: does each follow the one before it? */
static int verify_newest(struct logbook *l, int64_t *entries, int64_t *flaws)
{
	struct search s = { .since = CLOCK_NONE, .until = CLOCK_NONE, .most = NEWEST };
	struct query *q = logbook_search(l, &s);
	struct entry e;
	struct hash before;
	int64_t number = 0;
	int got = -1;
	*entries = *flaws = 0;
	while (q && (got = entry_next(q, &e)) > 0) {
		struct hash hash = head_hash(&e.head);
		bool follows = number == 0 || (e.head.number == number + 1 && hash_eq(&e.head.previous, &before));
		struct hash body = body_commit(e.random, e.body);
		*flaws += !follows || !e.shaped || !hash_eq(&hash, &e.hash) || (e.kept && !hash_eq(&body, &e.head.commit));
		number = e.head.number;
		before = e.hash;
		++*entries;
	}
	bool ended = q && got == 0;
	query_free(q);
	return ended ? 0 : -1;
}

static int verify_all(struct logbook *l, int64_t *entries, int64_t *flaws)
{
	struct verify v = { .logbook = l, .flawed = count_flaw, .progress = no_progress };
	int result = logbook_verify(&v);
	*entries = v.entries;
	*flaws = v.flaws;
	return result;
}

void probe_logbook(struct probe *p)
{
	struct check c = probe_check(p, LOGBOOK, span_str(p->settings->logbook));
	struct logbook l = { 0 };
	int64_t entries, flaws;
	logbook_open(&l, p->settings->logbook, STORE_READ, 5 * SECOND);
	if (store_fault(l.store) || (p->settings->all ? verify_all : verify_newest)(&l, &entries, &flaws) < 0)
		probe_state(p, &c, CHECK_CRITICAL, "%s", store_why(l.store));
	else if (flaws)
		probe_state(p, &c, CHECK_CRITICAL, _("%" PRId64 " of its entries are not as they were written: mcourante verify names them"), flaws);
	else
		probe_value(p, &c, (double)entries, "", _("%" PRId64 " entries follow one another"), entries);
	logbook_close(&l);
}
