/* SPDX-License-Identifier: GPL-3.0-or-later */
/* centre.conf: what holds for the whole centre, whoever sits at the screen.
 * Lines KEY=VALUE; # begins a comment; keys of other tools are passed over.
 *
 *	language=fr		of what the log writes by itself: fr or en
 *	timezone=Europe/Paris	of local times; without it the system's zone
 */
#ifndef VIGIE_LOGBOOK_CENTRE_H
#define VIGIE_LOGBOOK_CENTRE_H

#include "text/text.h"
#include "util/buf.h"

struct centre {
	enum language language;	/* French when not given */
	char timezone[64];	/* empty when not given */
};

/* Reads path; a file that is not there gives the defaults.  -1: the message
 * is "path:line: what is wrong", appended to *why. */
int centre_read(struct centre *c, const char *path, struct buf *why);

/* Makes the centre's zone that of localtime(). */
void centre_zone(const struct centre *c);

#endif
