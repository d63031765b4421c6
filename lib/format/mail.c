/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/mail.h"

#include <stdio.h>

#include "crypto/crypto.h"
#include "util/charset.h"
#include "util/hex.h"

/* With the lines that go on with it; *rest is what follows. */
static struct span take_field(struct span *rest)
{
	struct span all = *rest, line;
	if (!span_line(rest, &line) || line.n == 0)
		return (struct span){ 0 };
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		span_line(rest, &line);
	return span_trim(span_sub(all, 0, all.n - rest->n));
}

struct span mail_field(struct span mail, const char *name)
{
	struct span field, key = span_str(name);
	while ((field = take_field(&mail)).n)
		if (field.n > key.n && field.p[key.n] == ':' && span_eq_nocase(span_sub(field, 0, key.n), key))
			return span_trim(span_from(field, key.n + 1));
	return (struct span){ 0 };
}

/* Behind the blank line that ends it. */
static struct span behind_head(struct span mail)
{
	while (take_field(&mail).n)
		;
	return mail;
}

static bool is_separator(uint8_t c)
{
	return c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span mail_parameter(struct span field, const char *name)
{
	struct span key = span_str(name);
	for (size_t at = 1; at + key.n < field.n; at++) {
		struct span value = span_from(field, at + key.n + 1);
		if (!is_separator(field.p[at - 1]) || field.p[at + key.n] != '=' || !span_eq_nocase(span_sub(field, at, key.n), key))
			continue;
		if (value.n && value.p[0] == '"') {
			ptrdiff_t end = span_find(span_from(value, 1), '"');
			return span_sub(value, 1, end < 0 ? SIZE_MAX : (size_t)end);
		}
		size_t n = 0;
		while (n < value.n && !is_separator(value.p[n]))
			n++;
		return span_sub(value, 0, n);
	}
	return (struct span){ 0 };
}

/* A line of quoted-printable, or a word of RFC 2047 (where _ is a blank). */
static void put_quoted(struct buf *out, struct span s, bool word)
{
	for (; s.n; s = span_from(s, 1)) {
		if (s.p[0] == '=' && s.n > 2 && is_hex(s.p[1]) && is_hex(s.p[2])) {
			buf_byte(out, (uint8_t)(hex_digit(s.p[1]) << 4 | hex_digit(s.p[2])));
			s = span_from(s, 2);
		} else {
			buf_byte(out, word && s.p[0] == '_' ? ' ' : s.p[0]);
		}
	}
}

/* "=?utf-8?B?w6k=?=": gives how long it is, 0 when it is no such word. */
static size_t take_word(struct span s, struct buf *out, struct buf *spare)
{
	struct span rest = span_from(s, 2);
	ptrdiff_t charset = span_find(rest, '?');
	if (!span_starts(s, SPAN("=?")) || charset < 1 || rest.n < (size_t)charset + 4 || rest.p[charset + 2] != '?')
		return 0;
	struct span text = span_from(rest, (size_t)charset + 3);
	ptrdiff_t end = span_find(text, '?');
	if (end < 0 || (size_t)end + 1 >= text.n || text.p[end + 1] != '=')
		return 0;
	text.n = (size_t)end;
	uint8_t coding = rest.p[charset + 1] | 0x20;
	buf_reset(spare);
	if (coding == 'q')
		put_quoted(spare, text, true);
	else if (coding != 'b' || !from_base64(spare, text))
		return 0;
	text_to_utf8(out, buf_view(spare));
	return (size_t)(text.p + text.n + 2 - s.p);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Up to the next word or blank. */
static size_t plain_run(struct span s)
{
	size_t n = 1;
	while (n < s.n && !is_blank(s.p[n]) && !span_starts(span_from(s, n), SPAN("=?")))
		n++;
	return n;
}

void mail_words(struct buf *out, struct span field, struct buf *spare)
{
	bool behind_word = false;
	while (field.n) {
		size_t gap = 0, n;
		while (gap < field.n && is_blank(field.p[gap]))
			gap++;
		struct span rest = span_from(field, gap);
		size_t began = out->n;
		if (gap)
			buf_byte(out, ' ');
		size_t text = out->n;
		n = take_word(rest, out, spare);
		if (n && behind_word) {	/* between two words blanks are none */
			memmove(out->p + began, out->p + text, out->n - text);
			out->n -= text - began;
		}
		behind_word = n;
		if (n == 0 && rest.n) {
			n = plain_run(rest);
			text_to_utf8(out, span_sub(rest, 0, n));
		}
		field = span_from(rest, n);
	}
}

/* "Tue, 25 Nov 2026 22:14:03 +0100" */
msec mail_time(struct span date)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char text[40], name[4] = "", zone[8] = "", iso[40];
	int day, year, hour, minute, second = 0;
	ptrdiff_t comma = span_find(date, ',');
	date = span_trim(span_from(date, (size_t)(comma + 1)));
	snprintf(text, sizeof text, "%.*s", (int)(date.n < sizeof text ? date.n : sizeof text - 1), (const char *)date.p);
	int got = sscanf(text, "%2d %3s %4d %2d:%2d:%2d %5s", &day, name, &year, &hour, &minute, &second, zone);
	if (got < 6 || strlen(name) != 3)
		return CLOCK_NONE;
	for (int i = 0; i < 3; i++)
		name[i] |= 0x20;
	const char *month = strstr(months, name);
	bool numeric = strlen(zone) == 5 && (zone[0] == '+' || zone[0] == '-');
	bool utc = strcmp(zone, "GMT") == 0 || strcmp(zone, "UT") == 0 || strcmp(zone, "UTC") == 0 || strcmp(zone, "Z") == 0;
	if (!month || (month - months) % 3 || !(numeric || utc))
		return CLOCK_NONE;
	snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d%.3s%s%.2s", year, (int)(month - months) / 3 + 1, day, hour, minute,
	         second, numeric ? zone : "Z", numeric ? ":" : "", numeric ? zone + 3 : "");
	return clock_parse(span_str(iso));
}

struct mail_walk mail_parts(struct span mail)
{
	return (struct mail_walk){ .mail = mail };
}

/* Up to the next line "--boundary", which is passed over; *last when it is "--boundary--". */
static struct span take_part(struct span *rest, struct span boundary, bool *last)
{
	struct span all = *rest, line;
	size_t n = 0;
	*last = false;
	while (span_line(rest, &line)) {
		struct span behind = span_from(line, 2 + boundary.n);
		if (span_starts(line, SPAN("--")) && span_starts(span_from(line, 2), boundary) && (span_trim(behind).n == 0 || span_starts(behind, SPAN("--")))) {
			*last = span_starts(behind, SPAN("--"));
			return span_sub(all, 0, n);
		}
		n = all.n - rest->n;
	}
	*last = true;	/* cut off: what is there is the part */
	return all;
}

static struct span type_of(struct span head)
{
	struct span type = mail_field(head, "Content-Type");
	ptrdiff_t end = span_find(type, ';');
	return span_trim(end < 0 ? type : span_sub(type, 0, (size_t)end));
}

/* Goes down into a multipart; false: it is a leaf. */
static bool enter(struct mail_walk *w, struct span entity)
{
	struct span boundary = mail_parameter(mail_field(entity, "Content-Type"), "boundary");
	bool last, many = span_eq_nocase(span_sub(type_of(entity), 0, 10), SPAN("multipart/"));
	if (!many || boundary.n == 0 || w->depth == MAIL_DEPTH)
		return false;
	struct span rest = behind_head(entity);
	take_part(&rest, boundary, &last);	/* what stands before the first is for nobody */
	w->boundary[w->depth] = boundary;
	w->rest[w->depth++] = last ? (struct span){ 0 } : rest;
	return true;
}

static void leaf(struct mail_part *part, struct span entity)
{
	*part = (struct mail_part){ .type = type_of(entity), .head = entity, .body = behind_head(entity) };
}

bool mail_next(struct mail_walk *w, struct mail_part *part)
{
	if (!w->begun) {
		w->begun = true;
		if (!enter(w, w->mail)) {
			leaf(part, w->mail);
			return true;
		}
	}
	while (w->depth) {
		unsigned at = w->depth - 1;
		bool last;
		if (w->rest[at].n == 0) {
			w->depth--;
			continue;
		}
		struct span entity = take_part(&w->rest[at], w->boundary[at], &last);
		if (last)
			w->rest[at].n = 0;
		if (!enter(w, entity)) {
			leaf(part, entity);
			return true;
		}
	}
	return false;
}

bool mail_decode(struct buf *out, const struct mail_part *part)
{
	struct span coding = mail_field(part->head, "Content-Transfer-Encoding"), rest = part->body, line;
	if (span_eq_nocase(coding, SPAN("base64")))
		return from_base64(out, part->body);
	if (!span_eq_nocase(coding, SPAN("quoted-printable"))) {
		buf_span(out, part->body);
		return true;
	}
	while (span_line(&rest, &line)) {
		bool soft = line.n && line.p[line.n - 1] == '=';
		put_quoted(out, span_sub(line, 0, line.n - soft), false);
		if (!soft)
			buf_byte(out, '\n');
	}
	return true;
}

/* "MAIL FROM:<a@b> SIZE=1" */
struct span mail_path(struct span line)
{
	ptrdiff_t open = span_find(line, '<'), close = span_find(line, '>');
	return open >= 0 && close > open ? span_sub(line, (size_t)open + 1, (size_t)(close - open - 1)) : (struct span){ 0 };
}

bool mail_record_read(struct span bytes, struct mail_record *r)
{
	struct span all = bytes, line;
	*r = (struct mail_record){ 0 };
	while (span_starts(bytes, SPAN("FILE ")))
		span_line(&bytes, &line);
	r->files = span_sub(all, 0, all.n - bytes.n);
	r->cut = span_starts(bytes, SPAN("CUT\r\n"));
	bytes = span_from(bytes, r->cut ? 5 : 0);
	if (!span_line(&bytes, &line) || !span_starts(line, SPAN("MAIL FROM:")))
		return false;
	r->from = mail_path(line);
	r->recipients = bytes;	/* the line behind them is none */
	while (span_line(&bytes, &line) && span_starts(line, SPAN("RCPT TO:")))
		r->to = r->to.n ? r->to : mail_path(line);
	r->mail = bytes;
	return span_is(line, "DATA") && r->to.n;
}

bool mail_next_recipient(struct span *recipients, struct span *to)
{
	struct span line;
	while (span_line(recipients, &line) && span_starts(line, SPAN("RCPT TO:"))) {
		*to = mail_path(line);
		if (to->n)
			return true;
	}
	return false;
}

void mail_recipient(struct span to, struct span *account, struct span *zone)
{
	ptrdiff_t at = span_find(to, '@');
	struct span local = at < 0 ? to : span_sub(to, 0, (size_t)at);
	ptrdiff_t plus = span_find(local, '+');
	*account = plus < 0 ? local : span_sub(local, 0, (size_t)plus);
	*zone = plus < 0 ? (struct span){ 0 } : span_from(local, (size_t)plus + 1);
}
