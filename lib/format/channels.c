/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/channels.h"

#include <stdio.h>

#include "event/explain.h"

static const struct code alarm = { "", ON_NONE, "alarm", "restoral", "untyped", 3, "",
                                   { "Alarm on a channel", "Alarme sur une voie" } };
static const struct code trouble = { "", ON_NONE, "trouble", "trouble_restoral", "untyped", 2, "",
                                     { "Trouble on a channel", "Défaut sur une voie" } };
static const struct code arming = { "", ON_NONE, "opening", "closing", "arming", 0, "",
                                    { "Disarmed / Armed", "Mise hors service / Mise en service" } };

static const struct state {
	const char *word, *qualifier;
	const struct code *row;		/* NULL: as the channel means */
	const char *meaning;
} states[] = {
	['0'] = { "trouble", "E", &trouble, N_("new trouble") }, ['1'] = { "alarm", "E", NULL, N_("new alarm") },
	['2'] = { "open", "E", &arming, N_("opening") }, ['3'] = { "restored", "R", NULL, N_("restored") },
	['4'] = { "closed", "R", &arming, N_("closing") }, ['5'] = { NULL, NULL, NULL, N_("normal") },
	['6'] = { "still-in-alarm", "P", NULL, N_("still in alarm") },
};

static struct event *add(const struct channels *m, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	digits_set(ev, F_ACCOUNT, m->account);
	event_puts(ev, F_FORMAT, m->format);
	ev->warnings |= m->warnings;
	ev->checked = m->checked;
	if (m->variant)
		event_data(ev, SPAN("variant"), span_str(m->variant));
	event_data(ev, SPAN("channels"), m->channel);
	event_data(ev, SPAN("status"), span_of(&m->status, 1));
	return ev;
}

static void channel_event(const struct channels *m, unsigned number, const struct state *s, enum language language,
                          struct event_list *list)
{
	struct event *ev = add(m, list);
	const struct code *row = s->row, *planned = m->meaning ? m->meaning(number) : NULL;
	char text[12];
	snprintf(text, sizeof text, "%u", number);
	if (!row) {
		row = planned ? planned : &alarm;
		ev->warnings |= planned ? WARN(CHANNEL_PLAN) : 0;
	}
	ev->type = (char)m->channel.p[number - 1];
	ev->fixed = s->row;
	event_puts(ev, F_CODE, text);
	event_puts(ev, F_QUALIFIER, s->qualifier);
	format_classify(ev, row, s->qualifier[0] == 'R', language);
	event_data(ev, SPAN("channel"), span_str(text));
	event_data(ev, SPAN("state"), span_str(s->word));
	if (s->qualifier[0] == 'P')
		event_data(ev, SPAN("repeat"), SPAN("true"));
}

void channels_events(const struct channels *m, unsigned first, enum language language, struct event_list *list)
{
	for (unsigned number = first; number <= m->channel.n; number++) {
		uint8_t digit = m->channel.p[number - 1];
		if (digit < sizeof states / sizeof *states && states[digit].word)
			channel_event(m, number, &states[digit], language, list);
	}
}

struct event *channels_whole(const struct channels *m, const struct code *row, bool restored, enum language language,
                             struct event_list *list)
{
	struct event *ev = add(m, list);
	format_classify(ev, row, restored, language);
	return ev;
}

static const char *channel_meaning(uint8_t digit)
{
	bool known = digit < sizeof states / sizeof *states && states[digit].meaning;
	return known ? _(states[digit].meaning) : _("WRONG: no digit of a channel");
}

void channels_explain(const struct channels *m, unsigned first, const char *status, struct buf *out)
{
	char label[32];
	explain_row(out, _("account"), m->account, NULL);
	for (unsigned number = 1; number <= m->channel.n; number++) {
		struct span digit = span_sub(m->channel, number - 1, 1);
		snprintf(label, sizeof label, _("channel %u"), number);
		if (number < first)
			explain_row(out, _("user"), digit, NULL);
		else
			explain_row(out, label, digit, channel_meaning(digit.p[0]));
	}
	explain_row(out, _("status"), span_of(&m->status, 1), status ? status : _("WRONG: no such status"));
}
