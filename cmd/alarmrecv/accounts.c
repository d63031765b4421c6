/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts.h"

#include <errno.h>
#include <stdlib.h>

#include "text/text.h"
#include "util/file.h"

/* EN 50136-1: the longest time until a lost path must be reported.  DP is
 * the primary path of two, "DP4-alternate" its other. */
static const struct {
	const char *name;
	msec silence;
} classes[] = {
	{ "SP1", 32 * DAY }, { "SP2", 25 * HOUR }, { "SP3", 30 * MINUTE }, { "SP4", 3 * MINUTE }, { "SP5", 90 * SECOND },
	{ "SP6", 20 * SECOND }, { "DP1", 25 * HOUR }, { "DP2", 30 * MINUTE }, { "DP3", 3 * MINUTE }, { "DP4", 90 * SECOND },
	{ "DP1-alternate", 50 * HOUR }, { "DP2-alternate", 25 * HOUR }, { "DP3-alternate", 25 * HOUR },
	{ "DP4-alternate", 5 * HOUR },
};

/* Two polls may be missed, but nobody waits more than an hour for them. */
static msec with_margin(msec interval)
{
	msec margin = 2 * interval;
	return interval + (margin < HOUR ? margin : HOUR);
}

static char *copy(struct span s)
{
	char *text = xcalloc(1, s.n + 1);
	memcpy(text, s.p, s.n);
	return text;
}

static void account_free(struct account *a)
{
	free(a->source);
	free(a->line);
	free(a->name);
	free(a->path);
}

void accounts_free(struct accounts *a)
{
	for (unsigned i = 0; i < a->n; i++)
		account_free(&a->account[i]);
	free(a->account);
	*a = (struct accounts){ 0 };
}

static const char *set_class(struct account *a, struct span name)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (span_eq_nocase(name, span_str(classes[i].name))) {
			a->silence = classes[i].silence;
			return NULL;
		}
	return _("a class is SP1 to SP6, DP1 to DP4 or DP1-alternate to DP4-alternate");
}

static const char *set_interval(struct account *a, struct span text)
{
	msec interval = clock_duration(text);
	if (interval == CLOCK_NONE || interval <= 0)
		return _("an interval is a duration such as 30s, 15m or 24h");
	a->silence = with_margin(interval);
	return NULL;
}

static const char *set_path(struct account *a, struct span text)
{
	free(a->path);
	a->path = copy(text);
	return text.n ? NULL : _("path= wants a name, such as path=1");
}

static const char *set_clear(struct account *a, struct span text)
{
	a->refuse_clear = span_is(text, "refuse");
	return a->refuse_clear || span_is(text, "accept") ? NULL : _("clear= is accept or refuse");
}

static const char *read_option(struct account *a, struct span word)
{
	static const struct {
		struct span name;
		const char *(*set)(struct account *a, struct span value);
	} options[] = {
		{ SPAN("interval="), set_interval }, { SPAN("class="), set_class }, { SPAN("path="), set_path },
		{ SPAN("clear="), set_clear },
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (span_starts(word, options[i].name))
			return options[i].set(a, span_from(word, options[i].name.n));
	return _("an option is interval=, class=, path= or clear=");
}

/* "L0" and "0" are the same line. */
static struct span without_letter(struct span line)
{
	return line.n > 1 && (line.p[0] == 'L' || line.p[0] == 'l') ? span_from(line, 1) : line;
}

static const char *read_line(struct account *a, struct span text)
{
	struct span source, line, name, word;
	const char *why = NULL;
	if (!span_word(&text, &source) || !span_word(&text, &line) || !span_word(&text, &name) || span_is(name, "*"))
		return _("a line is: SOURCE LINE ACCOUNT [interval=30s|class=SP4] [path=1] [clear=refuse]");
	a->source = span_is(source, "*") ? NULL : copy(source);
	a->line = span_is(line, "*") ? NULL : copy(without_letter(line));
	a->name = copy(name.p[0] == '#' ? span_from(name, 1) : name);
	while (!why && span_word(&text, &word))
		why = read_option(a, word);
	return why;
}

static int order_names(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		int x = a.p[i] >= 'A' && a.p[i] <= 'Z' ? a.p[i] + 32 : a.p[i];
		int y = b.p[i] >= 'A' && b.p[i] <= 'Z' ? b.p[i] + 32 : b.p[i];
		if (x != y)
			return x - y;
	}
	return (a.n > b.n) - (a.n < b.n);
}

static int vagueness(const struct account *a)
{
	return (a->source ? 0 : 2) + (a->line ? 0 : 1);
}

static int order(const void *x, const void *y)
{
	const struct account *a = x, *b = y;
	int by = order_names(span_str(a->name), span_str(b->name));
	return by ? by : vagueness(a) - vagueness(b);
}

static const char *read_all(struct accounts *a, struct span text, unsigned *number)
{
	struct span line;
	const char *why = NULL;
	for (*number = 0; !why && span_line(&text, &line);) {
		++*number;
		line = span_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if ((a->n & (a->n - 1)) == 0)
			a->account = xrealloc(a->account, (a->n ? 2 * a->n : 1) * sizeof *a->account);
		struct account *fresh = &a->account[a->n++];
		*fresh = (struct account){ 0 };
		why = read_line(fresh, line);
	}
	if (!why && a->n)
		qsort(a->account, a->n, sizeof *a->account, order);
	return why;
}

int accounts_load(struct accounts *a, const char *path, const char **why)
{
	static struct buf message;
	struct accounts fresh = { 0 };
	struct buf text = { 0 };
	unsigned number = 0;
	const char *wrong = file_read(path, &text) < 0 ? strerror(errno) : read_all(&fresh, buf_view(&text), &number);
	buf_free(&text);
	if (!wrong) {
		accounts_free(a);
		*a = fresh;
		return 0;
	}
	buf_reset(&message);
	buf_str(&message, path);
	if (number)
		buf_printf(&message, ":%u", number);
	buf_printf(&message, ": %s", wrong);
	*why = buf_cstr(&message);
	accounts_free(&fresh);
	return -1;
}

const struct account *accounts_find(const struct accounts *a, const char *source, struct span line, struct span account)
{
	unsigned low = 0, high = a->n;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (order_names(span_str(a->account[middle].name), account) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < a->n && span_eq_nocase(span_str(a->account[low].name), account); low++) {
		const struct account *c = &a->account[low];
		if ((!c->source || strcmp(c->source, source) == 0) && (!c->line || span_eq_nocase(span_str(c->line), line)))
			return c;
	}
	return NULL;
}
