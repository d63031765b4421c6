/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool verify: is every byte of the journal a record, every number there? */
#include <errno.h>
#include <inttypes.h>

#include "spool.h"
#include "spool/edge.h"
#include "text/terminal.h"

enum { OPT_JSON = 256 };

static const struct opt options[] = {
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	OPT_COMMON, { 0 }
};

/* On a terminal "0000000001@512  journal-torn: 40 bytes, …". */
static void print_damage(struct output *out, struct span line)
{
	const char *why;
	struct buf text = { 0 }, scratch = { 0 };
	if (!out->show || record_parse(&out->record, line, &why) < 0) {
		output_line(out, line);
		return;
	}
	terminal_text(&out->pending, out->colour, C_BOLD, record_text(&out->record, "id", &scratch));
	buf_lit(&text, "  ");
	buf_span(&text, record_text(&out->record, "error", &scratch));
	buf_lit(&text, ": ");
	buf_span(&text, record_text(&out->record, "detail", &scratch));
	terminal_text(&out->pending, out->colour, C_NONE, buf_view(&text));
	buf_byte(&out->pending, '\n');
	buf_free(&text);
	buf_free(&scratch);
}

static int run(struct opts *o)
{
	static struct output out;
	struct place start = { 0 };
	struct reader *reader;
	struct span line, id;
	const char *why;
	bool json = false;
	while (opts_next(o) != OPT_END)
		json = true;
	const char *dir = journal_dir(o);
	struct extent extent;
	output_begin(&out, json);
	if (edge_extent(&extent, dir) < 0)
		die(EXIT_WORK, "%s: %s", dir, strerror(errno));
	if (reader_open(&reader, dir, &start, &why) < 0)
		die(EXIT_WORK, "%s: %s", dir, why);
	bool final = false;
	uint64_t records = 0, damages = 0, bytes = 0;
	enum reading got;
	while ((got = read_to_end(reader, dir, &final, &line, &id)) == READ_RECORD || got == READ_DAMAGE) {
		if (got == READ_RECORD) {
			records++;
			bytes += line.n;
		} else {
			damages++;
			print_damage(&out, line);
		}
		if (records % 1024 == 0)
			progress_show(_("verifying"), bytes < extent.bytes ? bytes : extent.bytes, extent.bytes);
	}
	progress_end();
	output_flush(&out);
	if (got == READ_FAILED)
		die(EXIT_WORK, "%s: %s", dir, strerror(errno));
	reader_close(reader);
	if (damages)
		warn(_("%s: %" PRIu64 " records are sound, %" PRIu64 " places are damaged"), dir, records, damages);
	else if (out.show || log_verbose)
		warn(_("%s: %" PRIu64 " records, all sound"), dir, records);
	return damages ? EXIT_NO : EXIT_OK;
}

const struct verb verb_verify = {
	.name = "verify", .usage = "[--json] [DIR]", .options = options, .run = run,
	.purpose = N_("read everything and name what is damaged or missing"),
};
