/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes back from outside as a proof: seals, records of seals, entries,
 * heads, contents, lines for people, keys.  The first byte chooses a sound
 * example, the others, three by three, where it is changed and to what; with
 * an odd first byte they are the text itself.  A changed example must never
 * prove the same as the sound one. */
#include <stdlib.h>

#include "logbook/bundle.h"
#include "logbook/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXAMPLES 6

static struct buf example[EXAMPLES];
static struct entry entry;
static struct seal seal;

static void make_examples(void)
{
	struct sign_key key = { .secret = { 1, 2, 3 } };
	struct buf pem = { 0 };
	sign_put_secret(&pem, &key);
	if (sign_read_secret(buf_view(&pem), &key))
		abort();
	buf_free(&pem);
	seal = (struct seal){ .seal = 3, .entry = 42, .at = 1768335243120 };
	seal_sign(&seal, &key);
	entry = (struct entry){
		.head = { .number = 42, .event_at = 1768335243120, .entry_at = 1768335843120, .kind = SPAN("note") }, .kept = true, .shaped = true,
		.random = SPAN("0123456789abcdef0123456789abcdef"), .body = SPAN("{\"author\":\"op\",\"text\":\"Lev\xC3\xA9\x65 de doute \\\"x\\\"\"}"),
	};
	entry.head.commit = body_commit(entry.random, entry.body);
	entry.hash = head_hash(&entry.head);
	seal_put(&example[0], &seal);
	seal_put_record(&example[1], &seal);
	transcript_put(&example[2], &entry);
	head_put(&example[3], &entry.head);
	contents_put(&example[4], &entry);
	journal_put(&example[5], &entry);
}

static bool proves(struct span text, unsigned which)
{
	static struct buf scratch;
	struct transcript_end end;
	struct entry e;
	struct seal s;
	int64_t number;
	switch (which) {
	case 0:
		return seal_read(text, &s) && seal_signed(&s);
	case 1:
		return seal_from_record(text, &s) && seal_signed(&s);
	case 2:
		return transcript_read(text, &scratch, &e, &s, &end) == T_ENTRY && hash_eq(&e.hash, &entry.hash);
	case 3:
		return head_read(text, &e) && hash_eq(&e.hash, &entry.hash);
	case 4: {
		bool good = contents_read(text, &scratch, &number, &e);
		struct hash commit = body_commit(e.random, e.body);
		return good && number == entry.head.number && hash_eq(&commit, &entry.head.commit);
	}
	default:
		return journal_same(text, &entry);
	}
}

/* An entry's line holds its own hash, so a head or body that was changed is
 * seen against that; a seal of another key is sound, and no seal of ours. */
static bool same_as_sound(struct span text, unsigned which)
{
	static struct buf scratch;
	struct transcript_end end;
	struct entry e;
	struct seal s;
	if (!proves(text, which))
		return false;
	if (which == 2 && transcript_read(text, &scratch, &e, &s, &end) == T_ENTRY) {
		struct hash head = head_hash(&e.head), commit = body_commit(e.random, e.body);
		return hash_eq(&head, &entry.hash) && hash_eq(&commit, &entry.head.commit);
	}
	if (which < 2 && (which == 0 ? seal_read(text, &s) : seal_from_record(text, &s)))
		return memcmp(s.key, seal.key, SIGN_KEY) == 0;
	return true;
}

static void change(struct buf *text, const uint8_t *data, size_t size)
{
	for (; size >= 3; data += 3, size -= 3)
		if (text->n)
			text->p[(size_t)(data[0] | data[1] << 8) % text->n] = data[2];
}

static void take_raw(struct span text)
{
	char name[STORED_NAME_MOST];
	uint8_t open[SIGN_KEY];
	struct sign_key key;
	struct seal s;
	const char *why;
	bool sound;
	for (unsigned which = 0; which < EXAMPLES; which++)
		proves(text, which);
	sign_read_secret(text, &key);
	for (struct span rest = text; sign_next_open(&rest, open, &why);)
		;
	for (struct span rest = text; seal_next(&rest, &s, &sound);)
		;
	for (struct span rest = text; stored_name_next(&rest, name);)
		if (strlen(name) < 66 || strchr(name, '/'))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf text;
	if (example[0].n == 0)
		make_examples();
	if (size == 0)
		return 0;
	if (data[0] & 1) {
		take_raw(span_of(data + 1, size - 1));
		return 0;
	}
	unsigned which = data[0] / 2 % EXAMPLES;
	buf_reset(&text);
	buf_span(&text, buf_view(&example[which]));
	change(&text, data + 1, size - 1);
	if (same_as_sound(buf_view(&text), which) && !span_eq(buf_view(&text), buf_view(&example[which])))
		abort();
	return 0;
}
