/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "accounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/text.h"
#include "util/file.h"

#define INTERVAL_MOST (366 * DAY)

/* EN 50136-1: the longest time until a lost path must be reported, of the
 * only or primary path and of the alternate one. */
static const struct class {
	const char *name;
	msec primary, alternate;
} classes[] = {
	{ "SP1", 32 * DAY, 0 }, { "SP2", 25 * HOUR, 0 }, { "SP3", 30 * MINUTE, 0 },
	{ "SP4", 3 * MINUTE, 0 }, { "SP5", 90 * SECOND, 0 }, { "SP6", 20 * SECOND, 0 },
	{ "DP1", 25 * HOUR, 50 * HOUR }, { "DP2", 30 * MINUTE, 25 * HOUR },
	{ "DP3", 3 * MINUTE, 25 * HOUR }, { "DP4", 90 * SECOND, 5 * HOUR },
};

/* A line being read. */
struct draft {
	struct account *account;
	const struct class *class;
	msec interval;
};

/* Two polls may be missed, but nobody waits more than an hour for them. */
msec account_silence(msec interval)
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
	subscriber_free(&a->from);
	free(a->path);
}

void accounts_free(struct accounts *a)
{
	for (unsigned i = 0; i < a->n; i++)
		account_free(&a->account[i]);
	free(a->account);
	*a = (struct accounts){ 0 };
}

static const char *set_class(struct draft *r, struct span name)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (span_eq_nocase(name, span_str(classes[i].name))) {
			r->class = &classes[i];
			return NULL;
		}
	return _("a class is SP1 to SP6 or DP1 to DP4");
}

static const char *set_interval(struct draft *r, struct span text)
{
	r->interval = clock_duration(text);
	if (r->interval > 0 && r->interval <= INTERVAL_MOST)
		return NULL;
	return _("an interval is a duration such as 30s, 15m or 24h");
}

static const char *set_path(struct draft *r, struct span text)
{
	free(r->account->path);
	r->account->path = copy(text);
	return text.n ? NULL : _("path= wants a name, such as path=1");
}

static const char *set_clear(struct draft *r, struct span text)
{
	r->account->refuse_clear = span_is(text, "refuse");
	return r->account->refuse_clear || span_is(text, "accept") ? NULL : _("clear= is accept or refuse");
}

static const char *read_option(struct draft *r, struct span word)
{
	static const struct {
		struct span name;
		const char *(*set)(struct draft *r, struct span value);
	} options[] = {
		{ SPAN("interval="), set_interval }, { SPAN("class="), set_class }, { SPAN("path="), set_path },
		{ SPAN("clear="), set_clear },
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (span_starts(word, options[i].name))
			return options[i].set(r, span_from(word, options[i].name.n));
	return _("an option is interval=, class=, path= or clear=");
}

/* With an interval and a class, whichever is shorter. */
static const char *set_silence(const struct draft *r)
{
	struct account *a = r->account;
	bool second = a->path && strcmp(a->path, "2") == 0;
	a->silence = r->interval ? account_silence(r->interval) : 0;
	if (!r->class)
		return NULL;
	msec most = second ? r->class->alternate : r->class->primary;
	if (most == 0)
		return _("a class of a single path (SP) has no path=2");
	if (a->silence == 0 || most < a->silence)
		a->silence = most;
	return NULL;
}

static const char *read_line(struct account *a, struct span text)
{
	struct span word;
	struct draft r = { .account = a };
	const char *why = NULL;
	if (!subscriber_read(&a->from, &text) || !a->from.account)
		return _("a line is: SOURCE LINE ACCOUNT [interval=30s|class=SP4] [path=1] [clear=refuse]");
	while (!why && span_word(&text, &word) && word.p[0] != '#')
		why = read_option(&r, word);
	return why ? why : set_silence(&r);
}

static int order(const void *x, const void *y)
{
	const struct account *a = x, *b = y;
	int by = subscriber_order(&a->from, &b->from);
	return by ? by : a->number < b->number ? -1 : 1;
}

/* Which of the two would count nobody could tell from the file. */
static const char *find_twice(const struct accounts *a, unsigned *number)
{
	static char message[160];
	for (unsigned i = 1; i < a->n; i++) {
		const struct account *x = &a->account[i - 1], *y = &a->account[i];
		if (subscriber_order(&x->from, &y->from))
			continue;
		*number = y->number;
		snprintf(message, sizeof message, _("the same source, line and account as in line %u"), x->number);
		return message;
	}
	return NULL;
}

static struct account *add(struct accounts *a, unsigned number)
{
	if ((a->n & (a->n - 1)) == 0)
		a->account = xrealloc(a->account, (a->n ? 2 * a->n : 1) * sizeof *a->account);
	struct account *fresh = &a->account[a->n++];
	*fresh = (struct account){ .number = number };
	return fresh;
}

static const char *read_all(struct accounts *a, struct span text, unsigned *number)
{
	struct span line;
	const char *why = NULL;
	for (*number = 0; !why && span_line(&text, &line);) {
		++*number;
		line = span_trim(line);
		if (line.n && line.p[0] != '#')
			why = read_line(add(a, *number), line);
	}
	if (!why && a->n)
		qsort(a->account, a->n, sizeof *a->account, order);
	return why ? why : find_twice(a, number);
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

unsigned accounts_first(const struct accounts *a, struct span account)
{
	unsigned low = 0, high = a->n;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (subscriber_compare(account, &a->account[middle].from) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct account *accounts_find(const struct accounts *a, const char *source, struct span line, struct span account)
{
	for (unsigned i = accounts_first(a, account); i < a->n; i++) {
		const struct account *c = &a->account[i];
		if (!span_eq_nocase(span_str(c->from.account), account))
			break;
		if (subscriber_fits(&c->from, span_str(source), line))
			return c;
	}
	return NULL;
}
