/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makers' and centres' own code tables, and the sites that speak them: the
 * file dialects.conf, vigie-dialects(5).
 *
 *	dialect ajax
 *	sia  HA    alarm duress 4 user  en="Disarmed under duress" fr="…"
 *	cid  441/E opening/closing arming 0 user  en="…"
 *
 *	dialect warehouse like ajax
 *	pulse 3?   alarm burglary 3 zone  en="Intrusion" fr="Intrusion"
 *
 *	site R1 * 1002 warehouse
 *
 * Lookup is pure; the tables belong to struct dialects. */
#ifndef VIGIE_EVENT_DIALECT_H
#define VIGIE_EVENT_DIALECT_H

#include "event/code.h"
#include "event/subscriber.h"

/* What a code means in a dialect. */
struct meaning {
	char *format, *code;	/* a ? at the code's end stands for a digit that is the number */
	char when;		/* of this qualifier (E, R, P), or digit of the message's type, alone; 0: of any */
	bool numbered;		/* says what the number is: row.concern */
	bool quieter;		/* it is meant to be less than life safety */
	bool ends_itself;	/* a language whose codes say themselves that something is over */
	struct code row;	/* owns its texts */
	unsigned number;	/* its line in the file */
};

struct dialect {
	char *name;
	const struct dialect *like;	/* what it does not say itself; NULL: the standard */
	struct meaning *meaning;
	unsigned n;
};

struct dialects {
	struct dialect **dialect;
	unsigned n;
	struct dialect_site {
		struct subscriber at;
		const struct dialect *dialect;
		unsigned number;
	} *site;			/* in the order of subscriber_order() */
	unsigned sites;
};

/* What the languages say without a dialect, from the layers above. */
struct vocabulary {
	bool (*knows)(struct span format);	/* may events be of this language? */
	const struct code *(*standard)(struct span format, struct span code);
};

/* Replaces the tables when all of the file is sound.  -1 and *why
 * ("FILE:LINE: …", translated; valid until the next call). */
int dialects_load(struct dialects *d, const char *path, const struct vocabulary *v, const char **why);
void dialects_free(struct dialects *d);

/* NULL: the standard. */
const struct dialect *dialects_find(const struct dialects *d, struct span source, struct span line, struct span account);
const struct dialect *dialects_named(const struct dialects *d, struct span name);

/* What the code means: of the dialect's own lines, then those that it is
 * like; one for this qualifier or type before one for any, a code before a
 * pattern.  fixed: only a line for this very type counts.  NULL: as in the standard. */
const struct meaning *dialect_find(const struct dialect *d, struct span format, struct span code, char qualifier, char type, bool fixed);

/* The digits that stand where the code has ?; empty: none. */
struct span meaning_number(const struct meaning *m, struct span code);

/* Is a condition of this kind one that has ended? */
bool kind_is_over(const char *kind);

#endif
