/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcourante.h"
#include "print.h"
#include "util/log.h"
#include "wanted.h"

#define NEWEST 50	/* shown when nothing says how many */

enum { OPT_NUMBERS = 256, OPT_JSON, OPT_TEXT };

const struct opt list_options[] = {
	{ 'n', "count", "COUNT", N_("the newest so many; 0 is all; 50 when no time is given") },
	OPT_WANTED,
	{ OPT_NUMBERS, "numbers", NULL, N_("put each entry's number before it") },
	{ OPT_TEXT, "text", NULL, N_("print lines for people, even into a pipe") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

struct listing {
	struct search search;
	bool counted, numbers, json, text;
};

static void read_option(struct listing *l, int id, const struct opts *o)
{
	switch (id) {
	case 'n':
		l->search.most = opts_number(o, 0, 1000000000);
		l->counted = true;
		break;
	case OPT_NUMBERS:
		l->numbers = true;
		break;
	case OPT_TEXT:
		l->text = true;
		break;
	case OPT_JSON:
		l->json = true;
		break;
	default:
		break;
	}
}

static int print_all(struct logbook *book, const struct listing *l)
{
	struct page page = page_for(l->json, l->text);
	struct query *q = logbook_search(book, &l->search);
	struct entry e;
	struct buf out = { 0 };
	int got = -1;
	page.numbers = l->numbers;
	while (q && (got = entry_next(q, &e)) == 1) {
		print_entry(&out, &page, &e);
		if (out.n > 65536)
			print_out(&out);
	}
	query_free(q);
	print_out(&out);
	buf_free(&out);
	return got;
}

int verb_list(struct opts *o)
{
	struct listing l = { .search = { .since = CLOCK_NONE, .until = CLOCK_NONE } };
	struct logbook book;
	int id;
	read_centre();
	while ((id = opts_next(o)) != OPT_END)
		if (!wanted_read(&l.search, id, o))
			read_option(&l, id, o);
	if (opts_operand(o))
		opts_refuse(o, _("list takes options only"));
	if (!l.counted && l.search.since == CLOCK_NONE && l.search.until == CLOCK_NONE)
		l.search.most = NEWEST;
	open_log(&book, NULL, STORE_READ, WAIT_DEFAULT);
	if (print_all(&book, &l) < 0)
		log_failed(&book, "");
	logbook_close(&book);
	return EXIT_OK;
}
