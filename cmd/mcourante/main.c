/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "mcourante.h"

static const struct verb verbs[] = {
	{ "add", "[OPTION…] TEXT…\n[OPTION…] [-] < RECORDS", N_("write an entry, or records from standard input"), add_options, verb_add },
	{ "list", "[OPTION…]", N_("show entries, the newest last"), list_options, verb_list },
	{ "show", "[OPTION…] NUMBER|ID…", N_("show all of an entry, by its number, its hash or its record's id"), show_options, verb_show },
	{ "seal", "[OPTION…]", N_("sign the newest entry, and so all before it"), seal_options, verb_seal },
	{ "verify", "[OPTION…] [FILE|FOLDER]", N_("prove that no entry was changed: in the log, a copy or an export"), verify_options, verb_verify },
	{ "export", "[OPTION…]", N_("write the log, or a part of it, for others"), export_options, verb_export },
	{ 0 }
};

static const struct tool tool = {
	.name = "mcourante",
	.purpose = N_("the main courante: a log that is only added to and can be proved"),
	.verbs = verbs,
};

int main(int argc, char **argv)
{
	text_init("mcourante");
	/* A sandbox is a state folder of its own: for training, tests, replays. */
	const char *sandbox = getenv("VIGIE_SANDBOX");
	if (sandbox && *sandbox)
		setenv("VIGIE_STATE", sandbox, 1);
	return tool_run(&tool, argc, argv);
}
