/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ademco Express, 4/1 and 4/2 (4x2) in DTMF.
 *
 *	1234 17 3 9	account, 17, event, check digit
 *	1234 27 31 7	account, 27, event of two digits, check digit
 *
 * Some panels leave the check digit away.  What an event means is agreed
 * between installer and centre. */
#include "format/digits.h"

static const struct variant {
	const char *type, *name;
	size_t event;
} variants[] = { { "17", "4/1", 1 }, { "27", "4/2", 2 } };

static const struct variant *variant_of(struct span type)
{
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
		if (span_is(type, variants[i].type))
			return &variants[i];
	return NULL;
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	uint8_t packed[DIGITS_MOST];
	struct span s = digits_pack(span_trim(payload), packed);
	const struct variant *variant = variant_of(span_sub(s, 4, 2));
	if (!variant || s.n < 6 + variant->event || s.n > 7 + variant->event)
		return format_refuse(list, V_NOT_MINE, variant ? BAD_LENGTH : s.n ? BAD_TYPE : NO_REASON);
	bool checked = s.n == 7 + variant->event;
	if (checked && !digits_check(s))
		return V_BAD_CHECK;
	struct event *ev = digits_event(list, "ademco-express", span_sub(s, 0, 4), span_sub(s, 6, variant->event), language);
	event_data(ev, SPAN("variant"), span_str(variant->name));
	ev->checked = checked;
	ev->warnings |= checked ? 0 : WARN(CHECK_MISSING);
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaa17es", "aaaa27ees", "aaaa17e", "aaaa27ee", NULL };
	uint8_t packed[DIGITS_MOST];
	struct span s = digits_pack(span_trim(payload), packed);
	const struct variant *variant = variant_of(span_sub(s, 4, 2));
	(void)language;
	digits_explain(payload, drawings, out);
	if (variant && s.n == 7 + variant->event)
		digits_explain_sum(s, out);
}

const struct format format_ademco_express = {
	.name = "ademco-express", .title = N_("Ademco Express 4/1 and 4/2"),
	.coverage = N_("complete; what an event digit means is agreed with the centre"), .proof = BY_CHECK_DIGIT,
	.decode = decode,
	.explain = explain,
};
