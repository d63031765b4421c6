/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/explain.h"

#include "format/explain.h"

void protocol_explain_events(const struct protocol *p, const struct signal *s, enum language language, struct buf *out)
{
	struct event_list list = { 0 };
	p->events(s, language, &list);
	warnings all = s->warnings | explain_events(out, &list);
	if (list.n == 0)
		explain_say(out, _("event"), "%s", s->is_answer ? _("none: an answer") : _("none: a link test"));
	explain_notes(out, all);
	event_list_free(&list);
}

void protocol_explain_answer(const struct protocol *p, const struct signal *s, const struct context *cx, enum answer a,
                             struct buf *out)
{
	struct buf reply = { 0 };
	if (!s->is_answer)
		p->answer(s, cx, a, &reply);
	explain_answer(out, buf_view(&reply));
	buf_free(&reply);
}

static bool opens(const struct protocol *p, struct signal *s, const struct context *cx)
{
	if (!s->encrypted)
		return true;
	return cx->clear.p ? p->content(s, cx) == V_OK : cx->key && p->open(s, cx) == V_OK;
}

static void put_header(struct buf *out, const struct signal *s)
{
	explain_some(out, _("token"), s->token, NULL);
	explain_some(out, _("sequence"), s->seq, NULL);
	explain_some(out, _("receiver"), s->receiver, NULL);
	explain_some(out, _("line"), s->line, NULL);
	explain_some(out, _("account"), s->account, NULL);
	explain_some(out, _("data account"), s->inner_account, NULL);
}

static void put_content(struct buf *out, const struct signal *s, enum language language)
{
	struct buf time = { 0 };
	if (s->format && s->payload.n)
		format_explain_parts(s->format, s->payload, language, out);
	else
		explain_some(out, _("data"), s->payload, NULL);
	if (s->sent != CLOCK_NONE) {
		clock_put(&time, s->sent);
		explain_row(out, _("panel's time"), buf_view(&time), NULL);
	}
	buf_free(&time);
}

static void explain_plainly(const struct protocol *p, struct span frame, const struct context *cx, enum language language,
                            struct buf *out)
{
	struct signal s;
	enum verdict v = p->read(frame, &s);
	if (v == V_NOT_MINE) {
		explain_stranger(out, p->neighbour ? p->neighbour(frame) : NULL, frame);
		return;
	}
	explain_title(out, _(p->title));
	if (!span_eq(s.payload, frame))
		explain_frame(out, frame);
	bool open = opens(p, &s, cx);
	put_header(out, &s);
	if (!open)
		explain_say(out, _("data"), "%s", cx->key ? _("encrypted: our key does not open it") : _("encrypted: no key for this account"));
	if (open && v == V_OK) {
		put_content(out, &s, language);
		protocol_explain_events(p, &s, language, out);
	} else {
		explain_notes(out, s.warnings ? s.warnings : v == V_MALFORMED ? WARN(STRUCTURE_BAD) : 0);
	}
	protocol_explain_answer(p, &s, cx, v != V_OK ? p->refuses_damage ? A_NAK : A_NONE : open ? A_ACK : A_DUH, out);
}

void protocol_explain(const struct protocol *p, struct span frame, const struct context *cx, enum language language,
                      struct buf *out)
{
	if (p->explain)
		p->explain(frame, cx, language, out);
	else
		explain_plainly(p, frame, cx, language, out);
}
