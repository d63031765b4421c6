/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Surtec, as receivers hand it on.
 *
 *	1234 82		account, event
 *	1234 8209	09 behind it: the event is over
 *	1234 828209	several in a row
 *
 * Two digits are one event, and what they mean is agreed between installer
 * and centre.  09 with nothing before it is an event like others. */
#include "event/drawing.h"
#include "format/digits.h"

#define EVENTS 32	/* a line is shorter */

static bool is_end(struct span digits, size_t at)
{
	return span_is(span_sub(digits, at, 2), "09");
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct span rest = span_trim(payload), account, digits;
	if (!span_word(&rest, &account) || !span_word(&rest, &digits) || span_trim(rest).n || account.n < 3 || account.n > 6)
		return V_NOT_MINE;
	for (size_t i = 0; i < digits.n; i++)
		if (!is_digit(digits.p[i]))
			return V_NOT_MINE;
	if (!digits_only(account) || digits.n % 2 || digits.n > 2 * EVENTS)
		return V_NOT_MINE;
	for (size_t at = 0; at < digits.n; at += 2) {
		bool over = is_end(digits, at + 2);
		struct event *ev = digits_event(list, "surtec", account, span_sub(digits, at, 2), language);
		event_puts(ev, F_QUALIFIER, over ? "R" : "E");
		ev->warnings |= WARN(CHECK_MISSING);
		at += over ? 2 : 0;
	}
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "a+ ee*", NULL };
	(void)language;
	drawing_explain(out, drawings, span_trim(payload));
}

const struct format format_surtec = {
	.name = "surtec", .title = N_("Surtec"),
	.coverage = N_("partial: as receivers hand it on; the rest is not public"), .decode = decode, .explain = explain,
};
