/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Galaxy sent, block by block. */
#include "event/explain.h"
#include "format/sia_block.h"
#include "proto/galaxy.h"

static const char *name_of(uint8_t function)
{
	switch (function) {
	case '#': return _("account");
	case '&': return _("account behind");
	case 'N': return _("new event");
	case 'O': return _("old event");
	case 'A': return _("text");
	case '0': return _("end of data");
	default: return _("block");
	}
}

static uint8_t parity_of(struct span block)
{
	uint8_t all = 0xFF;
	for (size_t i = 0; i + 1 < block.n; i++)
		all ^= block.p[i];
	return all;
}

/* Its name, its data and, where it is wrong, its parity. */
static void put_block(struct buf *out, const struct sia_block *b, bool sound)
{
	bool named = memchr("#&NOA0", b->function, 6);
	explain_row(out, name_of(b->function), named ? span_from(b->content, 1) : b->content,
	            sound && !b->wants_answer ? _("(asks for no answer)") : NULL);
	if (!sound)
		explain_check(out, _("parity"), 2, b->whole.p[b->whole.n - 1], parity_of(b->whole));
}

static void put_blocks(struct buf *out, struct span rest)
{
	struct sia_block b;
	enum verdict v;
	while (rest.n) {
		if (rest.p[0] == '\0') {
			rest = span_from(rest, 1);
			continue;
		}
		v = sia_block_take(rest, &b);
		if (b.whole.n == 0)
			break;
		put_block(out, &b, v == V_OK);
		rest = span_from(rest, b.whole.n);
	}
	if (rest.n)
		explain_bytes(out, _("cut off"), rest, NULL);
}

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
	explain_title(out, s.poll ? _("Galaxy path check") : _("Galaxy session"));
	if (s.poll)
		put_path_check(out, &s);
	else if (s.payload.p == s.frame.p || v != V_OK)
		put_blocks(out, frame);
	else
		explain_row(out, _("message"), s.frame, NULL);
	if (v != V_NOT_MINE) {
		galaxy->events(&s, language, &list);
		s.warnings |= explain_events(out, &list);
		if (list.n == 0)
			explain_say(out, _("event"), "%s", s.poll ? _("none: a link test") : _("none"));
	}
	explain_notes(out, s.warnings);
	galaxy->answer(&s, cx, v == V_OK ? A_ACK : A_NAK, &reply);
	explain_answer(out, buf_view(&reply));
	event_list_free(&list);
	buf_free(&reply);
}
