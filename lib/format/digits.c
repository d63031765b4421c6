/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/digits.h"

struct span digits_pack(struct span s, uint8_t out[static DIGITS_MOST])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ' || s.p[i] == '\t')
			continue;
		if (!is_hex(s.p[i]) || n == DIGITS_MOST)
			return (struct span){ 0 };
		out[n++] = s.p[i];
	}
	return span_of(out, n);
}

void digits_set(struct event *ev, enum field f, struct span digits)
{
	struct buf *text = &ev->list->text;
	event_set(ev, f, digits);
	for (size_t i = text->n - digits.n; i < text->n; i++)
		if ((text->p[i] | 0x20) == 'a') {
			text->p[i] = '0';
			ev->warnings |= WARN(DIGIT_A);
		}
}

struct event *digits_event(struct event_list *list, const char *format, struct span account, struct span code,
                           enum language language)
{
	struct event *ev = event_list_add(list);
	digits_set(ev, F_ACCOUNT, account);
	event_puts(ev, F_FORMAT, format);
	digits_set(ev, F_CODE, code);
	format_classify(ev, NULL, false, language);
	return ev;
}
