/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pulse formats: digits as counted bursts.  A panel sends each message
 * twice and the receiver compares; rounds stand between blanks.
 *
 *	1233 1233		3+1: account, event
 *	12343 12343		4+1
 *	123431 123431		4+2
 *	1233 3335		extended: the event three times, then zone or user
 *
 * No event digit has a standard meaning: installer and centre agree on it. */
#include <stdio.h>

#include "event/explain.h"
#include "format/digits.h"

struct message {
	struct span account, event, number;
	const char *variant;
	unsigned rounds;
};

static const struct layout {
	size_t account, event;
	const char *plain, *extended;
} layouts[] = { { 3, 1, "3+1", "3+1 extended" }, { 4, 1, "4+1", "4+1 extended" }, { 4, 2, "4+2", NULL } };

static const struct layout *layout_of(struct span round)
{
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		if (round.n == layouts[i].account + layouts[i].event)
			return &layouts[i];
	return NULL;
}

/* The second round of an extended message. */
static bool extends(struct span round, struct span event)
{
	return event.n == 1 && round.n == 4 && round.p[0] == event.p[0] && round.p[1] == event.p[0] && round.p[2] == event.p[0];
}

static void lay_out(struct message *m, const struct layout *layout, struct span round)
{
	m->account = span_sub(round, 0, layout->account);
	m->event = span_from(round, layout->account);
	m->variant = layout->plain;
}

static enum verdict read_rounds(struct span payload, struct message *m)
{
	struct span first = { 0 }, round, other = { 0 };
	while (span_word(&payload, &round)) {
		if (!digits_only(round))
			return V_NOT_MINE;
		if (m->rounds++ == 0)
			first = round;
		else if (!span_eq_nocase(round, first))
			other = round;
	}
	const struct layout *layout = layout_of(first);
	if (!layout)
		return V_NOT_MINE;
	lay_out(m, layout, first);
	if (other.n == 0)
		return V_OK;
	if (m->rounds != 2 || !extends(other, m->event))
		return V_BAD_CHECK;
	m->variant = layout->extended;
	m->number = span_from(other, 3);
	return V_OK;
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct message m = { 0 };
	enum verdict v = read_rounds(span_trim(payload), &m);
	if (v != V_OK)
		return format_refuse(list, v, v == V_BAD_CHECK ? ROUNDS_DIFFER : m.rounds && digits_only(span_trim(payload)) ? BAD_LENGTH : NO_REASON);
	struct event *ev = digits_event(list, "pulse", m.account, m.event, language);
	format_number(ev, m.number);
	event_data(ev, SPAN("variant"), span_str(m.variant));
	ev->checked = m.rounds > 1;
	if (!ev->checked)
		ev->warnings |= WARN(CHECK_MISSING);
	return V_OK;
}

/* The digits of a round that the line has changed are few. */
static bool alike(struct span a, struct span b)
{
	size_t differ = 0;
	for (size_t i = 0; a.n == b.n && i < a.n; i++)
		differ += a.p[i] != b.p[i];
	return a.n == b.n && differ <= a.n / 2;
}

static bool resembles(struct span payload)
{
	struct span first, round;
	bool all = span_word(&payload, &first);
	while (all && span_word(&payload, &round))
		all = alike(first, round);
	return all;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaae", "aaae", "aaaaee", NULL };
	struct message m = { 0 };
	struct span rest = span_trim(payload), round, first = { 0 };
	char label[32];
	(void)language;
	bool sound = read_rounds(rest, &m) == V_OK;
	for (unsigned number = 1; span_word(&rest, &round); number++) {
		const char *note = number == 1 ? NULL : span_eq_nocase(round, first) ? _("as the first")
		                 : sound ? _("extends the first") : _("DIFFERS from the first");
		if (number == 1)
			first = round;
		snprintf(label, sizeof label, _("round %u"), number);
		explain_row(out, label, round, note);
	}
	digits_explain(first, drawings, out);
	if (!sound)
		return;
	explain_row(out, _("type"), span_str(m.variant), m.rounds == 1 ? _("one round: nothing to check it by") : NULL);
	explain_some(out, _("zone or user"), m.number, NULL);
}

const struct format format_pulse = {
	.name = "pulse", .title = N_("pulse 3+1, 4+1, 4+2 and extended"),
	.coverage = N_("complete; what an event digit means is agreed with the centre"), .proof = BY_ROUNDS,
	.resembles = resembles, .decode = decode,
	.explain = explain,
};
