/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which dialect a site speaks, which line of it counts, and where the number
 * goes; what would make life safety quieter. */
#include "../tap.h"
#include "format/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct dialects dialects;
static struct event_list list;
static bool told = true;	/* the loader knows the standard */

static bool knows(struct span format)
{
	return format_find(format) != NULL;
}

static const struct code *standard(struct span format, struct span code)
{
	return told ? format_row(format, code) : NULL;
}

/* NULL: taken; else what is wrong, from the line number on. */
static const char *load(const char *text)
{
	static const struct vocabulary vocabulary = { knows, standard };
	char path[] = "/tmp/vigie-dialects-XXXXXX";
	const char *why = NULL;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	fputs(text, f);
	fclose(f);
	int got = dialects_load(&dialects, path, &vocabulary, &why);
	unlink(path);
	return got == 0 ? NULL : why + strlen(path);
}

static const char *speaks(const char *source, const char *line, const char *account)
{
	const struct dialect *d = dialects_find(&dialects, span_str(source), span_str(line), span_str(account));
	return d ? d->name : "-";
}

static void most_specific(void)
{
	ok(!load("dialect a\ndialect b\ndialect c\ndialect d\ndialect e\ndialect f\n"
	         "site *  *  *    f\n"
	         "site *  L2 *    e\n"
	         "site R1 *  *    d\n"
	         "site *  *  1002 c\n"
	         "site R1 *  1002 b\n"
	         "site R1 L2 1002 a\n"
	         "site R3 *  00A7 a\n"), "a file of sites");
	is(speaks("R1", "2", "1002"), "a", "source, line and account");
	is(speaks("R1", "0", "1002"), "b", "source and account");
	is(speaks("R2", "2", "1002"), "c", "an account before a line");
	is(speaks("R1", "2", "1003"), "d", "a source before a line");
	is(speaks("R2", "2", "1003"), "e", "a line");
	is(speaks("R2", "0", "1003"), "f", "whatever there is");
	is(speaks("R3", "", "00a7"), "a", "compared without case");
	is(speaks("R3", "", "A7"), "f", "leading zeros count");
	is(speaks("R2", "", ""), "f", "a signal without an account");
	ok(load("site R1 * * nobody"), "a bad file is refused");
	is(speaks("R1", "2", "1002"), "a", "and the tables stay as they were");
}

/* The first event of a payload, read by the dialect d. */
static const char *shown(const char *format, const char *payload)
{
	static char text[200];
	event_list_reset(&list);
	if (format_find(span_str(format))->decode(span_str(payload), LANG_EN, &list) != V_OK)
		return "no reading";
	struct event *ev = &list.event[0];
	bool by = format_by_dialect(ev, dialects_named(&dialects, SPAN("d")), LANG_EN);
	static const enum field wanted[] = { F_QUALIFIER, F_KIND, F_CATEGORY, F_SEVERITY, F_ZONE, F_USER, F_PARTITION };
	size_t n = 0;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct span s = event_get(ev, wanted[i]);
		n += (size_t)snprintf(text + n, sizeof text - n, "%.*s ", s.n ? (int)s.n : 1, s.n ? (const char *)s.p : "-");
	}
	snprintf(text + n, sizeof text - n, "%s", by ? "d" : "standard");
	return text;
}

static void numbers(void)
{
	ok(!load("dialect d\n"
	         "sia BA alarm burglary 3 user en=\"x\"\n"
	         "sia CL closing arming 0 partition en=\"x\"\n"
	         "sia OP opening arming 0 none en=\"x\"\n"
	         "sia RP test test 0 zone en=\"x\"\n"
	         "cid 602 alarm burglary 3 zone en=\"x\"\n"
	         "cid 130 alarm burglary 3 en=\"x\"\n"
	         "pulse 3? alarm burglary 3 user en=\"x\"\n"
	         "vds 32 alarm burglary 3 zone en=\"x\"\n"), "a file of numbers");
	is(shown("sia", "NBA12"), "E alarm burglary 3 - 12 - d", "a zone becomes a user");
	is(shown("sia", "Nri7/BA12"), "E alarm burglary 3 - 12 7 d", "the area that the block names stays");
	is(shown("sia", "NCL12"), "E closing arming 0 - - 12 d", "a user becomes a partition");
	is(shown("sia", "NOP12"), "E opening arming 0 - - - d", "a user that is none");
	ok(span_is(event_data_text(&list.event[0], SPAN("address")), "12"), "stays in sight as the address");
	is(shown("sia", "NRP12"), "E test test 0 12 - - d", "a number that the standard knows nothing of");
	is(shown("cid", "1602 01 004"), "E alarm burglary 3 004 - 01 d", "in Contact ID too");
	is(shown("cid", "1130 01 004"), "E alarm burglary 3 004 - 01 d", "without a word the number stays");
	is(shown("cid", "3130 01 004"), "R restoral burglary 0 004 - 01 d", "and has its end");
	is(shown("pulse", "123457 123457"), "- undefined untyped 3 - - - standard", "what it does not say");
	is(shown("pulse", "123437 123437"), "- alarm burglary 3 - 7 - d", "the number within the code");
}

static void which_line(void)
{
	ok(!load("dialect base\n"
	         "cid 441/E closing arming 0 en=\"x\"\n"
	         "cid 130 alarm tamper 3 en=\"x\"\n"
	         "pulse 31 alarm fire 4 en=\"x\"\n"
	         "dialect d like base\n"
	         "cid 441 opening/closing arming 1 en=\"x\"\n"
	         "cid 131/P alarm water 3 en=\"x\"\n"
	         "sia SC restoral tamper 0 en=\"x\"\n"
	         "sia BH alarm tamper 3 en=\"x\"\n"
	         "cesa200 12 alarm burglary 3 en=\"x\"\n"
	         "cesa200 12/2 trouble system 2 en=\"x\"\n"), "a file of qualifiers");
	is(shown("cid", "1441 01 000"), "E opening arming 1 - 000 01 d", "its own line before the one that it is like");
	is(shown("cid", "1130 01 004"), "E alarm tamper 3 004 - 01 d", "and that before the standard");
	is(shown("cid", "6131 01 004"), "P alarm water 3 004 - 01 d", "a line for one qualifier");
	is(shown("cid", "1131 01 004"), "E alarm burglary 3 004 - 01 standard", "is for no other");
	is(shown("sia", "NSC4"), "R restoral tamper 0 - - - d", "a SIA code says itself that something is over");
	is(shown("sia", "NBH4"), "E alarm tamper 3 4 - - d", "or that it is not");
	is(shown("cesa200", "1234511200000000"), "E alarm burglary 3 - - - d", "CESA 200: any type");
	is(shown("cesa200", "1234521200000000"), "R trouble system 2 - - - d", "CESA 200: a line for one type");
	is(shown("cesa200", "1234541200000000"), "- test test 0 - - - standard", "CESA 200: a test at rest is no alarm");
}

static bool refuses(const char *line)
{
	char text[200];
	snprintf(text, sizeof text, "dialect d\n%s en=\"x\"\n", line);
	const char *why = load(text);
	return why && strstr(why, "quieter");
}

/* Every code of every table that is life safety. */
static void life_safety(void)
{
	static const struct code_table *const tables[] = { &sia_codes, &cid_codes, &vds_codes };
	unsigned grave = 0, kept = 0, said = 0, guarded = 0;
	for (size_t t = 0; t < 3; t++)
		for (unsigned i = 0; i < tables[t]->n; i++) {
			const struct code *row = &tables[t]->code[i];
			char line[80];
			if (row->severity < 4 || strcmp(row->kind, "alarm") != 0)
				continue;
			grave++;
			snprintf(line, sizeof line, "%s %s alarm burglary 3", tables[t]->format, row->code);
			kept += refuses(line);
			snprintf(line, sizeof line, "%s %s test test 0 quieter", tables[t]->format, row->code);
			said += !refuses(line);
		}
	ok(grave > 30 && kept == grave && said == grave, "each code of life safety becomes less only where that is said (%u)", grave);
	told = false;
	ok(!load("dialect d\ncid 122 status system 0 en=\"x\"\nsia FA alarm burglary 3 quieter en=\"x\"\n"), "a file that nothing has held against the standard");
	is(shown("cid", "1122 01 003"), "E alarm system 4 003 - 01 d", "even so an alarm of life safety stays one");
	guarded = strcmp(shown("sia", "NFA1"), "E alarm burglary 3 1 - - d") == 0;
	ok(guarded, "unless that was said");
	told = true;
}

int main(void)
{
	most_specific();
	numbers();
	which_line();
	life_safety();
	dialects_free(&dialects);
	event_list_free(&list);
	return done();
}
