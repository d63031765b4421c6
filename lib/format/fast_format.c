/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scancom, or Fast Format: account, channels, status.
 *
 *	1234 5515 5555 7
 *	|    |         status: 7 alarms and openings, 8 a trouble is present, 9 test
 *	|    8, 16 or 24 channels, a digit each: channels.h
 *	account, 4 to 6 digits
 *
 * There is no check digit; that all digits are in their range is the check,
 * and a second round behind a blank, where the receiver kept it. */
#include <stdio.h>

#include "event/explain.h"
#include "format/channels.h"

/* The usual plan, as Visonic and most others leave the works.  It can be
 * programmed, and what this panel calls a cancel or a trouble may be an
 * alarm at the next site: none of them is less than that. */
static const struct code plan[] = {
	{ "1", ON_NONE, "alarm", "restoral", "fire", 4, "", { "Fire", "Alarme incendie" } },
	{ "2", ON_NONE, "alarm", "restoral", "holdup", 4, "", { "Personal attack", "Alarme agression" } },
	{ "3", ON_NONE, "alarm", "restoral", "burglary", 3, "", { "Intrusion", "Alarme intrusion" } },
	{ "4", ON_NONE, "alarm", "restoral", "untyped", 3, "", { "Alarm on the arming channel", "Alarme sur la voie de mise en service" } },
	{ "5", ON_NONE, "cancel", "restoral", "untyped", 3, "", { "Cancel", "Annulation" } },
	{ "6", ON_NONE, "alarm", "restoral", "emergency", 4, "", { "Emergency or medical alarm", "Appel d'urgence ou alarme médicale" } },
	{ "7", ON_NONE, "alarm", "restoral", "burglary", 3, "", { "Second alarm (confirmed)", "Seconde alarme (confirmée)" } },
	{ "8", ON_NONE, "trouble", "trouble_restoral", "system", 3, "", { "Trouble", "Défaut" } },
};

static const struct code statuses[] = {
	{ "7", ON_NONE, "status", "", "system", 0, "", { "All channels normal", "Toutes les voies au repos" } },
	{ "8", ON_NONE, "trouble", "", "system", 2, "", { "A trouble is present", "Un défaut est présent" } },
	{ "9", ON_NONE, "test", "", "test", 0, "", { "Test", "Test cyclique" } },
};

static const struct code *meaning(unsigned number)
{
	return number <= sizeof plan / sizeof *plan ? &plan[number - 1] : NULL;
}

static const struct code *row_of(struct span channel)
{
	for (size_t i = 0; i < sizeof plan / sizeof *plan; i++)
		if (span_is(channel, plan[i].code))
			return &plan[i];
	return NULL;
}

/* Eight channels more are eight digits more, and three lengths of account leave no doubt. */
static enum verdict lay_out(struct span digits, struct channels *m)
{
	size_t channels = (digits.n - 5) / 8 * 8;
	size_t account = digits.n - 1 - channels;
	if (digits.n < 13 || account < 4 || account > 6 || channels > 24)
		return V_NOT_MINE;
	m->account = span_sub(digits, 0, account);
	m->channel = span_sub(digits, account, channels);
	m->status = digits.p[digits.n - 1];
	for (size_t i = 0; i < channels; i++)
		if (m->channel.p[i] < '1' || m->channel.p[i] > '6')
			return V_MALFORMED;
	return m->status >= '7' && m->status <= '9' ? V_OK : V_MALFORMED;
}

/* Two rounds, each written without blanks, which are whole messages both. */
static bool two_rounds(struct span payload, struct span *first, struct span *second)
{
	struct channels m;
	return span_word(&payload, first) && span_word(&payload, second) && span_trim(payload).n == 0 && digits_only(*first) &&
	       digits_only(*second) && first->n == second->n && lay_out(*first, &m) != V_NOT_MINE;
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	uint8_t packed[DIGITS_MOST];
	struct channels m = { .format = "fast-format", .meaning = meaning };
	unsigned began = list->n;
	struct span first, second;
	m.checked = two_rounds(payload, &first, &second);
	if (m.checked && !span_eq(first, second))
		return format_refuse(list, V_BAD_CHECK, ROUNDS_DIFFER);
	struct span digits = m.checked ? first : digits_pack(span_trim(payload), packed);
	enum verdict v = lay_out(digits, &m);
	if (v != V_OK)
		return format_refuse(list, v, v == V_MALFORMED ? BAD_CHANNEL : digits.n ? BAD_LENGTH : NO_REASON);
	channels_events(&m, 1, language, list);
	if (m.status != '7' || list->n == began)
		channels_whole(&m, &statuses[m.status - '7'], false, language, list);
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaacccccccck", "aaaaacccccccck", "aaaaaacccccccck", NULL };
	uint8_t packed[DIGITS_MOST];
	struct channels m = { 0 };
	struct span first, second;
	if (two_rounds(payload, &first, &second)) {
		char label[32];
		snprintf(label, sizeof label, _("round %u"), 2);
		explain_row(out, label, second, span_eq(first, second) ? _("as the first") : _("DIFFERS from the first"));
		payload = first;
	}
	if (lay_out(digits_pack(span_trim(payload), packed), &m) == V_NOT_MINE) {
		digits_explain(payload, drawings, out);
		return;
	}
	bool known = m.status >= '7' && m.status <= '9';
	channels_explain(&m, 1, known ? statuses[m.status - '7'].label[language] : NULL, out);
}

const struct format format_fast_format = {
	.name = "fast-format", .title = N_("Fast Format (Scancom)"),
	.coverage = N_("complete; what a channel means is the usual plan, which can be programmed"),
	.proof = BY_ROUNDS, .row = row_of, .decode = decode, .explain = explain,
};
