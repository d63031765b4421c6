/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON lines, CSV, text. */
#include "export.h"
#include "output.h"
#include "util/hex.h"
#include "when.h"

static void nothing(struct export *x)
{
	(void)x;
}

static void json_entry(struct export *x, const struct entry *e)
{
	transcript_put(&x->out->out, e);
	output_flush(x->out);
}

static void json_seal(struct export *x, const struct seal *s)
{
	seal_put_record(&x->out->out, s);
	buf_byte(&x->out->out, '\n');
}

static void json_ended(struct export *x)
{
	transcript_put_end(&x->out->out, &x->written);
}

const struct form form_json = { .proof = true, .begin = nothing, .entry = json_entry, .seal = json_seal, .end = json_ended };

/* RFC 4180: quotes where they are needed, doubled within.  A spreadsheet runs
 * what begins like a formula, and a panel may send anything: there such a
 * text gets an apostrophe in front. */
static void put_cell(struct export *x, struct span text, bool first)
{
	struct buf *out = &x->out->out;
	bool formula = x->spreadsheet && text.n && strchr("=+-@\t\r", text.p[0]);
	bool quoted = formula;
	for (size_t i = 0; i < text.n && !quoted; i++)
		quoted = strchr("\",;\r\n\t", text.p[i]) != NULL;
	if (!first)
		buf_byte(out, x->spreadsheet ? ';' : ',');
	if (!quoted) {
		buf_span(out, text);
		return;
	}
	buf_byte(out, '"');
	if (formula)
		buf_byte(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_byte(out, '"');
		buf_byte(out, text.p[i]);
	}
	buf_byte(out, '"');
}

static void put_raw(struct export *x, struct span raw)
{
	struct buf scratch = { 0 };
	put_cell(x, raw.n && raw.p[0] == '"' ? json_text(raw, &scratch) : raw, false);
	buf_free(&scratch);
}

static void put_utc(struct export *x, msec at)
{
	struct buf text = { 0 };
	clock_put(&text, at);
	put_cell(x, buf_view(&text), false);
	buf_free(&text);
}

static void put_local(struct export *x, msec at)
{
	struct tm tm = when_local(at);
	struct buf text = { 0 };
	buf_printf(&text, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	put_cell(x, buf_view(&text), false);
	buf_free(&text);
}

static void csv_begin(struct export *x)
{
	static const char *const names[] = {
		"number", "local", "kind", "author", "account", "site", "incident", "text", "at", "written", "conflict", "hash",
	};
	if (x->spreadsheet)
		buf_lit(&x->out->out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		put_cell(x, span_str(names[i]), i == 0);
	buf_lit(&x->out->out, "\r\n");
}

static void csv_entry(struct export *x, const struct entry *e)
{
	struct body b = body_read(e->body);
	const struct span members[] = { b.author, b.account, b.site, b.incident, b.text };
	struct buf text = { 0 };
	buf_signed(&text, e->head.number);
	put_cell(x, buf_view(&text), true);
	put_local(x, e->head.event_at);
	put_cell(x, e->head.kind, false);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_raw(x, members[i]);
	put_utc(x, e->head.event_at);
	put_utc(x, e->head.entry_at);
	put_raw(x, b.conflict);
	buf_reset(&text);
	hex_lower(&text, hash_view(&e->hash));
	put_cell(x, buf_view(&text), false);
	buf_lit(&x->out->out, "\r\n");
	buf_free(&text);
	output_flush(x->out);
}

const struct form form_csv = { .begin = csv_begin, .entry = csv_entry, .end = nothing };

static void text_entry(struct export *x, const struct entry *e)
{
	journal_put(&x->out->out, e);
	output_flush(x->out);
}

const struct form form_text = { .begin = nothing, .entry = text_entry, .end = nothing };
