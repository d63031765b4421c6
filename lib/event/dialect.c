/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/dialect.h"

#include <stdlib.h>

bool kind_is_over(const char *kind)
{
	struct span word = span_str(kind);
	return span_ends(word, SPAN("restoral")) || span_eq(word, SPAN("unbypass"));
}

static size_t length_before_pattern(const struct meaning *m)
{
	return strcspn(m->code, "?");
}

struct span meaning_number(const struct meaning *m, struct span code)
{
	return m->code[length_before_pattern(m)] ? span_from(code, length_before_pattern(m)) : (struct span){ 0 };
}

static bool fits(const struct meaning *m, struct span format, struct span code)
{
	size_t plain = length_before_pattern(m);
	return strlen(m->code) == code.n && span_is(format, m->format) &&
	       span_eq_nocase(span_sub(code, 0, plain), span_of(m->code, plain));
}

/* How closely it fits; 0: not. */
static unsigned closeness(const struct meaning *m, struct span format, struct span code, char qualifier, char type, bool fixed)
{
	bool very = m->when && (m->when == qualifier || m->when == type);
	if ((m->when ? !very : fixed) || (fixed && m->when != type) || !fits(m, format, code))
		return 0;
	return 1 + 2 * (unsigned)length_before_pattern(m) + very;
}

const struct meaning *dialect_find(const struct dialect *d, struct span format, struct span code, char qualifier, char type, bool fixed)
{
	for (; d; d = d->like) {
		const struct meaning *found = NULL;
		unsigned best = 0;
		for (unsigned i = 0; i < d->n; i++) {
			unsigned close = closeness(&d->meaning[i], format, code, qualifier, type, fixed);
			if (close > best) {
				best = close;
				found = &d->meaning[i];
			}
		}
		if (found)
			return found;
	}
	return NULL;
}

const struct dialect *dialects_named(const struct dialects *d, struct span name)
{
	for (unsigned i = 0; i < d->n; i++)
		if (span_is(name, d->dialect[i]->name))
			return d->dialect[i];
	return NULL;
}

static const struct dialect *find_from(const struct dialects *d, unsigned i, bool any, struct span source, struct span line, struct span account)
{
	for (; i < d->sites; i++) {
		const struct subscriber *at = &d->site[i].at;
		if (any ? at->account != NULL : subscriber_compare(account, at) != 0)
			break;
		if (subscriber_fits(at, source, line))
			return d->site[i].dialect;
	}
	return NULL;
}

/* The first whose account is not in front of this one; any: the first without one. */
static unsigned first(const struct dialects *d, bool any, struct span account)
{
	unsigned low = 0, high = d->sites;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		const struct subscriber *at = &d->site[middle].at;
		if (any ? at->account != NULL : subscriber_compare(account, at) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct dialect *dialects_find(const struct dialects *d, struct span source, struct span line, struct span account)
{
	const struct dialect *found = find_from(d, first(d, false, account), false, source, line, account);
	return found ? found : find_from(d, first(d, true, account), true, source, line, account);
}

static void meaning_free(struct meaning *m)
{
	free(m->format);
	free(m->code);
	free((char *)m->row.label[LANG_EN]);
	free((char *)m->row.label[LANG_FR]);
}

void dialects_free(struct dialects *d)
{
	for (unsigned i = 0; i < d->n; i++) {
		for (unsigned k = 0; k < d->dialect[i]->n; k++)
			meaning_free(&d->dialect[i]->meaning[k]);
		free(d->dialect[i]->meaning);
		free(d->dialect[i]->name);
		free(d->dialect[i]);
	}
	for (unsigned i = 0; i < d->sites; i++)
		subscriber_free(&d->site[i].at);
	free(d->dialect);
	free(d->site);
	*d = (struct dialects){ 0 };
}
