/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CESA 200 bauds, or SERIEE FSK 200: what French transmitters send.
 *
 *	12345 1 07 00000000
 *	|     | |  padding
 *	|     | code, agreed between installer and centre
 *	|     0 a voice session follows, 1 new, 2 its end,
 *	|     3 alarm and 4 normal, as the cyclic test finds it
 *	account: the transmitter's code */
#include "event/explain.h"
#include "format/digits.h"

static const struct code listen_row = { "", ON_NONE, "status", "", "audio", 2, "",
                                        { "A voice session follows", "Écoute ou interphonie à suivre" } };
static const struct code normal_row = { "", ON_NONE, "test", "", "test", 0, "",
                                        { "Cyclic test: normal", "Test cyclique : état normal" } };

static const struct type {
	const char *qualifier;
	const struct code *row;		/* NULL: as its code means, which nobody has told us */
} types[] = { { NULL, &listen_row }, { "E", NULL }, { "R", NULL }, { "P", NULL }, { NULL, &normal_row } };

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	uint8_t packed[DIGITS_MOST];
	struct span s = digits_pack(span_trim(payload), packed);
	if (s.n != 16)
		return format_refuse(list, V_NOT_MINE, s.n ? BAD_LENGTH : NO_REASON);
	if (s.p[5] < '0' || s.p[5] > '4')
		return format_refuse(list, V_MALFORMED, BAD_TYPE);
	if (!span_is(span_from(s, 8), "00000000"))
		return format_refuse(list, V_MALFORMED, BAD_SYNTAX);
	const struct type *type = &types[s.p[5] - '0'];
	struct event *ev = event_list_add(list);
	digits_set(ev, F_ACCOUNT, span_sub(s, 0, 5));
	event_puts(ev, F_FORMAT, "cesa200");
	event_set(ev, F_CODE, span_sub(s, 6, 2));
	format_classify(ev, type->row, false, language);
	ev->type = (char)s.p[5];
	ev->fixed = type->row;
	if (type->qualifier)
		event_puts(ev, F_QUALIFIER, type->qualifier);
	if (type->row == &listen_row)
		event_data(ev, SPAN("listen_in"), SPAN("true"));
	event_data(ev, SPAN("event_type"), span_sub(s, 5, 1));
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaaaxee00000000", NULL };
	static const char *const words[] = {
		N_("a voice session follows"), N_("new"), N_("its end"), N_("alarm, found by the cyclic test"), N_("normal, found by the cyclic test"),
	};
	uint8_t packed[DIGITS_MOST];
	struct span type = span_sub(digits_pack(span_trim(payload), packed), 5, 1);
	(void)language;
	digits_explain(payload, drawings, out);
	if (type.n)
		explain_row(out, _("type"), type, type.p[0] >= '0' && type.p[0] <= '4' ? _(words[type.p[0] - '0']) : _("WRONG: no such type"));
}

const struct format format_cesa200 = {
	.name = "cesa200", .title = N_("CESA 200 bauds (SERIEE FSK 200)"),
	.coverage = N_("complete; what a code means is agreed with the centre"), .decode = decode,
	.explain = explain,
};
