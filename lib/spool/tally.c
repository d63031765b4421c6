/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records leave a chain in the order in which they went in, so the next one
 * of the journal is nearly always the one that comes: then the tally takes
 * it and reads one further.  When another comes that stands further on, those
 * between are missing and are kept in their order.  The cursor stands before
 * the first missing record, or, when none is missing, before the next. */
#include "spool/tally.h"

#include <errno.h>
#include <stdlib.h>

#include "event/id.h"

/* A record of the journal that has not come, or not all of it. */
struct item {
	struct place before;	/* where the cursor stands while it waits for this one */
	char id[sizeof((struct place *)0)->id];
	size_t id_n;
	uint8_t *parts;		/* which came; NULL when none has */
	uint32_t of, came;	/* how many there are, and how many came */
	msec since;
	bool done;		/* all of it came, while an earlier one was missing */
};

#define FOREIGN 16

struct tally {
	char *dir;
	struct reader *reader;
	bool filtered, at_end;
	int failed;
	struct item next;	/* what the reader gave last; nothing when at_end */
	struct item *missing;
	size_t first, n, room;	/* missing[first] is the first that is not done */
	size_t done;		/* of those between first and n */
	/* Epochs that were looked for and are not ahead. */
	char foreign[FOREIGN][sizeof((struct place *)0)->id];
	unsigned foreign_n;
};

static void set_id(struct item *item, struct span id)
{
	item->id_n = id.n < sizeof item->id ? id.n : 0;
	memcpy(item->id, id.p, item->id_n);
	item->id[item->id_n] = '\0';
}

static bool item_is(const struct item *item, struct span root)
{
	return item->id_n == root.n && memcmp(item->id, root.p, root.n) == 0;
}

static struct span item_id(const struct item *item)
{
	return span_of(item->id, item->id_n);
}

static bool is_damage(struct span id)
{
	return span_find(id, '@') > 0;
}

/* A torn last line is damage only when nobody writes any more; so is asked
 * for with `final` only when the pipe has brought that very error. */
static void read_next(struct tally *t, bool final)
{
	struct span line, id;
	t->next = (struct item){ .before = *reader_place(t->reader) };
	enum reading got = reader_next(t->reader, final, &line, &id);
	t->at_end = got == READ_END || got == READ_FAILED;
	if (got == READ_FAILED)
		t->failed = errno ? errno : EIO;
	if (!t->at_end)
		set_id(&t->next, id);
}

int tally_open(struct tally **out, const char *dir, const struct place *from, bool filtered, const char **why)
{
	struct reader *reader;
	if (reader_open(&reader, dir, from, why) < 0)
		return -1;
	struct tally *t = xcalloc(1, sizeof *t);
	t->dir = xstrdup(dir);
	t->reader = reader;
	t->filtered = filtered;
	t->at_end = true;
	t->next.before = *from;
	*out = t;
	return 0;
}

static void item_free(struct item *item)
{
	free(item->parts);
	item->parts = NULL;
}

static void take_next(struct tally *t)
{
	item_free(&t->next);
	read_next(t, false);
}

static bool is_full(const struct tally *t)
{
	return t->n == TALLY_MOST && t->first + t->done == 0;
}

/* Forgets those that came; true when there is room for one more. */
static bool make_room(struct tally *t)
{
	if (is_full(t))
		return false;
	if (t->n == TALLY_MOST) {
		size_t kept = 0;
		for (size_t i = t->first; i < t->n; i++)
			if (!t->missing[i].done)
				t->missing[kept++] = t->missing[i];
		t->first = t->done = 0;
		t->n = kept;
	}
	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 16;
		t->missing = xrealloc(t->missing, t->room * sizeof *t->missing);
	}
	return true;
}

/* Something later came while next has not. */
static bool miss_next(struct tally *t, msec now)
{
	if (!t->filtered) {
		if (!make_room(t))
			return false;
		t->next.since = now;
		t->missing[t->n++] = t->next;
		t->next.parts = NULL;
	}
	take_next(t);
	return true;
}

/* Notes the part; true when all of the record has come. */
static bool item_came(struct item *item, const struct id *id, uint32_t of)
{
	if (!id || id->part == 0)
		return true;	/* the frame itself, or the damage */
	if (of > item->of)
		item->of = of < TALLY_PARTS ? of : TALLY_PARTS;
	if (!item->parts)
		item->parts = xcalloc(TALLY_PARTS / 8, 1);
	uint32_t bit = id->part - 1;
	if (bit < TALLY_PARTS && !(item->parts[bit / 8] & 1 << bit % 8)) {
		item->parts[bit / 8] |= (uint8_t)(1 << bit % 8);
		item->came++;
	}
	return item->of && item->came >= item->of;
}

static struct item *find_missing(struct tally *t, struct span root)
{
	for (size_t i = t->first; i < t->n; i++)
		if (!t->missing[i].done && item_is(&t->missing[i], root))
			return &t->missing[i];
	return NULL;
}

static void missing_came(struct tally *t, struct item *item)
{
	item_free(item);
	item->done = true;
	t->done++;
	while (t->first < t->n && t->missing[t->first].done) {
		t->first++;
		t->done--;
	}
	if (t->first == t->n)
		t->first = t->n = 0;
}

static struct span epoch_of(const struct id *id)
{
	return span_of(id->root.p, (size_t)(id->epoch.p + id->epoch.n - id->root.p));
}

static bool is_foreign(const struct tally *t, struct span epoch)
{
	unsigned n = t->foreign_n < FOREIGN ? t->foreign_n : FOREIGN;
	for (unsigned i = 0; i < n; i++)
		if (span_is(epoch, t->foreign[i]))
			return true;
	return false;
}

static void note_foreign(struct tally *t, struct span epoch)
{
	char *slot = t->foreign[t->foreign_n++ % FOREIGN];
	if (epoch.n < sizeof t->foreign[0]) {
		memcpy(slot, epoch.p, epoch.n);
		slot[epoch.n] = '\0';
	}
}

/* Looks with a reader of its own, so that an id of another journal, or of
 * long ago, leaves no trace.  -1 when that cannot be read. */
static int stands_ahead(const struct tally *t, struct span root)
{
	struct reader *scout;
	const char *why;
	struct span line, id;
	enum reading got;
	bool found = false;
	if (reader_open(&scout, t->dir, &t->next.before, &why) < 0)
		return -1;
	while (!found && ((got = reader_next(scout, is_damage(root), &line, &id)) == READ_RECORD || got == READ_DAMAGE))
		found = span_eq(id, root);
	reader_close(scout);
	return found;
}

static bool is_ahead_somewhere(struct tally *t, struct span root, const struct id *id)
{
	struct span epoch = id ? epoch_of(id) : root;
	if (find_missing(t, root) || is_foreign(t, epoch) || is_full(t))
		return false;
	int ahead = stands_ahead(t, root);
	if (ahead == 0)
		note_foreign(t, epoch);
	return ahead > 0;
}

/* Negative, 0 or positive as text stands in the journal before, at or
 * behind id; *known is false when they are of different epochs. */
static int order(struct span text, const struct id *id, bool *known)
{
	struct id other;
	*known = id && id_parse(text, &other) == 0 && span_eq(epoch_of(&other), epoch_of(id));
	return *known ? (other.seq > id->seq) - (other.seq < id->seq) : 0;
}

/* Within an epoch the numbers rise; beyond it only looking helps. */
static bool is_ahead(struct tally *t, struct span root, const struct id *id)
{
	bool known;
	if (span_is(root, t->next.before.id))
		return false;
	int next = order(item_id(&t->next), id, &known);
	if (known)
		return next < 0;
	if (order(span_str(t->next.before.id), id, &known) >= 0 && known)
		return false;
	return is_ahead_somewhere(t, root, id);
}

/* Reads on until root is next; false when it does not come, or too many are missing. */
static bool read_up_to(struct tally *t, struct span root, const struct id *id, msec now)
{
	bool known;
	while (!item_is(&t->next, root)) {
		if (t->at_end && is_damage(root))
			read_next(t, true);
		else if (t->at_end || order(item_id(&t->next), id, &known) > 0 || !miss_next(t, now))
			return false;
	}
	return true;
}

enum reach { REACHED, BEHIND, OUT_OF_REACH };

/* Makes root the next record if it is there or ahead, and can be. */
static enum reach reach(struct tally *t, struct span root, const struct id *id, msec now)
{
	if (t->at_end)
		read_next(t, false);
	if (item_is(&t->next, root))
		return REACHED;
	if (!is_ahead(t, root, id))
		return BEHIND;
	return read_up_to(t, root, id, now) ? REACHED : OUT_OF_REACH;
}

/* The id's root and its parsed form, NULL for damage; false when it is of no journal. */
static bool is_of_journal(struct span text, struct id *id, const struct id **parsed, struct span *root)
{
	*parsed = NULL;
	*root = text;
	if (text.n == 0 || text.n >= sizeof((struct place *)0)->id || span_find(text, '+') >= 0)
		return false;
	if (is_damage(text))
		return true;
	if (id_parse(text, id) < 0)
		return false;
	*parsed = id;
	*root = id->root;
	return true;
}

bool tally_record(struct tally *t, struct span text, uint32_t of, msec now)
{
	struct id parsed;
	const struct id *id;
	struct span root;
	if (!is_of_journal(text, &parsed, &id, &root))
		return false;
	enum reach reached = reach(t, root, id, now);
	if (reached != BEHIND) {
		if (reached == REACHED && item_came(&t->next, id, of))
			take_next(t);
		return true;
	}
	struct item *item = find_missing(t, root);
	if (item && item_came(item, id, of))
		missing_came(t, item);
	return item || is_full(t);
}

/* The mark went in behind that record, so the record is due. */
void tally_mark(struct tally *t, struct span text, msec now)
{
	struct id parsed;
	const struct id *id;
	struct span root;
	if (is_of_journal(text, &parsed, &id, &root) && reach(t, root, id, now) == REACHED)
		miss_next(t, now);
}

int tally_failed(const struct tally *t)
{
	return t->failed;
}

const struct place *tally_place(const struct tally *t)
{
	return t->first < t->n ? &t->missing[t->first].before : &t->next.before;
}

bool tally_missing(const struct tally *t, struct missing *first)
{
	if (t->first == t->n)
		return false;
	const struct item *item = &t->missing[t->first];
	*first = (struct missing){ item->id, item->since, t->n - t->first - t->done };
	return true;
}

void tally_close(struct tally *t)
{
	for (size_t i = t->first; i < t->n; i++)
		item_free(&t->missing[i]);
	item_free(&t->next);
	free(t->missing);
	reader_close(t->reader);
	free(t->dir);
	free(t);
}
