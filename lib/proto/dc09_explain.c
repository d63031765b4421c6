/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DC-09 frame taken apart for a technician: what each part is, what was
 * expected of it, what is tolerated and what is wrong. */
#include <stdio.h>

#include "proto/dc09.h"
#include "util/charset.h"
#include "util/checksum.h"

#define LABEL 16	/* columns of the first column; the longest, in French, takes 14 */
#define ROOM (80 - LABEL - 2)	/* columns behind it */

/* Control bytes as \xHH, the rest as it is. */
static void put_shown(struct buf *out, struct span s)
{
	struct buf text = { 0 };
	text_to_utf8(&text, s);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] == 0x7F)
			buf_printf(out, "\\x%02X", text.p[i]);
		else
			buf_byte(out, text.p[i]);
	buf_free(&text);
}

static void label(struct buf *out, const char *name)
{
	size_t columns = utf8_width(span_str(name));
	buf_lit(out, "  ");
	buf_str(out, name);
	for (; columns < LABEL; columns++)
		buf_byte(out, ' ');
}

static void next_line(struct buf *out)
{
	buf_printf(out, "\n%*s", LABEL + 2, "");
}

/* Words behind so many columns of the line, gap blanks in between. */
static void put_words(struct buf *out, struct span text, size_t column, size_t gap)
{
	struct span word;
	for (; span_word(&text, &word); gap = 1) {
		size_t wide = utf8_width(word);
		if (column && column + gap + wide > ROOM) {
			next_line(out);
			column = 0;
		} else if (column) {
			buf_add(out, "  ", gap);
			column += gap;
		}
		buf_span(out, word);
		column += wide;
	}
}

/* "  account       1002  note", broken where the line ends. */
static void row(struct buf *out, const char *name, struct span value, const char *note)
{
	struct buf shown = { 0 };
	size_t column = 0;
	put_shown(&shown, value);
	label(out, name);
	for (size_t at = 0; at == 0 || at < shown.n;) {
		size_t n = shown.n - at < ROOM ? shown.n - at : ROOM;
		while (at + n < shown.n && n > 1 && (shown.p[at + n] & 0xC0) == 0x80)
			n--;
		if (at)
			next_line(out);
		struct span piece = span_sub(buf_view(&shown), at, n);
		buf_span(out, piece);
		column = utf8_width(piece);
		at += n ? n : 1;
	}
	put_words(out, span_str(note), column, 2);
	buf_byte(out, '\n');
	buf_free(&shown);
}

static void put_borders(struct buf *out, const struct dc09_shape *s)
{
	char text[128];
	uint16_t crc = crc16_arc(0, s->body);
	if (s->crc_covers_cr)
		crc = crc16_arc(crc, SPAN("\r"));
	snprintf(text, sizeof text, "%04X  %s", s->crc_sent,
	         s->crc_good ? s->binary ? _("right (two raw bytes)") : s->crc_covers_cr ? _("right (over the CR too)") : _("right") : "");
	if (!s->crc_good)
		snprintf(text, sizeof text, _("%04X  WRONG: computed %04X"), s->crc_sent, crc);
	row(out, _("CRC"), span_str(text), NULL);
	if (s->length_good)
		snprintf(text, sizeof text, _("%zu bytes  right"), s->body.n);
	else
		snprintf(text, sizeof text, _("%.*s  WRONG: there are %zu bytes (%04zX)"), (int)s->length_field.n,
		         (const char *)s->length_field.p, s->body.n, s->body.n);
	row(out, _("length"), span_str(text), NULL);
}

static void put_optional(struct buf *out, const char *name, bool present, struct span value)
{
	row(out, name, value, !present ? _("(not sent)") : value.n ? NULL : _("(empty)"));
}

static void put_header(struct buf *out, const struct signal *s)
{
	row(out, _("token"), s->token, s->encrypted ? _("(encrypted)") : s->format ? _(s->format->title) : NULL);
	put_optional(out, _("sequence"), s->seq.n, s->seq);
	put_optional(out, _("receiver"), s->has_receiver, s->receiver);
	put_optional(out, _("line"), s->has_line, s->line);
	put_optional(out, _("account"), s->has_account, s->account);
}

static void put_content(struct buf *out, const struct signal *s)
{
	struct buf time = { 0 };
	if (s->inner_account.n)
		row(out, _("data account"), s->inner_account, NULL);
	put_optional(out, _("data"), s->payload.n, s->payload);
	for (struct span rest = s->extended; rest.n;) {
		ptrdiff_t end = span_find(rest, ']');
		size_t n = end < 0 ? rest.n : (size_t)end + 1;
		bool secret = n > 1 && rest.p[1] == 'K';
		row(out, _("extended"), secret ? SPAN("[K…]") : span_sub(rest, 0, n), NULL);
		rest = span_from(rest, n);
	}
	if (s->sent != CLOCK_NONE)
		clock_put(&time, s->sent);
	put_optional(out, _("panel's time"), s->sent != CLOCK_NONE, buf_view(&time));
	buf_free(&time);
}

static void put_number(struct buf *out, const struct event *ev, enum field f, const char *name)
{
	struct span value = event_get(ev, f);
	if (value.n)
		buf_printf(out, ", %s %.*s", name, (int)value.n, (const char *)value.p);
}

static void put_events(struct buf *out, const struct signal *s, enum language language)
{
	struct event_list list = { 0 };
	struct buf line = { 0 };
	dc09_events(s, language, &list);
	for (unsigned i = 0; i < list.n; i++) {
		const struct event *ev = &list.event[i];
		buf_reset(&line);
		buf_span(&line, event_get(ev, F_CODE));
		buf_lit(&line, " ");
		buf_span(&line, ev->unreadable ? span_str(_("no reading")) : event_get(ev, F_LABEL));
		buf_lit(&line, " (");
		buf_span(&line, event_get(ev, F_KIND));
		buf_lit(&line, " ");
		buf_span(&line, event_get(ev, F_CATEGORY));
		buf_lit(&line, ")");
		put_number(&line, ev, F_PARTITION, _("partition"));
		put_number(&line, ev, F_ZONE, _("zone"));
		put_number(&line, ev, F_USER, _("user"));
		row(out, _("event"), buf_view(&line), NULL);
		if (event_get(ev, F_TEXT).n)
			row(out, _("text"), event_get(ev, F_TEXT), NULL);
	}
	if (list.n == 0)
		row(out, _("event"), (struct span){ 0 }, s->is_answer ? _("none: an answer") : _("none: a link test"));
	buf_free(&line);
	event_list_free(&list);
}

static void put_warnings(struct buf *out, warnings set)
{
	for (; set; set &= set - 1) {
		enum warning w = (enum warning)__builtin_ctzll(set);
		row(out, _("note"), span_str(warning_word(w)), _(warning_meaning(w)));
	}
}

static void put_answer(struct buf *out, const struct signal *s, const struct context *cx, bool intact, bool opened)
{
	struct buf reply = { 0 };
	if (!intact || s->is_answer) {
		row(out, _("answer"), (struct span){ 0 }, s->is_answer ? _("none") : _("none: the panel repeats"));
		return;
	}
	dc09_answer(s, cx, s->encrypted && !opened ? A_DUH : A_ACK, &reply);
	row(out, _("answer"), span_trim(buf_view(&reply)), NULL);
	buf_free(&reply);
}

void dc09_explain(struct span frame, const struct context *cx, enum language language, struct buf *out)
{
	struct dc09_shape shape;
	struct signal s;
	enum verdict v = dc09_shape(frame, true, &shape);
	if (v == V_NOT_MINE) {
		const char *other = dc09_neighbour(frame);
		buf_str(out, _("no DC-09 frame"));
		buf_printf(out, "%s%s\n", other ? ": " : "", other ? _(other) : "");
		return;
	}
	buf_str(out, _("SIA DC-09 frame"));
	buf_byte(out, '\n');
	put_borders(out, &shape);
	enum verdict read = protocol_find(SPAN("dc09"))->read(frame, &s);
	bool opened = !s.encrypted;
	if (s.encrypted && cx->clear.p)
		opened = dc09_content(&s, cx->clear) == V_OK;
	else if (s.encrypted && cx->key)
		opened = dc09_open(&s, cx) == V_OK;
	put_header(out, &s);
	if (!opened)
		row(out, _("data"), (struct span){ 0 }, cx->key ? _("encrypted: our key does not open it") : _("encrypted: no key for this account"));
	if (opened && read != V_MALFORMED) {
		put_content(out, &s);
		put_events(out, &s, language);
	}
	put_warnings(out, s.warnings);
	put_answer(out, &s, cx, v == V_OK && read != V_MALFORMED, opened);
}
