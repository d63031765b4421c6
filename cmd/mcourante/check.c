/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcourante verify: what is wrong on stderr, the outcome on stdout. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/id.h"
#include "json/write.h"
#include "keys.h"
#include "logbook/bundle.h"
#include "logbook/verify.h"
#include "mcourante.h"
#include "print.h"
#include "text/terminal.h"
#include "util/file.h"
#include "util/hex.h"
#include "util/log.h"

enum { OPT_SEAL = 256, OPT_TEXT, OPT_JSON };

const struct opt verify_options[] = {
	{ 'k', "key", "FILE", N_("the public keys that seals may have; those beside the log when not given") },
	{ OPT_SEAL, "seal", "FILE", N_("a seal that was handed out: the log must fit it") },
	{ OPT_TEXT, "text", NULL, N_("print a line for people, even into a pipe") },
	{ OPT_JSON, "json", NULL, N_("print a record, even on a terminal") },
	OPT_COMMON, { 0 }
};

static void tell_seal_flaw(enum flaw flaw, long long n, long long m)
{
	struct buf name = { 0 };
	if (n)
		buf_printf(&name, _("seal %lld"), n);
	else
		buf_str(&name, _("the seal that was handed out"));
	const char *seal = buf_cstr(&name);
	if (flaw == FLAW_SEAL_CHANGED)
		warn(_("%s: changed; its signature does not fit"), seal);
	else if (flaw == FLAW_SEAL_KEY)
		warn(_("%s: by another key"), seal);
	else if (flaw == FLAW_SEAL_LOG)
		warn(_("%s: it is the seal of another log"), seal);
	else if (flaw == FLAW_SEAL_FIT)
		warn(_("%s: entry %lld is not the one that was sealed; the log was written anew from there or before"), seal, m);
	else if (flaw == FLAW_SEAL_CUT)
		warn(_("%s: entry %lld, of which it tells, is not there; the log was cut off"), seal, m);
	else if (flaw == FLAW_SEAL_INSERTED)
		warn(_("%s: inserted; the entry behind it does not name it"), seal);
	else
		warn(_("%s: it does not follow the seal before it"), seal);
	buf_free(&name);
}

static void tell_file_flaw(enum flaw flaw, const char *file, long long line)
{
	const char *name = file ? file : _("the export");
	if (flaw == FLAW_LINE)
		warn(_("%s:%lld: not as it was written"), name, line);
	else if (flaw == FLAW_TORN)
		warn(_("%s: it breaks off behind line %lld"), name, line);
	else if (flaw == FLAW_FILE_CHANGED)
		warn(_("%s: changed"), name);
	else
		warn(_("%s: removed"), name);
}

static void tell_flaw(struct verify *v, enum flaw flaw, int64_t number, int64_t other)
{
	static const char *const told[] = {
		[FLAW_HEAD] = N_("its number, times, kind or hashes were changed"),
		[FLAW_BODY] = N_("its text or data were changed"),
		[FLAW_ERASED] = N_("its text and data were removed"),
		[FLAW_INSERTED] = N_("inserted: the entry behind it follows the one before it"),
		[FLAW_BROKEN] = N_("it does not follow the entry before it, which was replaced or moved"),
	};
	long long n = number, m = other;
	progress_end();
	if (flaw == FLAW_SEAL_NONE)
		warn(_("there is a key, and no seal at all"));
	else if (flaw == FLAW_SEAL_REMOVED && n == m)
		warn(_("seal %lld: removed"), n);
	else if (flaw == FLAW_SEAL_REMOVED)
		warn(_("seals %lld to %lld: removed"), n, m);
	else if (flaw >= FLAW_LINE)
		tell_file_flaw(flaw, v->file, n);
	else if (flaw >= FLAW_SEAL_CHANGED)
		tell_seal_flaw(flaw, n, m);
	else if (flaw == FLAW_LOOSE)
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
	if (v->entries && v->first > 1)
		json_int(out, KEY("first"), v->first);
	if (v->part)
		json_int(out, KEY("contents"), v->contents);
	if (v->sealed) {
		json_int(out, KEY("seals"), v->seals);
		json_int(out, KEY("sealed"), v->sealed);
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
	if (v->part && entries)
		buf_printf(out, _("part of the log: entries %lld to %lld, %lld of them with their text\n"), (long long)v->first, number,
		           (long long)v->contents);
	if (v->sealed)
		buf_printf(out, _("seals: %lld, up to entry %lld\n"), (long long)v->seals, (long long)v->sealed);
	else if (v->part)
		buf_str(out, _("no seal\n"));
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

struct checking {
	struct verify v;
	struct logbook l;
	const char *path;	/* NULL: the centre's log */
	bool json, text;
};

static void read_options(struct checking *c, struct opts *o)
{
	int id;
	while ((id = opts_next(o)) != OPT_END) {
		c->json |= id == OPT_JSON;
		c->text |= id == OPT_TEXT;
		if (id == 'k')
			ring_read(o->value, &c->v.keys);
		else if (id == OPT_SEAL)
			seals_read(o->value, &c->v.outside, &c->v.outsides);
	}
	seals_sort(c->v.outside, c->v.outsides);
	c->path = opts_operand(o);
	if (opts_operand(o))
		opts_refuse(o, _("one file or folder at most"));
}

/* seal.pub: with the configuration, or in the folder of what is verified.  The
 * centre's key says nothing about a sandbox. */
static void find_keys(struct checking *c, bool folder)
{
	struct buf beside = { 0 };
	char *name = NULL;
	const char *sandbox = getenv("VIGIE_SANDBOX");
	if (c->v.keys.n || (!c->path && sandbox && *sandbox))
		return;
	if (c->path) {
		const char *slash = folder ? NULL : strrchr(c->path, '/');
		buf_add(&beside, c->path, folder ? strlen(c->path) : slash ? (size_t)(slash - c->path) : 0);
		buf_str(&beside, folder || slash ? "/" BUNDLE_KEYS : BUNDLE_KEYS);
	} else {
		name = path_etc(BUNDLE_KEYS);
		buf_str(&beside, name);
	}
	if (access(buf_cstr(&beside), R_OK) == 0)
		ring_read(buf_cstr(&beside), &c->v.keys);
	free(name);
	buf_free(&beside);
}

static void check_log(struct checking *c)
{
	open_log(&c->l, c->path, STORE_READ, WAIT_DEFAULT);
	c->v.logbook = &c->l;
	int result = logbook_verify(&c->v);
	progress_end();
	if (result < 0 && store_fault(c->l.store) != STORE_DAMAGED)
		log_failed(&c->l, "");
	if (result < 0) {
		warn(_("behind entry %lld the file itself is damaged: %s"), (long long)c->v.number, store_why(c->l.store));
		c->v.flaws++;
	}
	logbook_close(&c->l);
}

static void check_folder(struct checking *c)
{
	if (verify_folder(&c->v, c->path) == 0)
		return;
	progress_end();
	die(EXIT_WORK, _("%s: no export, or one that was not finished: %s: %s"), c->path, c->v.file ? c->v.file : BUNDLE_MANIFEST,
	    strerror(errno));
}

/* True: JSON lines, which have been checked. */
static bool check_lines(struct checking *c, int fd)
{
	char first = 0;
	if (pread(fd, &first, 1, 0) != 1 || first != '{')
		return false;
	if (verify_lines(&c->v, fd) < 0)
		die(EXIT_WORK, "%s: %s", c->path, strerror(errno));
	progress_end();
	return true;
}

static void check_given(struct checking *c)
{
	struct stat st;
	int fd = open(c->path, O_RDONLY | O_CLOEXEC);
	bool folder = fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	find_keys(c, folder);
	if (folder)
		check_folder(c);
	else if (fd < 0 || !check_lines(c, fd))
		check_log(c);
	if (fd >= 0)
		close(fd);
}

int verb_verify(struct opts *o)
{
	struct checking c = { .v = { .flawed = tell_flaw, .progress = tell_progress } };
	read_options(&c, o);
	if (c.path) {
		check_given(&c);
	} else {
		find_keys(&c, false);
		check_log(&c);
	}
	print_outcome(&c.v, c.json, c.text);
	ring_free(&c.v.keys);
	free(c.v.outside);
	return c.v.flaws ? EXIT_NO : EXIT_OK;
}
