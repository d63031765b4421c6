/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/explain.h"

#include <stdarg.h>
#include <stdio.h>

#include "text/terminal.h"
#include "util/charset.h"
#include "util/hex.h"

#define BEHIND (EXPLAIN_LABEL + 2)	/* columns in front of a value */
#define ROOM (80 - BEHIND)

static void next_line(struct buf *out)
{
	buf_printf(out, "\n%*s", BEHIND, "");
}

/* As many bytes of it as fill so many columns; no character is cut. */
static size_t fitting(struct span text, size_t columns)
{
	size_t n = 0;
	for (size_t used = 0; n < text.n; n++) {
		used += (text.p[n] & 0xC0) != 0x80;
		if (used > columns)
			break;
	}
	return n;
}

/* One that is too long for its column has a line of its own. */
static void put_label(struct buf *out, const char *label)
{
	struct span name = span_str(label);
	buf_lit(out, "  ");
	terminal_cell(out, false, C_NONE, span_sub(name, 0, fitting(name, 78)), EXPLAIN_LABEL);
	if (utf8_width(name) >= EXPLAIN_LABEL)
		next_line(out);
}

/* Text without regard to words; gives the columns used of its last line. */
static size_t put_value(struct buf *out, struct span text)
{
	struct span piece = { 0 };
	while (text.n) {
		if (piece.n)
			next_line(out);
		piece = span_sub(text, 0, fitting(text, ROOM));
		buf_span(out, piece);
		text = span_from(text, piece.n);
	}
	return utf8_width(piece);
}

/* Words behind so many columns of the line, gap blanks in between; gives the
 * columns used then. */
static size_t put_words(struct buf *out, struct span text, size_t column, size_t gap)
{
	struct span word;
	for (; span_word(&text, &word); gap = 1) {
		size_t wide = utf8_width(word);
		if (column && column + gap + wide > ROOM) {
			next_line(out);
			column = 0;
		} else if (column) {
			buf_span(out, span_sub(SPAN("  "), 0, gap));
			column += gap;
		}
		column += put_value(out, word);
	}
	return column;
}

/* In UTF-8, and nothing that a terminal would obey. */
static void put_shown(struct buf *out, struct span s)
{
	struct buf text = { 0 };
	text_to_utf8(&text, s);
	terminal_text(out, false, C_NONE, buf_view(&text));
	buf_free(&text);
}

/* Behind so many columns of a value, and the row's end. */
static void end_row(struct buf *out, const char *note, size_t column)
{
	struct buf shown = { 0 };
	put_shown(&shown, span_str(note));
	put_words(out, buf_view(&shown), column, 2);
	buf_byte(out, '\n');
	buf_free(&shown);
}

void explain_title(struct buf *out, const char *title)
{
	buf_printf(out, "%s\n", title);
}

/* A line of a text that has some, its CR and LF included. */
static struct span take_line(struct span *rest)
{
	struct span all = *rest;
	size_t n = 2;
	while (n < all.n && !(all.p[n - 2] == '\r' && all.p[n - 1] == '\n'))
		n++;
	*rest = span_from(all, n);
	return span_sub(all, 0, n);
}

void explain_row(struct buf *out, const char *label, struct span value, const char *note)
{
	struct buf shown = { 0 };
	struct span line;
	size_t column = 0;
	put_label(out, label);
	while ((line = take_line(&value)).n) {
		buf_reset(&shown);
		put_shown(&shown, line);
		column = put_value(out, buf_view(&shown));
		if (value.n)
			next_line(out);
	}
	end_row(out, note, column);
	buf_free(&shown);
}

void explain_some(struct buf *out, const char *label, struct span value, const char *note)
{
	if (value.n)
		explain_row(out, label, value, note);
}

void explain_optional(struct buf *out, const char *label, bool present, struct span value)
{
	explain_row(out, label, value, !present ? _("(not sent)") : value.n ? NULL : _("(empty)"));
}

static void put_said(struct buf *out, const char *label, struct span words)
{
	struct buf shown = { 0 };
	put_shown(&shown, words);
	put_label(out, label);
	put_words(out, buf_view(&shown), 0, 0);
	buf_byte(out, '\n');
	buf_free(&shown);
}

void explain_say(struct buf *out, const char *label, const char *format, ...)
{
	struct buf words = { 0 };
	va_list arguments;
	va_start(arguments, format);
	buf_vprintf(&words, format, arguments);
	va_end(arguments);
	put_said(out, label, buf_view(&words));
	buf_free(&words);
}

void explain_bytes(struct buf *out, const char *label, struct span bytes, const char *note)
{
	struct buf digits = { 0 };
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(&digits, "%02X ", bytes.p[i]);
	put_label(out, label);
	end_row(out, note, put_words(out, buf_view(&digits), 0, 0));
	buf_free(&digits);
}

/* A number as it was sent, and whether it is right. */
static void put_verdict(struct buf *out, const char *label, const char *sent, bool right, const char *wrong)
{
	explain_row(out, label, span_str(sent), right ? _("right") : wrong);
}

void explain_check(struct buf *out, const char *label, unsigned digits, unsigned sent, unsigned computed)
{
	char value[16], wrong[64];
	snprintf(value, sizeof value, "%0*X", (int)digits, sent);
	snprintf(wrong, sizeof wrong, _("WRONG: computed %0*X"), (int)digits, computed);
	put_verdict(out, label, value, sent == computed, wrong);
}

void explain_length(struct buf *out, const char *label, size_t said, size_t there)
{
	char value[48], wrong[64];
	snprintf(value, sizeof value, _("%zu bytes"), said);
	snprintf(wrong, sizeof wrong, _("WRONG: there are %zu"), there);
	put_verdict(out, label, value, said == there, wrong);
}

void explain_stop(struct buf *out, struct span all, size_t at, const char *wanted)
{
	struct span byte = span_sub(all, at, 1);
	if (byte.n == 0)
		explain_say(out, _("stops"), _("behind the last of %zu bytes: %s is wanted"), all.n, wanted);
	else if (byte.p[0] > ' ' && byte.p[0] < 0x7F)
		explain_say(out, _("stops"), _("at byte %zu of %zu: %s is wanted, there is %c (%02Xh)"), at + 1, all.n, wanted, byte.p[0], byte.p[0]);
	else
		explain_say(out, _("stops"), _("at byte %zu of %zu: %s is wanted, there is byte %02Xh"), at + 1, all.n, wanted, byte.p[0]);
}

static void put_number(struct buf *line, const struct event *ev, enum field f, const char *name)
{
	struct span value = event_get(ev, f);
	if (value.n)
		buf_printf(line, ", %s %.*s", name, (int)value.n, (const char *)value.p);
}

static void put_meaning(struct buf *line, const struct event *ev)
{
	if (event_get(ev, F_CODE).n) {
		buf_span(line, event_get(ev, F_CODE));
		buf_byte(line, ' ');
	}
	if (ev->unreadable) {
		buf_str(line, _("no reading"));
		return;
	}
	buf_span(line, event_get(ev, F_LABEL));
	buf_lit(line, " (");
	buf_span(line, event_get(ev, F_KIND));
	buf_byte(line, ' ');
	buf_span(line, event_get(ev, F_CATEGORY));
	buf_byte(line, ')');
	put_number(line, ev, F_PARTITION, _("partition"));
	put_number(line, ev, F_ZONE, _("zone"));
	put_number(line, ev, F_USER, _("user"));
}

warnings explain_events(struct buf *out, const struct event_list *list)
{
	warnings all = 0;
	struct buf line = { 0 };
	for (unsigned i = 0; i < list->n; i++) {
		const struct event *ev = &list->event[i];
		buf_reset(&line);
		put_meaning(&line, ev);
		put_said(out, _("event"), buf_view(&line));
		explain_some(out, _("text"), event_get(ev, F_TEXT), NULL);
		all |= ev->warnings;
	}
	buf_free(&line);
	return all;
}

void explain_notes(struct buf *out, warnings set)
{
	for (; set; set &= set - 1) {
		enum warning w = (enum warning)__builtin_ctzll(set);
		explain_row(out, _("note"), span_str(warning_word(w)), _(warning_meaning(w)));
	}
}

/* A control byte here and there is shown in a text; more of them are no text. */
static bool is_text(struct span s)
{
	size_t controls = 0;
	for (size_t i = 0; i < s.n; i++)
		controls += s.p[i] < ' ' || s.p[i] > '~';
	return 8 * controls <= s.n + 8;
}

/* Panels of DC-09 may send a new key as [K…]: whatever such bytes have
 * become, it is nobody's to read. */
static void put_without_keys(struct buf *out, struct span bytes)
{
	while (bytes.n) {
		size_t n = 2;
		while (n < bytes.n && is_hex(bytes.p[n]))
			n++;
		bool key = n > 9 && span_starts(bytes, SPAN("[K"));
		buf_span(out, key ? SPAN("[K…") : span_sub(bytes, 0, 1));
		bytes = span_from(bytes, key ? n : 1);
	}
}

void explain_frame(struct buf *out, struct span bytes)
{
	struct buf shown = { 0 };
	put_without_keys(&shown, bytes);
	if (is_text(bytes))
		explain_row(out, _("bytes"), buf_view(&shown), NULL);
	else
		explain_bytes(out, _("bytes"), buf_view(&shown), NULL);
	buf_free(&shown);
}

void explain_stranger(struct buf *out, const char *other, struct span bytes)
{
	explain_title(out, _("no frame that we know"));
	if (other)
		explain_say(out, _("looks like"), "%s", _(other));
	explain_frame(out, bytes);
}

void explain_answer(struct buf *out, struct span reply)
{
	struct span text = span_trim(reply);
	const char *name = reply.n != 1 ? NULL : reply.p[0] == 0x06 ? "ACK" : reply.p[0] == 0x15 ? "NAK" : NULL;
	if (reply.n == 0)
		put_said(out, _("answer"), span_str(_("none")));
	else if (name)
		explain_bytes(out, _("answer"), reply, name);
	else if (is_text(text))
		explain_row(out, _("answer"), text, NULL);
	else
		explain_bytes(out, _("answer"), reply, NULL);
}
