/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message of Osborne-Hoffman, field by field, as it came out of the cipher. */
#include "format/explain.h"
#include "proto/osborne_hoffman.h"

static void put_heartbeat(struct buf *out, const struct oh_shape *shape, const struct signal *s)
{
	explain_title(out, _("Osborne-Hoffman heartbeat"));
	explain_row(out, _("receiver"), s->receiver, NULL);
	explain_row(out, _("line"), s->line, NULL);
	explain_row(out, _("account"), s->account, NULL);
	explain_some(out, _("panel's id"), shape->id, NULL);
}

static void put_event(struct buf *out, const struct oh_shape *shape, const struct signal *s, enum language language)
{
	struct oh_tail tail = oh_tail(shape->body);
	explain_title(out, _("Osborne-Hoffman event"));
	explain_length(out, _("length"), shape->length, shape->n ? shape->n - 2 : 0);
	if (s->token.n == 0) {
		explain_row(out, _("message"), s->frame, NULL);
		return;
	}
	explain_row(out, _("token"), s->token, s->format ? _(s->format->title) : NULL);
	explain_optional(out, _("sequence"), s->seq.n, s->seq);
	explain_optional(out, _("receiver"), s->has_receiver, s->receiver);
	explain_optional(out, _("line"), s->has_line, s->line);
	explain_optional(out, _("data account"), s->inner_account.n, s->inner_account);
	if (s->format && s->payload.n)
		format_explain_parts(s->format, s->payload, language, out);
	else
		explain_optional(out, _("data"), s->payload.n, s->payload);
	explain_some(out, _("panel's account"), tail.panel_account, NULL);
	explain_some(out, _("panel's id"), tail.panel_id, _("(under the connection's key)"));
}

static void put_time(struct buf *out, msec sent)
{
	struct buf time = { 0 };
	if (sent == CLOCK_NONE)
		return;
	clock_put(&time, sent);
	explain_row(out, _("panel's time"), buf_view(&time), NULL);
	buf_free(&time);
}

void oh_explain(struct span frame, const struct context *cx, enum language language, struct buf *out)
{
	const struct protocol *oh = protocol_find(SPAN("osborne-hoffman"));
	struct event_list list = { 0 };
	struct buf reply = { 0 };
	struct oh_shape shape;
	struct signal s;
	enum verdict v = oh->read(frame, &s);
	while (frame.n && oh_shape(frame, true, &shape) == V_NOT_MINE)
		frame = span_from(frame, 1);
	if (frame.n == 0) {
		explain_stranger(out, oh->neighbour(s.frame), s.frame);
		return;
	}
	if (s.poll)
		put_heartbeat(out, &shape, &s);
	else
		put_event(out, &shape, &s, language);
	put_time(out, s.sent);
	if (v == V_OK)
		oh->events(&s, language, &list);
	s.warnings |= explain_events(out, &list);
	if (s.poll)
		explain_say(out, _("event"), "%s", _("none: a link test"));
	explain_notes(out, s.warnings);
	oh->answer(&s, cx, v == V_OK ? A_ACK : A_NAK, &reply);
	explain_answer(out, buf_view(&reply));
	event_list_free(&list);
	buf_free(&reply);
}
