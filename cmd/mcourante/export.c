/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcourante export: the log, or a part of it, for others. */
#include "export.h"

#include <unistd.h>

#include "mcourante.h"
#include "output.h"
#include "text/terminal.h"
#include "util/log.h"
#include "wanted.h"

enum { OPT_BUNDLE = 256, OPT_CSV, OPT_SPREADSHEET, OPT_TEXT, OPT_JSON, OPT_SPOOL };

const struct opt export_options[] = {
	{ OPT_JSON, "json", NULL, N_("JSON lines that can be proved; what is written when nothing else is asked for") },
	{ OPT_CSV, "csv", NULL, N_("a table, commas between (RFC 4180)") },
	{ OPT_SPREADSHEET, "spreadsheet", NULL, N_("the same for spreadsheets set to French: semicolons, a BOM, no formulas") },
	{ OPT_TEXT, "text", NULL, N_("a line for each entry, for people") },
	{ OPT_BUNDLE, "bundle", "FOLDER", N_("a folder that can be proved with sha256sum and openssl alone") },
	{ OPT_SPOOL, "spool", "DIR", N_("with the pictures and mails that records name, out of this journal's folder") },
	{ 'o', "output", "FILE", N_("into this file, which is whole or not there") },
	OPT_WANTED,
	OPT_COMMON, { 0 }
};

static void set_form(struct export *x, const struct form *form, const struct opts *o)
{
	if (x->form)
		opts_refuse(o, _("one form at a time"));
	x->form = form;
}

static void set_path(struct export *x, const struct opts *o)
{
	if (x->path)
		opts_refuse(o, _("one file or folder at a time"));
	x->path = o->value;
}

static void read_option(struct export *x, int id, const struct opts *o)
{
	switch (id) {
	case OPT_JSON:
		set_form(x, &form_json, o);
		break;
	case OPT_SPREADSHEET:
		x->spreadsheet = true;
		set_form(x, &form_csv, o);
		break;
	case OPT_CSV:
		set_form(x, &form_csv, o);
		break;
	case OPT_TEXT:
		set_form(x, &form_text, o);
		break;
	case OPT_BUNDLE:
		set_form(x, &form_bundle, o);
		set_path(x, o);
		break;
	case OPT_SPOOL:
		x->spool = o->value;
		break;
	case 'o':
		set_path(x, o);
		break;
	default:
		break;
	}
}

static void read_options(struct export *x, struct opts *o)
{
	int id;
	while ((id = opts_next(o)) != OPT_END)
		if (!wanted_read(&x->search, id, o))
			read_option(x, id, o);
	if (opts_operand(o))
		opts_refuse(o, _("export takes options only"));
	if (!x->form)
		x->form = &form_json;
	if (x->spool && x->form != &form_bundle)
		opts_refuse(o, _("--spool goes with --bundle"));
}

/* The entries to go through.  What is to be proved needs the heads of all
 * between the first and the last that are wanted, and on to the first seal
 * that covers the last. */
struct range {
	int64_t first, last;
	int64_t wanted;		/* the last that is wanted */
	bool sealed;
};

static int find_range(struct logbook *l, const struct export *x, struct range *r)
{
	if (logbook_extent(l, &x->search, &r->first, &r->last) < 0)
		return -1;
	r->wanted = r->last;
	if (!x->form->proof || r->last == 0)
		return 0;
	int64_t cover = seal_covering(l, r->last);
	r->sealed = cover > 0;
	r->last = cover > 0 ? cover : r->last;
	return cover < 0 ? -1 : 0;
}

static void give_seal(struct export *x, const struct seal *s)
{
	x->form->seal(x, s);
	x->written.seals++;
}

static void give_entry(struct export *x, struct entry *e, bool wanted)
{
	e->kept &= wanted;
	x->form->entry(x, e);
	if (x->written.first == 0)
		x->written.first = e->head.number;
	x->written.last = e->head.number;
	x->written.entries += e->kept;
	x->written.heads += !e->kept;
}

static int give_proof(struct logbook *l, struct export *x, const struct range *r)
{
	const struct search all = { .since = CLOCK_NONE, .until = CLOCK_NONE, .first = r->first, .last = r->last };
	struct query *entries = logbook_search(l, &all), *numbers = logbook_numbers(l, &x->search);
	struct query *seals = seal_search(l, r->first, r->last);
	struct entry e;
	struct seal s;
	bool sound;
	int got = -1, wanted = numbers ? query_step(numbers) : -1, more = seals ? seal_step(seals, &s, &sound) : -1;
	while (entries && wanted >= 0 && more >= 0 && (got = entry_next(entries, &e)) == 1) {
		for (; more == 1 && s.entry < e.head.number; more = seal_step(seals, &s, &sound))
			give_seal(x, &s);
		bool is_wanted = wanted == 1 && column_int(numbers, 0) == e.head.number;
		give_entry(x, &e, is_wanted);
		if (is_wanted)
			wanted = query_step(numbers);
		progress_show(_("exporting"), (uint64_t)(e.head.number - r->first), (uint64_t)(r->last - r->first + 1));
	}
	for (; more == 1; more = seal_step(seals, &s, &sound))
		give_seal(x, &s);
	query_free(entries);
	query_free(numbers);
	query_free(seals);
	return got < 0 || wanted < 0 || more < 0 ? -1 : 0;
}

static int give_wanted(struct logbook *l, struct export *x, const struct range *r)
{
	struct query *entries = logbook_search(l, &x->search);
	struct entry e;
	int got = -1;
	while (entries && (got = entry_next(entries, &e)) == 1) {
		give_entry(x, &e, true);
		progress_show(_("exporting"), (uint64_t)(e.head.number - r->first), (uint64_t)(r->last - r->first + 1));
	}
	query_free(entries);
	return got;
}

/* The entry that names the newest seal is never sealed by it. */
static void tell_unsealed(struct logbook *l, const struct export *x, const struct range *r)
{
	struct seal s = { 0 };
	bool sound;
	if (!x->form->proof || r->wanted == 0 || r->sealed || seal_newest(l, &s, &sound) < 0 || s.entry + 1 >= r->wanted)
		return;
	warn(_("entries %lld to %lld are not sealed yet: mcourante seal does that"),
	     (long long)(s.entry + 1 > r->first ? s.entry + 1 : r->first), (long long)r->wanted);
}

static void give(struct logbook *l, struct export *x)
{
	struct range r = { 0 };
	if (store_view(l->store) < 0 || find_range(l, x, &r) < 0)
		log_failed(l, _("nothing was exported"));
	x->written.at = clock_now();
	x->form->begin(x);
	int got = x->form->proof ? give_proof(l, x, &r) : give_wanted(l, x, &r);
	progress_end();
	if (got < 0)
		log_failed(l, _("nothing was exported"));
	x->form->end(x);
	tell_unsealed(l, x, &r);
}

/* A folder has files of its own. */
static void export(struct logbook *l, struct export *x)
{
	struct output out;
	if (x->form == &form_bundle) {
		give(l, x);
		return;
	}
	output_begin(&out, x->path ? place_file(x->path) : STDOUT_FILENO, x->path ? x->path : "stdout");
	x->out = &out;
	give(l, x);
	output_end(&out, x->path != NULL);
	if (x->path)
		place_finish();
}

int verb_export(struct opts *o)
{
	struct export x = { .search = { .since = CLOCK_NONE, .until = CLOCK_NONE } };
	struct logbook l;
	read_centre();
	read_options(&x, o);
	open_log(&l, NULL, STORE_READ, WAIT_DEFAULT);
	export(&l, &x);
	logbook_close(&l);
	if (x.named)
		warn(_("%lld pictures or mails are named and not there: --spool takes them"), (long long)x.named);
	info(_("%lld entries, %lld heads, %lld seals"), (long long)x.written.entries, (long long)x.written.heads,
	     (long long)x.written.seals);
	return x.missing ? EXIT_NO : EXIT_OK;
}
