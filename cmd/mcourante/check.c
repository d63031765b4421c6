/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcourante verify: what is wrong on stderr, the outcome on stdout. */
#include <unistd.h>

#include "event/id.h"
#include "json/write.h"
#include "logbook/verify.h"
#include "mcourante.h"
#include "print.h"
#include "text/terminal.h"
#include "util/hex.h"
#include "util/log.h"

enum { OPT_TEXT = 256, OPT_JSON };

const struct opt verify_options[] = {
	{ OPT_TEXT, "text", NULL, N_("print a line for people, even into a pipe") },
	{ OPT_JSON, "json", NULL, N_("print a record, even on a terminal") },
	OPT_COMMON, { 0 }
};

static void tell_flaw(struct verify *v, enum flaw flaw, int64_t number, int64_t other)
{
	static const char *const told[] = {
		[FLAW_HEAD] = N_("its number, times, kind or hashes were changed"),
		[FLAW_BODY] = N_("its text or data were changed"),
		[FLAW_ERASED] = N_("its text and data were removed"),
		[FLAW_INSERTED] = N_("inserted: the entry behind it follows the one before it"),
		[FLAW_BROKEN] = N_("it does not follow the entry before it, which was replaced or moved"),
	};
	(void)v;
	long long n = number, m = other;
	progress_end();
	if (flaw == FLAW_LOOSE)
		warn(_("text and data are there that belong to no entry"));
	else if (flaw == FLAW_SEARCH && n == 0)
		warn(_("the list of records names entries that have none"));
	else if (flaw == FLAW_SEARCH)
		warn(_("entry %lld: account, site, incident or record id, by which it is found, were changed"), n);
	else if (flaw == FLAW_REMOVED && n == m)
		warn(_("entry %lld: removed"), n);
	else if (flaw == FLAW_REMOVED)
		warn(_("entries %lld to %lld: removed"), n, m);
	else if (flaw == FLAW_MOVED)
		warn(_("entry %lld: moved; it was written as number %lld"), n, m);
	else
		warn(_("entry %lld: %s"), n, _(told[flaw]));
}

static void tell_progress(struct verify *v, int64_t done, int64_t all)
{
	(void)v;
	progress_show(_("verifying"), (uint64_t)done, (uint64_t)(all > 0 ? all : 0));
}

static void put_record(struct buf *out, const struct verify *v, struct span digits)
{
	struct buf id = { 0 };
	char epoch[EPOCH_TEXT + 1];
	uint32_t chance;
	random_bytes(&chance, sizeof chance);
	epoch_new(epoch, clock_now(), chance);
	node_name(&id);
	buf_printf(&id, ".%s-1", epoch);
	json_begin(out);
	json_str(out, KEY("type"), SPAN("verification"));
	json_str(out, KEY("id"), buf_view(&id));
	json_time(out, KEY("at"), clock_now());
	json_bool(out, KEY("intact"), v->flaws == 0);
	json_int(out, KEY("entries"), v->entries);
	json_int(out, KEY("flaws"), v->flaws);
	if (v->entries) {
		json_int(out, KEY("number"), v->number);
		json_str(out, KEY("hash"), digits);
	}
	json_end(out);
	buf_byte(out, '\n');
	buf_free(&id);
}

static void put_line(struct buf *out, const struct verify *v, struct span digits)
{
	long long entries = v->entries, number = v->number;
	const char *outcome = v->flaws == 0 ? _("intact") : _("NOT INTACT");
	if (entries)
		buf_printf(out, _("entries: %lld, %s; the newest is %lld, %.*s"), entries, outcome, number, (int)digits.n,
		           (const char *)digits.p);
	else
		buf_printf(out, _("entries: 0, %s"), outcome);
	buf_byte(out, '\n');
}

static void print_outcome(const struct verify *v, bool json, bool text)
{
	struct buf out = { 0 }, digits = { 0 };
	hex_lower(&digits, hash_view(&v->hash));
	if (page_for(json, text).json)
		put_record(&out, v, buf_view(&digits));
	else
		put_line(&out, v, buf_view(&digits));
	print_out(&out);
	buf_free(&out);
	buf_free(&digits);
}

int verb_verify(struct opts *o)
{
	struct logbook l;
	struct verify v = { .logbook = &l, .flawed = tell_flaw, .progress = tell_progress };
	bool json = false, text = false;
	int id;
	while ((id = opts_next(o)) != OPT_END) {
		json |= id == OPT_JSON;
		text |= id == OPT_TEXT;
	}
	const char *file = opts_operand(o);
	if (opts_operand(o))
		opts_refuse(o, _("one file at most"));
	open_log(&l, file, STORE_READ, WAIT_DEFAULT);
	int result = logbook_verify(&v);
	progress_end();
	if (result < 0 && store_fault(l.store) != STORE_DAMAGED)
		log_failed(&l, "");
	if (result < 0) {
		warn(_("behind entry %lld the file itself is damaged: %s"), (long long)v.number, store_why(l.store));
		v.flaws++;
	}
	print_outcome(&v, json, text);
	logbook_close(&l);
	return v.flaws ? EXIT_NO : EXIT_OK;
}
