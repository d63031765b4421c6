/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line asks for.  Filled once, then read by all parts. */
#ifndef VIGIE_ALARMRECV_SETTINGS_H
#define VIGIE_ALARMRECV_SETTINGS_H

#include "intake.h"
#include "link/source.h"

/* What others may take from us.  None of them is ever a reason to refuse an
 * account's alarm: see crowd.h. */
struct limits {
	unsigned connections;
	unsigned per_address;	/* connections of one address that have nothing to say */
	size_t noise;		/* bytes between sound frames */
	msec stranger_idle;	/* until the first sound frame */
	msec idle;		/* of a peer whose account has no interval of its own */
	msec frame;		/* from a frame's first byte to its last */
};

struct settings {
	struct source *source;
	unsigned sources;
	const char *user;
	char *keys, *accounts;
	bool keys_given, accounts_given;	/* else the usual files, which need not be there */
	struct policy policy;
	struct limits limits;
	struct journal_options journal;
	msec until;		/* wire: CLOCK_NONE when not given */
	bool show_replies;
	bool json;
	bool check;
};

/* A wrong call is told and ends the process with 2. */
void settings_read(struct settings *s, int argc, char **argv);
void settings_free(struct settings *s);

#endif
