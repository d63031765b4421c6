/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which entries are wanted: the options that list and export share. */
#ifndef VIGIE_MCOURANTE_WANTED_H
#define VIGIE_MCOURANTE_WANTED_H

#include "logbook/logbook.h"
#include "text/opt.h"

enum { OPT_SINCE = 512, OPT_UNTIL };	/* above those of each verb's own */

#define OPT_WANTED \
	{ OPT_SINCE, "since", "TIME", N_("what happened then or later: 21:14, 2026-01-13, 2h (ago)") }, \
	{ OPT_UNTIL, "until", "TIME", N_("what happened before") }, \
	{ 'a', "account", "ACCOUNT", N_("of this account") }, \
	{ 's', "site", "SITE", N_("of this site, by its name or account") }, \
	{ 'k', "kind", "KIND", N_("of this kind") }, \
	{ 'i', "incident", "INCIDENT", N_("of this incident") }

/* False: it is none of these.  What makes no sense exits 2. */
bool wanted_read(struct search *s, int id, const struct opts *o);

#endif
