/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Robofon 8, as receivers hand it on: six digits of account, two of event.
 * On the line a check byte follows that nobody has described; the receiver
 * has compared it. */
#include "format/digits.h"

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	uint8_t packed[DIGITS_MOST];
	struct span s = digits_pack(span_trim(payload), packed);
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return V_NOT_MINE;
	if (s.n != 8)
		return V_NOT_MINE;
	struct event *ev = digits_event(list, "robofon", span_sub(s, 0, 6), span_sub(s, 6, 2), language);
	ev->warnings |= WARN(CHECK_MISSING);
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaaaaee", NULL };
	(void)language;
	digits_explain(payload, drawings, out);
}

const struct format format_robofon = {
	.name = "robofon", .title = N_("Robofon 8"),
	.coverage = N_("partial: as receivers hand it on; the rest is not public"), .decode = decode,
	.explain = explain,
};
