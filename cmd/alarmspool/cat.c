/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool cat: the records of a journal, as they stand. */
#include <errno.h>

#include "spool.h"

enum { OPT_FROM = 256, OPT_TO, OPT_JSON };

static const struct opt options[] = {
	{ OPT_FROM, "from", "ID|TIME", N_("begin with this record, or with the first of this time or later") },
	{ OPT_TO, "to", "ID|TIME", N_("end with this record, or before the first that is later") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

static int run(struct opts *o)
{
	struct moment from = { 0 }, to = { 0 };
	static struct output out;
	struct place place;
	struct reader *reader;
	struct span line, id;
	const char *why;
	bool json = false, damage = false;
	for (int option; (option = opts_next(o)) != OPT_END;) {
		switch (option) {
		case OPT_FROM: moment_option(&from, o, false); break;
		case OPT_TO: moment_option(&to, o, false); break;
		case OPT_JSON: json = true; break;
		}
	}
	const char *dir = journal_dir(o);
	output_begin(&out, json);
	moment_place(&place, &from, dir);
	if (reader_open(&reader, dir, &place, &why) < 0)
		die(EXIT_WORK, "%s: %s", dir, why);
	bool final = false, last = false;
	enum reading got;
	while (!last && ((got = read_to_end(reader, dir, &final, &line, &id)) == READ_RECORD || got == READ_DAMAGE)) {
		if (moment_passed(&to, line, got == READ_DAMAGE))
			break;
		last = moment_is(&to, id);
		damage |= got == READ_DAMAGE;
		output_line(&out, line);
	}
	output_flush(&out);
	if (got == READ_FAILED)
		die(EXIT_WORK, "%s: %s", dir, strerror(errno));
	reader_close(reader);
	if (to.kind == MOMENT_ID && !last)
		die(EXIT_NO, _("%.*s: no record behind the first has this id"), (int)to.id.n, to.id.p);
	return damage ? EXIT_NO : EXIT_OK;
}

const struct verb verb_cat = {
	.name = "cat", .usage = "[OPTION…] [DIR]", .options = options, .run = run,
	.purpose = N_("print the records, without waiting"),
};
