/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "mcourante.h"
#include "print.h"
#include "text/terminal.h"
#include "util/log.h"
#include "when.h"

#define TEXT_MOST 16384

enum { OPT_AT = 256, OPT_JSON };

const struct opt add_options[] = {
	{ 'k', "kind", "KIND", N_("what kind of entry it is; note when not given") },
	{ 'a', "account", "ACCOUNT", N_("the account that it is about") },
	{ 's', "site", "SITE", N_("the site that it is about") },
	{ 'i', "incident", "INCIDENT", N_("the incident that it belongs to") },
	{ 'e', "event-time", "TIME", N_("when it happened, where that was earlier") },
	{ OPT_AT, "at", "TIME", N_("in a sandbox: when it is written") },
	{ 'w', "wait", "TIME", N_("wait that long for a log that another process holds") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

struct adding {
	struct draft draft;
	struct buf text;
	const char *event_time, *at;
	msec wait_ms;
	bool json;
	unsigned words;		/* operands */
	bool personal;		/* an option was given that only a person's entry has */
};

static const char *read_kind(const struct opts *o)
{
	const struct kind *kind = kind_find(span_str(o->value));
	if (kind && kind->person)
		return kind->word;
	struct buf words = { 0 };
	for (kind = logbook_kinds; kind->word; kind++)
		if (kind->person)
			buf_printf(&words, " %s", kind->word);
	opts_refuse(o, _("%s: no kind that people write; those are:%s"), o->value, buf_cstr(&words));
}

static void read_options(struct adding *a, struct opts *o)
{
	int id;
	a->wait_ms = WAIT_DEFAULT;
	a->draft.kind = "note";
	while ((id = opts_next(o)) != OPT_END) {
		a->personal |= id != 'w' && id != OPT_JSON;
		switch (id) {
		case 'k':
			a->draft.kind = read_kind(o);
			break;
		case 'a':
			a->draft.account = span_str(o->value);
			break;
		case 's':
			a->draft.site = span_str(o->value);
			break;
		case 'i':
			a->draft.incident = span_str(o->value);
			break;
		case 'e':
			a->event_time = o->value;
			break;
		case OPT_AT:
			a->at = o->value;
			break;
		case 'w':
			a->wait_ms = opts_duration(o);
			break;
		case OPT_JSON:
			a->json = true;
			break;
		default:
			break;
		}
	}
}

static void read_text(struct adding *a, struct opts *o)
{
	const char *word;
	while ((word = opts_operand(o))) {
		if (a->words++)
			buf_byte(&a->text, ' ');
		buf_str(&a->text, word);
	}
	a->draft.text = span_trim(buf_view(&a->text));
	if (a->draft.text.n > TEXT_MOST)
		opts_refuse(o, _("the text has %zu bytes; %d is the most"), a->draft.text.n, TEXT_MOST);
}

static msec read_time(const struct opts *o, const char *text, msec now)
{
	msec at = when_parse(text, now, false);
	if (at == CLOCK_NONE)
		opts_refuse(o, _("%s: a time is wanted, such as 21:14, 2026-01-13 21:14:03 or 5m (ago)"), text);
	return at;
}

/* The log's own clock says when an entry was written; only where nothing
 * counts may somebody say otherwise. */
static void set_times(struct adding *a, const struct opts *o)
{
	struct draft *d = &a->draft;
	const char *sandbox = getenv("VIGIE_SANDBOX");
	d->entry_at = clock_now();
	if (a->at && !(sandbox && *sandbox))
		opts_refuse(o, _("--at is for a sandbox: VIGIE_SANDBOX names its folder"));
	if (a->at)
		d->entry_at = read_time(o, a->at, d->entry_at);
	d->event_at = a->event_time ? read_time(o, a->event_time, d->entry_at) : d->entry_at;
	if (d->event_at > d->entry_at)
		opts_refuse(o, _("%s: that is still to come"), a->event_time);
}

static void show_written(struct logbook *l, int64_t number, bool json)
{
	const struct search one = { .since = CLOCK_NONE, .until = CLOCK_NONE, .number = number };
	struct page page = page_for(json, false);
	struct entry e;
	struct buf out = { 0 };
	struct query *q = logbook_search(l, &one);
	if (q && entry_next(q, &e) == 1)
		print_entry(&out, &page, &e);
	query_free(q);
	print_out(&out);
	buf_free(&out);
}

static int add_text(struct adding *a, const struct opts *o)
{
	struct logbook l;
	read_centre();
	set_times(a, o);
	open_log(&l, NULL, STORE_WRITE, a->wait_ms);
	a->draft.author = unix_user();
	int64_t number = logbook_begin(&l) < 0 ? -1 : logbook_append(&l, &a->draft);
	if (number < 0 || logbook_commit(&l) < 0)
		log_failed(&l, _("nothing was written"));
	show_written(&l, number, a->json);
	logbook_close(&l);
	return EXIT_OK;
}

int verb_add(struct opts *o)
{
	struct adding a = { 0 };
	read_options(&a, o);
	read_text(&a, o);
	bool records = span_is(a.draft.text, "-") || (a.words == 0 && !terminal_is(STDIN_FILENO));
	if (records && a.personal)
		opts_refuse(o, _("these options are for a text; records say all by themselves"));
	if (!records && a.draft.text.n == 0)
		opts_refuse(o, _("a text is wanted"));
	int status = records ? sink_run(a.wait_ms, !a.json && terminal_is(STDOUT_FILENO)) : add_text(&a, o);
	buf_free(&a.text);
	return status;
}
