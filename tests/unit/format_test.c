/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tests/corpus/FORMAT.case: payloads and the events they are.  A format
 * without a corpus fails. */
#include <stdlib.h>

#include "../quoted.h"
#include "../tap.h"
#include "format/format.h"
#include "json/record.h"
#include "util/file.h"

static const struct { const char *key; enum field field; } keys[] = {
	{ "account", F_ACCOUNT }, { "code", F_CODE }, { "qualifier", F_QUALIFIER }, { "kind", F_KIND },
	{ "category", F_CATEGORY }, { "severity", F_SEVERITY }, { "zone", F_ZONE }, { "user", F_USER },
	{ "partition", F_PARTITION }, { "text", F_TEXT },
};

static struct event_list list;
static unsigned looked_at;
static warnings seen;

static void check_data(const struct event *ev, struct span key, struct span want, const char *name)
{
	struct buf member = { 0 };
	json_quote(&member, key);
	buf_byte(&member, ':');
	json_quote(&member, want);
	ok(memmem(ev->list->data.p + ev->data_at, ev->data_n, member.p, member.n) != NULL, "%s: data.%.*s", name,
	   (int)key.n, (const char *)key.p);
	buf_free(&member);
}

static void check_field(const struct event *ev, struct span key, struct span want, const char *name)
{
	if (span_starts(key, SPAN("data."))) {
		check_data(ev, span_from(key, 5), want, name);
		return;
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (span_is(key, keys[i].key)) {
			struct span got = span_trim(event_get(ev, keys[i].field));
			ok(span_eq(got, span_trim(want)), "%s: %s is %.*s (got %.*s)", name, keys[i].key, (int)want.n,
			   (const char *)want.p, (int)got.n, (const char *)got.p);
			return;
		}
	ok(0, "%s: no such key: %.*s", name, (int)key.n, (const char *)key.p);
}

static void check_event(struct span line, const char *name)
{
	if (looked_at >= list.n) {
		ok(0, "%s: an event more", name);
		return;
	}
	const struct event *ev = &list.event[looked_at++];
	ok(!ev->unreadable, "%s: readable", name);
	for (line = span_trim(line); line.n;) {
		struct buf want = { 0 };
		ptrdiff_t equals = span_find(line, '=');
		struct span key = span_sub(line, 0, (size_t)equals);
		line = span_from(line, (size_t)equals + 1);
		take_quoted(&line, &want);
		check_field(ev, key, buf_view(&want), name);
		buf_free(&want);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_warnings(struct span line, const char *name)
{
	const char *words[64];
	struct buf got = { 0 }, want = { 0 };
	size_t n = 0;
	for (warnings set = seen; set; set &= set - 1)
		words[n++] = warning_word((enum warning)__builtin_ctzll(set));
	qsort(words, n, sizeof *words, by_name);
	for (size_t i = 0; i < n; i++) {
		buf_str(&got, i ? " " : "");
		buf_str(&got, words[i]);
	}
	buf_span(&want, span_trim(line));
	is(buf_cstr(&got), buf_cstr(&want), "%s: warnings", name);
	buf_free(&got);
	buf_free(&want);
}

/* What is printed is a record that a strict reader takes. */
static void check_printed(const char *name)
{
	static struct record r;
	const char *why = "";
	for (unsigned i = 0; i < list.n; i++) {
		struct buf out = { 0 };
		event_puts(&list.event[i], F_ID, "pc1.e-1");
		event_print(&out, &list.event[i], list.n);
		ok(record_parse(&r, buf_view(&out), &why) == 0, "%s: printed as a record: %s", name, why);
		buf_free(&out);
	}
}

static void decode(const struct format *f, struct span line, const char *name, enum verdict *v)
{
	struct buf payload = { 0 };
	line = span_trim(line);
	take_quoted(&line, &payload);
	event_list_reset(&list);
	looked_at = 0;
	seen = 0;
	*v = f->decode(buf_view(&payload), LANG_FR, &list);
	for (unsigned i = 0; i < list.n; i++)
		seen |= list.event[i].unreadable ? 0 : list.event[i].warnings;
	ok((*v == V_OK) == (list.n > 0), "%s: %s events", name, list.n ? "with" : "without");
	check_printed(name);
	buf_free(&payload);
}

static void run(const struct format *f)
{
	char path[64];
	struct buf file = { 0 }, name = { 0 };
	struct span rest, line, word;
	enum verdict v = V_OK;
	unsigned cases = 0;
	snprintf(path, sizeof path, "tests/corpus/%s.case", f->name);
	ok(file_read(path, &file) == 0, "%s: it has a corpus", f->name);
	for (rest = buf_view(&file); span_line(&rest, &line);) {
		if (!span_word(&line, &word) || (span_is(word, "#") && cases == 0 && name.n))
			continue;
		if (span_is(word, "#")) {
			buf_reset(&name);
			buf_span(&name, span_sub(span_trim(line), 0, 40));
		} else if (span_is(word, "payload")) {
			decode(f, line, buf_cstr(&name), &v);
			cases++;
		} else if (span_is(word, "event")) {
			check_event(line, buf_cstr(&name));
		} else if (span_is(word, "unreadable")) {
			ok(looked_at < list.n && list.event[looked_at++].unreadable, "%s: a part without a reading", buf_cstr(&name));
		} else if (span_is(word, "warnings")) {
			check_warnings(line, buf_cstr(&name));
		} else if (span_is(word, "error")) {
			ok(v != V_OK && list.n == 0, "%s: no reading", buf_cstr(&name));
			if (span_word(&line, &word))
				ok(span_is(word, refusal_word(v, list.refusal)), "%s: why: %s", buf_cstr(&name), refusal_word(v, list.refusal));
		}
	}
	ok(cases > 10, "%s: %u cases", f->name, cases);
	buf_free(&file);
	buf_free(&name);
}

int main(void)
{
	for (const struct format *const *f = formats; *f; f++)
		run(*f);
	event_list_free(&list);
	return done();
}
