/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ademco High Speed and Super Fast in DTMF: channels and a status digit.
 *
 *	1234 55 55155555 7 C	account, 55, eight channels, status, check digit
 *	1234 56 55155555 7	Super Fast: no check digit
 *	1234 55155555 7		as it was before types: 8, 16 or 24 channels
 *
 * At an opening (status 2) and a closing (4) channel 1 is the user. */
#include "event/explain.h"
#include "format/channels.h"

static const struct code arming = { "", ON_USER, "opening", "closing", "arming", 0, "",
                                    { "Disarmed by user / Armed by user",
                                      "Mise hors service par un utilisateur / Mise en service par un utilisateur" } };

static const struct code statuses[] = {
	['1'] = { "", ON_NONE, "alarm", "", "duress", 4, "", { "Duress", "Contrainte" } },
	['3'] = { "", ON_NONE, "bypass", "", "untyped", 1, "", { "Bypass", "Zone isolée (éjectée)" } },
	['5'] = { "", ON_NONE, "trouble", "", "untyped", 2, "", { "Zone trouble", "Défaut de zone" } },
	['6'] = { "", ON_NONE, "trouble", "", "system", 2, "", { "System trouble", "Défaut système" } },
	['7'] = { "", ON_NONE, "status", "", "system", 0, "", { "All channels normal", "Toutes les voies au repos" } },
	['8'] = { "", ON_NONE, "trouble", "", "battery", 2, "", { "Battery low", "Batterie basse" } },
	['9'] = { "", ON_NONE, "test", "", "test", 0, "", { "Test", "Test cyclique" } },
};

static bool is_arming(uint8_t status)
{
	return status == '2' || status == '4';
}

const struct code *ademco_hs_status(uint8_t status)
{
	const struct code *row = status < sizeof statuses / sizeof *statuses ? &statuses[status] : NULL;
	return row && row->kind ? row : NULL;
}

/* Account, type, channels, status: false when the digits are none of ours. */
static bool lay_out(struct span s, struct channels *m)
{
	struct span type = span_sub(s, 4, 2);
	size_t before = 4, behind = 0;
	if (s.n == 16 && span_is(type, "55")) {
		m->variant = "high-speed";
		before = 6;
		behind = 1;
	} else if (s.n == 15 && span_is(type, "56")) {
		m->variant = "super-fast";
		before = 6;
	} else if (s.n == 13 || s.n == 21 || s.n == 29) {
		m->variant = "untyped";
	} else {
		return false;
	}
	m->account = span_sub(s, 0, 4);
	m->channel = span_sub(s, before, s.n - before - 1 - behind);
	m->status = s.p[s.n - 1 - behind];
	m->warnings = behind ? 0 : WARN(CHECK_MISSING);
	m->checked = behind;
	return true;
}

static enum verdict check(const struct channels *m)
{
	for (size_t i = is_arming(m->status); i < m->channel.n; i++)
		if (m->channel.p[i] < '0' || m->channel.p[i] > '6')
			return V_MALFORMED;
	return is_digit(m->status) ? V_OK : V_MALFORMED;
}

static void whole_event(const struct channels *m, enum language language, struct event_list *list)
{
	if (is_arming(m->status)) {
		bool closing = m->status == '4';
		struct event *ev = channels_whole(m, &arming, closing, language, list);
		event_puts(ev, F_QUALIFIER, closing ? "R" : "E");
		format_number(ev, span_sub(m->channel, 0, 1));
	} else {
		channels_whole(m, ademco_hs_status(m->status), false, language, list);
	}
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	uint8_t packed[DIGITS_MOST];
	struct channels m = { .format = "ademco-hs" };
	struct span digits = digits_pack(span_trim(payload), packed);
	unsigned began = list->n;
	if (!lay_out(digits, &m))
		return format_refuse(list, V_NOT_MINE, digits.n ? BAD_LENGTH : NO_REASON);
	if (!m.warnings && !digits_check(digits))
		return V_BAD_CHECK;
	enum verdict v = check(&m);
	if (v != V_OK)
		return format_refuse(list, v, BAD_CHANNEL);
	channels_events(&m, is_arming(m.status) ? 2 : 1, language, list);
	if (m.status != '7' || list->n == began)
		whole_event(&m, language, list);
	return V_OK;
}

static const char *status_label(uint8_t status, enum language language)
{
	const struct code *row = is_arming(status) ? &arming : ademco_hs_status(status);
	return row ? row->label[language] : NULL;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaa55ccccccccks", "aaaa56cccccccck", "aaaacccccccck", NULL };
	uint8_t packed[DIGITS_MOST];
	struct channels m = { 0 };
	struct span digits = digits_pack(span_trim(payload), packed);
	if (!lay_out(digits, &m)) {
		digits_explain(payload, drawings, out);
		return;
	}
	explain_some(out, _("type"), m.channel.p == digits.p + 6 ? span_sub(digits, 4, 2) : (struct span){ 0 }, NULL);
	channels_explain(&m, is_arming(m.status) ? 2 : 1, status_label(m.status, language), out);
	if (digits.n == 16)
		digits_explain_sum(digits, out);
}

const struct format format_ademco_hs = {
	.name = "ademco-hs", .title = N_("Ademco High Speed and Super Fast"),
	.coverage = N_("complete; what a channel means is agreed with the centre"), .proof = BY_CHECK_DIGIT,
	.decode = decode,
	.explain = explain,
};
