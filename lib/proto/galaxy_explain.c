/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Galaxy sent, block by block. */
#include "event/explain.h"
#include "format/sia_block.h"
#include "proto/galaxy.h"

static void put_path_check(struct buf *out, const struct signal *s)
{
	explain_row(out, _("account"), s->account, NULL);
	if (s->interval > 0)
		explain_say(out, _("interval"), _("%lld seconds"), (long long)(s->interval / SECOND));
	else
		explain_say(out, _("interval"), "%s", _("switched off in the panel"));
}

void galaxy_explain(struct span frame, const struct context *cx, enum language language, struct buf *out)
{
	const struct protocol *galaxy = protocol_find(SPAN("galaxy"));
	struct event_list list = { 0 };
	struct buf reply = { 0 };
	struct signal s;
	enum verdict v = galaxy->read(frame, &s);
	explain_title(out, s.zeros_in_front ? _("Galaxy path check") : _("Galaxy session"));
	if (s.zeros_in_front)
		put_path_check(out, &s);
	else if (s.payload.p == s.frame.p || v != V_OK)
		sia_block_explain(frame, language, out);
	else
		explain_row(out, _("message"), s.frame, NULL);
	if (v != V_NOT_MINE) {
		galaxy->events(&s, language, &list);
		s.warnings |= explain_events(out, &list);
		if (list.n == 0)
			explain_say(out, _("event"), "%s", s.zeros_in_front ? _("none: a link test") : _("none"));
	}
	explain_notes(out, s.warnings);
	galaxy->answer(&s, cx, v == V_OK ? A_ACK : A_NAK, &reply);
	explain_answer(out, buf_view(&reply));
	event_list_free(&list);
	buf_free(&reply);
}
