/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/subscriber.h"

#include <stdlib.h>

#include "util/buf.h"

static char *copy(struct span s)
{
	if (span_is(s, "*"))
		return NULL;
	char *text = xcalloc(1, s.n + 1);
	memcpy(text, s.p, s.n);
	return text;
}

static struct span without_letter(struct span line)
{
	return line.p[0] == 'L' || line.p[0] == 'l' ? span_from(line, 1) : line;
}

bool subscriber_read(struct subscriber *s, struct span *words)
{
	struct span word[3];
	for (unsigned i = 0; i < 3; i++)
		if (!span_word(words, &word[i]) || word[i].p[0] == '#')
			return false;
	s->source = copy(word[0]);
	s->line = copy(span_is(word[1], "*") ? word[1] : without_letter(word[1]));
	s->account = copy(word[2]);
	return true;
}

void subscriber_free(struct subscriber *s)
{
	free(s->source);
	free(s->line);
	free(s->account);
	*s = (struct subscriber){ 0 };
}

static int small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int order_texts(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++)
		if (small(a.p[i]) != small(b.p[i]))
			return small(a.p[i]) - small(b.p[i]);
	return (a.n > b.n) - (a.n < b.n);
}

int subscriber_compare(struct span account, const struct subscriber *s)
{
	return s->account ? order_texts(account, span_str(s->account)) : -1;
}

static int vagueness(const struct subscriber *s)
{
	return (s->source ? 0 : 2) + (s->line ? 0 : 1);
}

int subscriber_order(const struct subscriber *a, const struct subscriber *b)
{
	int by = !a->account - !b->account;
	if (!by)
		by = order_texts(span_str(a->account), span_str(b->account));
	if (!by)
		by = vagueness(a) - vagueness(b);
	if (!by)
		by = order_texts(span_str(a->source), span_str(b->source));
	return by ? by : order_texts(span_str(a->line), span_str(b->line));
}

bool subscriber_fits(const struct subscriber *s, struct span source, struct span line)
{
	return (!s->source || span_is(source, s->source)) && (!s->line || span_eq_nocase(span_str(s->line), line));
}
