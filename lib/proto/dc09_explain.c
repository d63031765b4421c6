/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DC-09 frame taken apart for a technician: what each part is, what was
 * expected of it, what is tolerated and what is wrong. */
#include <stdio.h>

#include "format/explain.h"
#include "proto/dc09.h"
#include "proto/explain.h"
#include "util/checksum.h"
#include "util/hex.h"

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
	explain_row(out, _("CRC"), span_str(text), NULL);
	if (s->length_good)
		snprintf(text, sizeof text, _("%zu bytes  right"), s->body.n);
	else
		snprintf(text, sizeof text, _("%.*s  WRONG: there are %zu bytes (%04zX)"), (int)s->length_field.n,
		         (const char *)s->length_field.p, s->body.n, s->body.n);
	explain_row(out, _("length"), span_str(text), NULL);
}

static void put_header(struct buf *out, const struct signal *s)
{
	explain_row(out, _("token"), s->token, s->encrypted ? _("(encrypted)") : s->format ? _(s->format->title) : NULL);
	explain_optional(out, _("sequence"), s->seq.n, s->seq);
	explain_optional(out, _("receiver"), s->has_receiver, s->receiver);
	explain_optional(out, _("line"), s->has_line, s->line);
	explain_optional(out, _("account"), s->has_account, s->account);
}

static void put_content(struct buf *out, const struct signal *s, enum language language)
{
	struct buf time = { 0 };
	explain_some(out, _("data account"), s->inner_account, NULL);
	if (s->format && s->payload.n)
		format_explain_parts(s->format, s->payload, language, out);
	else
		explain_optional(out, _("data"), s->payload.n, s->payload);
	for (struct span rest = s->extended; rest.n;) {
		ptrdiff_t end = span_find(rest, ']');
		size_t n = end < 0 ? rest.n : (size_t)end + 1;
		bool secret = n > 1 && rest.p[1] == 'K';
		explain_row(out, _("extended"), secret ? SPAN("[K…]") : span_sub(rest, 0, n), NULL);
		rest = span_from(rest, n);
	}
	if (s->sent != CLOCK_NONE)
		clock_put(&time, s->sent);
	explain_optional(out, _("panel's time"), s->sent != CLOCK_NONE, buf_view(&time));
	buf_free(&time);
}

static void put_answer(struct buf *out, const struct signal *s, const struct context *cx, bool intact, bool opened)
{
	struct buf reply = { 0 };
	if (!intact || s->is_answer) {
		explain_say(out, _("answer"), "%s", s->is_answer ? _("none") : _("none: the panel repeats"));
		return;
	}
	dc09_answer(s, cx, s->encrypted && !opened ? A_DUH : A_ACK, &reply);
	explain_answer(out, buf_view(&reply));
	buf_free(&reply);
}

/* From `at` on: R, L and # with what belongs to them, each of which may be missing. */
static size_t behind_addresses(struct span body, size_t at)
{
	for (const char *mark = "RL#"; *mark; mark++) {
		if (at >= body.n || body.p[at] != (uint8_t)*mark)
			continue;
		for (at++; at < body.n && (*mark == '#' ? body.p[at] != '[' : is_hex(body.p[at])); at++)
			;	/* accounts have all kinds of letters */
	}
	return at;
}

/* The first byte that no DC-09 frame has there; NULL: none up to the data's end. */
static const char *first_wrong(struct span body, size_t *at)
{
	ptrdiff_t quote = span_find(span_from(body, 1), '"');
	*at = quote < 0 ? body.n : (size_t)quote + 2;
	if (quote < 0)
		return "\"";
	for (size_t end = *at + 4; *at < end; ++*at)
		if (*at >= body.n || !is_digit(body.p[*at]))
			return _("a digit");
	*at = behind_addresses(body, *at);
	if (*at >= body.n || body.p[*at] != '[')
		return "[";
	bool closed = span_find(span_from(body, *at), ']') >= 0 || span_starts(body, SPAN("\"*"));
	*at = body.n;
	return closed ? NULL : "]";
}

static void put_stop(struct buf *out, struct span frame, const struct dc09_shape *shape)
{
	size_t at;
	const char *wanted = first_wrong(shape->body, &at);
	size_t before = (size_t)(shape->body.p - frame.p);
	if (wanted)
		explain_stop(out, span_sub(frame, 0, before + shape->body.n), before + at, wanted);
}

void dc09_explain(struct span frame, const struct context *cx, enum language language, struct buf *out)
{
	struct dc09_shape shape;
	struct signal s;
	enum verdict v = dc09_shape(frame, true, &shape);
	if (v == V_NOT_MINE) {
		explain_stranger(out, dc09_neighbour(frame), frame);
		return;
	}
	explain_title(out, _("SIA DC-09 frame"));
	put_borders(out, &shape);
	enum verdict read = protocol_find(SPAN("dc09"))->read(frame, &s);
	bool opened = !s.encrypted;
	if (s.encrypted && cx->clear.p)
		opened = dc09_content(&s, cx->clear) == V_OK;
	else if (s.encrypted && cx->key)
		opened = dc09_open(&s, cx) == V_OK;
	put_header(out, &s);
	if (v != V_OK || read == V_MALFORMED || s.warnings & WARN(STRUCTURE_BAD))
		put_stop(out, frame, &shape);
	if (!opened)
		explain_say(out, _("data"), "%s", cx->key ? _("encrypted: our key does not open it") : _("encrypted: no key for this account"));
	if (opened && read != V_MALFORMED) {
		put_content(out, &s, language);
		protocol_explain_events(protocol_find(SPAN("dc09")), &s, language, out);
	} else {
		explain_notes(out, s.warnings);
	}
	put_answer(out, &s, cx, v == V_OK && read != V_MALFORMED, opened);
}
