/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "mcourante.h"
#include "print.h"
#include "util/hex.h"
#include "util/log.h"

enum { OPT_HEAD = 256, OPT_CONTENT, OPT_TEXT, OPT_JSON };

const struct opt show_options[] = {
	{ OPT_HEAD, "head", NULL, N_("print the bytes whose SHA-256 is the entry's hash") },
	{ OPT_CONTENT, "content", NULL, N_("print the bytes whose SHA-256 is the entry's commit: 32 random ones, then the body") },
	{ OPT_TEXT, "text", NULL, N_("print lines for people, even into a pipe") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

struct showing {
	int part;		/* OPT_HEAD, OPT_CONTENT, or 0 */
	struct page page;
	struct buf out;
	bool flawed;
};

static void show_entry(struct showing *s, const struct entry *e)
{
	if (s->part == OPT_HEAD) {
		head_put(&s->out, &e->head);
	} else if (s->part == OPT_CONTENT) {
		buf_span(&s->out, e->random);
		buf_span(&s->out, e->body);
	} else if (s->page.json) {
		print_json(&s->out, e, true);
	} else {
		print_whole(&s->out, e, s->page.colour);
	}
	s->flawed |= !entry_intact(e);
}

/* A number, a hash of 64 digits, or the id of a record; several entries have
 * the same id where records contradict each other. */
static struct search wanted(const char *name)
{
	struct search search = { .since = CLOCK_NONE, .until = CLOCK_NONE };
	struct span text = span_str(name);
	struct buf hash = { 0 };
	char *end;
	errno = 0;
	long long number = strtoll(name, &end, 10);
	if (is_digit((uint8_t)*name) && *end == '\0' && errno == 0 && number > 0) {
		search.number = number;
	} else if (text.n == 2 * (size_t)SHA256_SIZE && hex_decode(&hash, text) == 0) {
		memcpy(search.hash.byte, hash.p, SHA256_SIZE);
		search.by_hash = true;
	} else {
		search.id = text;
	}
	buf_free(&hash);
	return search;
}

static bool show_named(struct logbook *l, struct showing *s, const char *name)
{
	const struct search search = wanted(name);
	struct query *q = logbook_search(l, &search);
	struct entry e;
	int got = -1;
	bool found = false;
	while (q && (got = entry_next(q, &e)) == 1) {
		if (s->out.n && !s->page.json && !s->part)
			buf_byte(&s->out, '\n');
		show_entry(s, &e);
		found = true;
	}
	query_free(q);
	if (got < 0)
		log_failed(l, "");
	if (!found)
		warn(_("%s: no such entry"), name);
	return found;
}

int verb_show(struct opts *o)
{
	struct showing s = { 0 };
	struct logbook l;
	bool json = false, text = false, missing = false;
	const char *name;
	int id;
	read_centre();
	while ((id = opts_next(o)) != OPT_END) {
		json |= id == OPT_JSON;
		text |= id == OPT_TEXT;
		if (id == OPT_HEAD || id == OPT_CONTENT)
			s.part = id;
	}
	s.page = page_for(json, text);
	name = opts_operand(o);
	if (!name)
		opts_refuse(o, _("a number or an id is wanted"));
	open_log(&l, NULL, STORE_READ, WAIT_DEFAULT);
	for (; name; name = opts_operand(o))
		missing |= !show_named(&l, &s, name);
	logbook_close(&l);
	print_out(&s.out);
	buf_free(&s.out);
	if (s.flawed)
		warn(_("an entry does not fit its hashes; verify says more"));
	return missing || s.flawed ? EXIT_NO : EXIT_OK;
}
