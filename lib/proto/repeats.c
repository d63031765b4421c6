/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/repeats.h"

#include <stdlib.h>

#include "util/checksum.h"

#define SURE (30 * SECOND)	/* panels wait 4 to 18 s for an answer, seldom longer */
#define ROOM_LEAST 1024
#define LONG_AGO (INT64_MIN / 2)
#define WINDOW_BY_TIME (30 * SECOND)
#define WINDOW_BY_CONTENT (10 * SECOND)

static uint64_t add_part(uint64_t hash, struct span part)
{
	uint8_t n = (uint8_t)part.n;
	return hash_bytes(hash_bytes(hash, part), span_of(&n, 1));
}

static uint64_t add_small(uint64_t hash, struct span part)
{
	return add_part(hash_nocase(hash, part), (struct span){ 0 });
}

static bool numbered(const struct signal *s)
{
	for (size_t i = 0; i < s->seq.n; i++)
		if (s->seq.p[i] != '0')
			return true;
	return false;
}

msec repeats_window(const struct signal *s, msec window)
{
	msec most = window;
	if (!numbered(s))
		most = s->sent == CLOCK_NONE ? WINDOW_BY_CONTENT : WINDOW_BY_TIME;
	return most < window ? most : window;
}

/* A panel that numbers all its events 0000 is told apart by its clock. */
uint64_t repeats_hash(const struct repeats *r, const char *source, const struct signal *s)
{
	uint64_t hash = add_part(HASH_START ^ r->start, span_str(source));
	hash = add_small(hash, s->account.n ? s->account : s->inner_account);
	hash = add_part(add_part(hash, s->line), s->receiver);
	hash = add_part(add_part(hash, s->token), s->seq);
	hash = hash_bytes(hash, s->identity);
	if (!numbered(s))
		hash = hash_bytes(hash, span_of(&s->sent, sizeof s->sent));
	return hash ? hash : 1;
}

static struct repeat *place(struct repeat *table, unsigned room, uint64_t hash)
{
	unsigned at = (unsigned)(hash >> 32) & (room - 1);
	while (table[at].hash && table[at].hash != hash)
		at = (at + 1) & (room - 1);
	return &table[at];
}

const struct repeat *repeats_find(const struct repeats *r, uint64_t hash, msec now, msec window)
{
	struct repeat *found = r->young_room ? place(r->young, r->young_room, hash) : NULL;
	if ((!found || !found->hash) && r->old_room)
		found = place(r->old, r->old_room, hash);
	return found && found->hash && now - found->at <= window ? found : NULL;
}

static void turn(struct repeats *r, msec now)
{
	free(r->old);
	r->old = r->young;
	r->old_room = r->young_room;
	r->young = NULL;
	r->young_n = r->young_room = 0;
	r->young_since = now;
}

static void grow(struct repeats *r)
{
	unsigned room = r->young_room ? r->young_room * 2 : ROOM_LEAST;
	struct repeat *table = xcalloc(room, sizeof *table);
	for (unsigned i = 0; i < r->young_room; i++)
		if (r->young[i].hash)
			*place(table, room, r->young[i].hash) = r->young[i];
	free(r->young);
	r->young = table;
	r->young_room = room;
}

bool repeat_is_sure(const struct repeat *first, msec sent, msec now)
{
	return first->sent == sent && (sent != CLOCK_NONE || now - first->at <= SURE);
}

void repeats_add(struct repeats *r, uint64_t hash, msec sent, msec now, msec window, const char *epoch, uint64_t seq)
{
	if (r->young && now - r->young_since > window)
		turn(r, now);
	if (!r->young)
		r->young_since = now;
	if (r->young_n * 2 >= r->young_room) {
		if (r->young_room == REPEATS_MOST)
			turn(r, now);
		grow(r);
	}
	struct repeat *free_place = place(r->young, r->young_room, hash);
	r->young_n += free_place->hash == 0;
	*free_place = (struct repeat){ .hash = hash, .at = now, .sent = sent, .seq = seq };
	memcpy(free_place->epoch, epoch, sizeof free_place->epoch);
}

/* Its time goes, its place stays: what was put behind it must be found still. */
static void forget(struct repeat *table, unsigned room, const char *epoch, uint64_t behind)
{
	for (unsigned i = 0; i < room; i++)
		if (table[i].hash && table[i].seq > behind && strcmp(table[i].epoch, epoch) == 0)
			table[i].at = LONG_AGO;
}

void repeats_forget(struct repeats *r, const char *epoch, uint64_t behind)
{
	forget(r->young, r->young_room, epoch, behind);
	forget(r->old, r->old_room, epoch, behind);
}

void repeats_remove(struct repeats *r, uint64_t hash)
{
	struct repeat *found[] = {
		r->young_room ? place(r->young, r->young_room, hash) : NULL, r->old_room ? place(r->old, r->old_room, hash) : NULL,
	};
	for (size_t i = 0; i < 2; i++)
		if (found[i] && found[i]->hash)
			found[i]->at = LONG_AGO;
}

void repeats_free(struct repeats *r)
{
	free(r->young);
	free(r->old);
	*r = (struct repeats){ 0 };
}
