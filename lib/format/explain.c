/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/explain.h"

void format_explain_parts(const struct format *f, struct span payload, enum language language, struct buf *out)
{
	if (f->binary)
		explain_bytes(out, _("data"), payload, NULL);
	else
		explain_row(out, _("data"), payload, payload.n ? NULL : _("(empty)"));
	if (f->explain)
		f->explain(payload, language, out);
}

void format_explain(const struct format *f, struct span payload, enum language language, struct buf *out)
{
	struct event_list list = { 0 };
	warnings notes = 0;
	explain_title(out, _(f->title));
	format_explain_parts(f, payload, language, out);
	enum verdict v = f->decode(payload, language, &list);
	if (v == V_OK && !f->explain)
		explain_some(out, _("account"), event_get(&list.event[0], F_ACCOUNT), NULL);
	if (v == V_OK)
		notes = explain_events(out, &list);
	else
		explain_say(out, _("event"), _("none: %s"), _(refusal_meaning(v, list.refusal)));
	explain_notes(out, notes);
	event_list_free(&list);
}
