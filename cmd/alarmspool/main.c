/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool.h"

int main(int argc, char **argv)
{
	text_init("alarmspool");
	const struct verb verbs[] = {
		verb_follow, verb_cat, verb_commit, verb_replay, verb_status, verb_verify, verb_prune, { 0 },
	};
	const struct tool tool = {
		.name = "alarmspool",
		.purpose = N_("read the journal: follow, commit, replay, verify, prune"),
		.verbs = verbs,
	};
	return tool_run(&tool, argc, argv);
}
