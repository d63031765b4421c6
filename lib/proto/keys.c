/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "text/text.h"
#include "util/file.h"
#include "util/hex.h"

#define BEHIND (40 * SECOND)	/* DC-09: at most 40 s behind and 20 s ahead of the receiver */
#define AHEAD (20 * SECOND)

struct key_entry {
	char *line, *account;	/* NULL: any; in small letters */
	struct key key;
	unsigned line_number;
};

static char *small(struct span s)
{
	char *text = xcalloc(1, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		text[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return text;
}

static void entry_free(struct key_entry *e)
{
	free(e->line);
	free(e->account);
	wipe(&e->key, sizeof e->key);
}

void keys_free(struct keys *keys)
{
	for (unsigned i = 0; i < keys->n; i++)
		entry_free(&keys->entry[i]);
	free(keys->entry);
	*keys = (struct keys){ 0 };
}

static bool hex_key(struct key *key, struct span s)
{
	struct buf bytes = { 0 };
	bool good = (s.n == 32 || s.n == 48 || s.n == 64) && hex_decode(&bytes, s) == 0;
	if (good) {
		key->n = (unsigned)bytes.n;
		memcpy(key->bytes, bytes.p, bytes.n);
	}
	if (bytes.n)
		wipe(bytes.p, bytes.n);
	buf_free(&bytes);
	return good;
}

static bool ascii_key(struct key *key, struct span s)
{
	if (s.n != 16 && s.n != 24 && s.n != 32)
		return false;
	key->n = (unsigned)s.n;
	memcpy(key->bytes, s.p, s.n);
	return true;
}

static const char *read_key(struct key *key, struct span s)
{
	if (span_starts(s, SPAN("ascii:")))
		return ascii_key(key, span_from(s, 6)) ? NULL : _("an ascii: key has 16, 24 or 32 characters");
	if (span_starts(s, SPAN("hex:")))
		s = span_from(s, 4);
	return hex_key(key, s) ? NULL : _("a key is hex: and 32, 48 or 64 digits, or ascii: and 16, 24 or 32 characters");
}

/* "40s/20s" or "off". */
static bool read_window(struct key *key, struct span s)
{
	ptrdiff_t slash = span_find(s, '/');
	if (span_is(s, "off")) {
		key->behind = key->ahead = 0;
		return true;
	}
	if (slash < 0)
		return false;
	key->behind = clock_duration(span_sub(s, 0, (size_t)slash));
	key->ahead = clock_duration(span_from(s, (size_t)slash + 1));
	return key->behind != CLOCK_NONE && key->ahead != CLOCK_NONE;
}

static const char *read_option(struct key *key, struct span word)
{
	if (span_starts(word, SPAN("window=")))
		return read_window(key, span_from(word, 7)) ? NULL : _("a window is 40s/20s (behind/ahead) or off");
	if (span_is(word, "clear=refuse") || span_is(word, "clear=accept")) {
		key->refuse_clear = span_is(word, "clear=refuse");
		return NULL;
	}
	return _("an option is window=40s/20s, window=off, clear=accept or clear=refuse");
}

/* "1002", "L12/1002", "12/1002", and * for either. */
static const char *read_address(struct key_entry *e, struct span s)
{
	ptrdiff_t slash = span_find(s, '/');
	struct span line = span_sub(s, 0, slash < 0 ? 0 : (size_t)slash);
	struct span account = span_from(s, (size_t)(slash + 1));
	if (line.n > 1 && (line.p[0] == 'L' || line.p[0] == 'l'))
		line = span_from(line, 1);
	if (account.n == 0 || (slash >= 0 && line.n == 0))
		return _("an address is ACCOUNT or LINE/ACCOUNT, * for any");
	e->line = slash < 0 || span_is(line, "*") ? NULL : small(line);
	e->account = span_is(account, "*") ? NULL : small(account);
	return NULL;
}

static const char *read_line(struct key_entry *e, struct span line)
{
	struct span word, address, key;
	if (!span_word(&line, &word) || !span_is(word, "key") || !span_word(&line, &address) || !span_word(&line, &key))
		return _("a line is: key LINE/ACCOUNT KEY [window=40s/20s] [clear=refuse]");
	e->key.behind = BEHIND;
	e->key.ahead = AHEAD;
	const char *why = read_address(e, address);
	if (!why)
		why = read_key(&e->key, key);
	while (!why && span_word(&line, &word))
		why = read_option(&e->key, word);
	return why;
}

/* Missing before present, so that any follows what is named. */
static int text_order(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int order(const void *a, const void *b)
{
	const struct key_entry *x = a, *y = b;
	int account = text_order(x->account, y->account);
	return account ? account : text_order(x->line, y->line);
}

static void add(struct keys *keys, const struct key_entry *e)
{
	if (keys->n == keys->room) {
		unsigned room = keys->room ? keys->room * 2 : 16;
		struct key_entry *entries = xcalloc(room, sizeof *entries);
		if (keys->n)
			memcpy(entries, keys->entry, keys->n * sizeof *entries);
		if (keys->n)
			wipe(keys->entry, keys->n * sizeof *entries);	/* realloc would leave keys behind */
		free(keys->entry);
		keys->entry = entries;
		keys->room = room;
	}
	keys->entry[keys->n++] = *e;
}

/* *number becomes the line of the later one. */
static const char *twice(const struct keys *keys, unsigned *number)
{
	for (unsigned i = 1; i < keys->n; i++) {
		const struct key_entry *a = &keys->entry[i - 1], *b = &keys->entry[i];
		if (order(a, b) == 0) {
			*number = a->line_number > b->line_number ? a->line_number : b->line_number;
			return _("two keys for the same line and account");
		}
	}
	return NULL;
}

/* Blanks around, and all from a # that begins a word. */
static struct span without_comment(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			line.n = i;
	return span_trim(line);
}

static const char *read_all(struct keys *keys, struct span text, unsigned *number)
{
	struct span line;
	const char *why = NULL;
	for (*number = 1; !why && span_line(&text, &line); ++*number) {
		struct key_entry e = { .line_number = *number };
		line = without_comment(line);
		if (line.n == 0)
			continue;
		why = read_line(&e, line);
		if (!why)
			add(keys, &e);
		else
			entry_free(&e);
		wipe(&e, sizeof e);
	}
	--*number;
	if (!why && keys->n > 1) {
		qsort(keys->entry, keys->n, sizeof *keys->entry, order);
		why = twice(keys, number);
	}
	return why;
}

int keys_load(struct keys *keys, const char *path, const char **why)
{
	static struct buf message;
	struct buf text = { 0 };
	struct keys fresh = { 0 };
	unsigned number = 0;
	buf_reset(&message);
	const char *wrong = NULL;
	if (file_read_secret(path, &text) < 0)
		wrong = errno == EACCES ? _("must be readable by its owner only: chmod 600") : strerror(errno);
	else
		wrong = read_all(&fresh, buf_view(&text), &number);
	if (text.n)
		wipe(text.p, text.n);
	buf_free(&text);
	if (wrong) {
		buf_str(&message, path);
		if (number)
			buf_printf(&message, ":%u", number);
		buf_printf(&message, ": %s", wrong);
		*why = buf_cstr(&message);
		keys_free(&fresh);
		return -1;
	}
	keys_free(keys);
	*keys = fresh;
	return 0;
}

/* strcmp of a span in any case against small letters; NULL is before all. */
static int compare(struct span s, bool any, const char *with)
{
	if (any || !with)
		return !any - (with != NULL);
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (uint8_t)(s.p[i] + 32) : s.p[i];
		if (c != (uint8_t)with[i])
			return c < (uint8_t)with[i] ? -1 : 1;
	}
	return with[s.n] ? -1 : 0;
}

static const struct key *look(const struct keys *keys, struct span line, bool any_line, struct span account, bool any)
{
	unsigned low = 0, high = keys->n;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		const struct key_entry *e = &keys->entry[middle];
		int by = compare(account, any, e->account);
		if (by == 0)
			by = compare(line, any_line, e->line);
		if (by == 0)
			return &e->key;
		if (by < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct key *keys_find(const struct keys *keys, struct span line, struct span account)
{
	const struct key *key = NULL;
	for (int i = 0; i < 4 && !key && keys->n; i++)	/* line and account, account, line, any */
		key = look(keys, line, i & 1, account, i & 2);
	return key;
}

const struct key *keys_of(const struct keys *keys, const struct signal *s)
{
	char name[16];
	if (!s->key_number)
		return keys_find(keys, s->line, s->account.n ? s->account : s->inner_account);
	int n = snprintf(name, sizeof name, "vds:%u", s->key_number);
	return keys_find(keys, (struct span){ 0 }, span_of(name, (size_t)n));
}
