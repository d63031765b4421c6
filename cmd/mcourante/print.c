/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print.h"

#include <errno.h>
#include <unistd.h>

#include "json/write.h"
#include "logbook/phrase.h"
#include "text/terminal.h"
#include "text/text.h"
#include "util/file.h"
#include "util/hex.h"
#include "util/log.h"
#include "when.h"

#define AUTHOR_COLUMNS 7	/* "[auto] " */

struct page page_for(bool json, bool lines)
{
	bool terminal = terminal_is(STDOUT_FILENO);
	return (struct page){ .json = json || (!terminal && !lines), .colour = terminal_colour(STDOUT_FILENO), .day = -1 };
}

void print_out(struct buf *out)
{
	if (write_all(STDOUT_FILENO, buf_view(out)) < 0)
		die(EXIT_WORK, _("stdout: %s"), strerror(errno));
	buf_reset(out);
}

static bool automatic(const struct entry *e)
{
	return span_is(e->head.kind, KIND_AUTOMATIC);
}

/* A person's entry about what was earlier shows when it was written. */
static bool late(const struct entry *e)
{
	return !automatic(e) && e->head.entry_at - e->head.event_at >= SECOND;
}

static void put_hash(struct buf *out, struct span key, const struct hash *hash)
{
	struct buf digits = { 0 };
	hex_lower(&digits, hash_view(hash));
	json_str(out, key, buf_view(&digits));
	buf_free(&digits);
}

static void put_raw(struct buf *out, struct span key, struct span value)
{
	if (value.n)
		json_raw(out, key, value);
}

static void put_record(struct buf *out, const struct entry *e, struct span line, bool whole)
{
	size_t began = out->n;
	json_begin(out);
	json_str(out, KEY("type"), SPAN("entry"));
	put_hash(out, KEY("id"), &e->hash);
	json_time(out, KEY("at"), e->head.event_at);
	json_int(out, KEY("number"), e->head.number);
	json_time(out, KEY("written"), e->head.entry_at);
	if (late(e))
		json_int(out, KEY("delay_s"), (e->head.entry_at - e->head.event_at) / SECOND);
	json_str(out, KEY("kind"), e->head.kind);
	struct body body = body_read(e->body);
	put_raw(out, KEY("author"), body.author);
	put_raw(out, KEY("writer"), body.writer);
	put_raw(out, KEY("account"), body.account);
	put_raw(out, KEY("site"), body.site);
	put_raw(out, KEY("incident"), body.incident);
	put_raw(out, KEY("text"), body.text);
	put_raw(out, KEY("conflict"), body.conflict);
	put_hash(out, KEY("previous"), &e->head.previous);
	put_hash(out, KEY("commit"), &e->head.commit);
	if (line.n && (whole || out->n - began + line.n + 16 < RECORD_MOST))
		json_raw(out, KEY("record"), line);
	else if (line.n)
		json_int(out, KEY("record_bytes"), (int64_t)line.n);
	json_end(out);
	buf_byte(out, '\n');
}

void print_json(struct buf *out, const struct entry *e, bool whole)
{
	struct buf line = { 0 };
	put_record(out, e, json_text(body_read(e->body).record, &line), whole);
	buf_free(&line);
}

static enum colour colour_of(struct span line)
{
	static const enum colour by_severity[] = { C_NONE, C_NONE, C_YELLOW, C_BOLD, C_RED };
	static struct record record;
	const char *why;
	int64_t severity = 0;
	if (line.n == 0 || record_parse(&record, line, &why) < 0)
		return C_NONE;
	if (record_is(&record, "type", "error"))
		return C_YELLOW;
	record_int(&record, "severity", &severity);
	return severity >= 0 && severity < 5 ? by_severity[severity] : C_NONE;
}

static void put_day(struct buf *out, struct page *page, const struct tm *tm)
{
	int day = (tm->tm_year + 1900) * 1000 + tm->tm_yday;
	struct buf text = { 0 };
	if (page->day == day)
		return;
	page->day = day;
	/* TRANSLATORS: year, month, day; the order may be changed. */
	buf_printf(&text, _("%1$04d-%2$02d-%3$02d"), tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday);
	terminal_text(out, page->colour, C_DIM, buf_view(&text));
	buf_byte(out, '\n');
	buf_free(&text);
}

static void put_late(struct buf *out, const struct entry *e)
{
	struct tm then = when_local(e->head.event_at), tm = when_local(e->head.entry_at);
	if (!late(e))
		return;
	if (then.tm_yday == tm.tm_yday && then.tm_year == tm.tm_year)
		buf_printf(out, _(" (written at %02d:%02d:%02d)"), tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		buf_printf(out, _(" (written on %1$04d-%2$02d-%3$02d at %4$02d:%5$02d:%6$02d)"), tm.tm_year + 1900,
		           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_line(struct buf *out, struct page *page, const struct entry *e)
{
	struct tm tm = when_local(e->head.event_at);
	struct body body = body_read(e->body);
	struct buf author = { 0 }, scratch = { 0 };
	put_day(out, page, &tm);
	if (page->numbers)
		buf_printf(out, "%6lld  ", (long long)e->head.number);
	buf_printf(out, "%02d:%02d:%02d  ", tm.tm_hour, tm.tm_min, tm.tm_sec);
	buf_byte(&author, '[');
	buf_span(&author, json_text(body.author, &scratch));
	buf_lit(&author, "] ");
	terminal_cell(out, page->colour, C_DIM, buf_view(&author), AUTHOR_COLUMNS);
	enum colour colour = page->colour ? colour_of(json_text(body.record, &scratch)) : C_NONE;
	terminal_text(out, page->colour, colour, e->kept ? json_text(body.text, &scratch) : span_str(_("(content erased)")));
	put_late(out, e);
	buf_byte(out, '\n');
	buf_free(&author);
	buf_free(&scratch);
}

void print_entry(struct buf *out, struct page *page, const struct entry *e)
{
	if (page->json)
		print_json(out, e, false);
	else
		put_line(out, page, e);
}

bool entry_intact(const struct entry *e)
{
	struct hash hash = head_hash(&e->head), commit = body_commit(e->random, e->body);
	return e->shaped && e->kept && hash_eq(&hash, &e->hash) && hash_eq(&commit, &e->head.commit);
}

static void put_part(struct buf *out, bool colour, const char *name, struct span value)
{
	if (value.n == 0)
		return;
	terminal_cell(out, colour, C_DIM, span_str(name), 14);
	terminal_text(out, false, C_NONE, value);
	buf_byte(out, '\n');
}

static void put_json_part(struct buf *out, bool colour, const char *name, struct span raw)
{
	struct buf scratch = { 0 };
	put_part(out, colour, name, raw.n && raw.p[0] == '"' ? json_text(raw, &scratch) : raw);
	buf_free(&scratch);
}

static void put_time_part(struct buf *out, bool colour, const char *name, msec at)
{
	struct tm tm = when_local(at);
	struct buf text = { 0 };
	buf_printf(&text, _("%1$04d-%2$02d-%3$02d %4$02d:%5$02d:%6$02d"), tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	           tm.tm_hour, tm.tm_min, tm.tm_sec);
	buf_lit(&text, " (");
	clock_put(&text, at);
	buf_byte(&text, ')');
	put_part(out, colour, name, buf_view(&text));
	buf_free(&text);
}

static void put_hash_part(struct buf *out, bool colour, const char *name, const struct hash *hash)
{
	struct buf digits = { 0 };
	hex_lower(&digits, hash_view(hash));
	put_part(out, colour, name, buf_view(&digits));
	buf_free(&digits);
}

static void put_delay(struct buf *out, bool colour, const struct entry *e)
{
	struct buf text = { 0 };
	if (e->head.entry_at - e->head.event_at >= SECOND)
		phrase_duration(&text, e->head.entry_at - e->head.event_at, text_language());
	put_part(out, colour, _("delay"), buf_view(&text));
	buf_free(&text);
}

void print_whole(struct buf *out, const struct entry *e, bool colour)
{
	struct body body = body_read(e->body);
	struct buf number = { 0 };
	buf_signed(&number, e->head.number);
	put_part(out, colour, _("number"), buf_view(&number));
	put_time_part(out, colour, _("happened"), e->head.event_at);
	put_time_part(out, colour, _("written"), e->head.entry_at);
	put_delay(out, colour, e);
	put_part(out, colour, _("kind"), e->head.kind);
	put_json_part(out, colour, _("author"), body.author);
	put_json_part(out, colour, _("written by"), body.writer);
	put_json_part(out, colour, _("account"), body.account);
	put_json_part(out, colour, _("site"), body.site);
	put_json_part(out, colour, _("incident"), body.incident);
	put_json_part(out, colour, _("text"), body.text);
	put_json_part(out, colour, _("conflict with"), body.conflict);
	put_json_part(out, colour, _("record"), body.record);
	put_hash_part(out, colour, _("previous"), &e->head.previous);
	put_hash_part(out, colour, _("commit"), &e->head.commit);
	put_hash_part(out, colour, _("hash"), &e->hash);
	put_part(out, colour, _("intact"), span_str(entry_intact(e) ? _("yes") : _("NO: it was changed")));
	buf_free(&number);
}
