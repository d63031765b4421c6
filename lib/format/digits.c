/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/digits.h"

#include <stdio.h>

#include "event/drawing.h"

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

void digits_explain(struct span payload, const char *const drawings[], struct buf *out)
{
	struct buf digits = { 0 };
	for (size_t i = 0; i < payload.n; i++)
		if (payload.p[i] > ' ')
			buf_byte(&digits, payload.p[i]);
	drawing_explain(out, drawings, buf_view(&digits));
	buf_free(&digits);
}

static unsigned weight(uint8_t digit)
{
	int value = hex_digit(digit);
	return value > 0 ? (unsigned)value : 10;
}

void digits_explain_sum(struct span digits, struct buf *out)
{
	struct buf terms = { 0 };
	char note[96];
	unsigned sum = 0;
	for (size_t i = 0; i < digits.n; i++) {
		sum += weight(digits.p[i]);
		buf_printf(&terms, "%s%u", i ? "+" : "", weight(digits.p[i]));
	}
	unsigned lacking = 15 - (sum - (digits.n ? weight(digits.p[digits.n - 1]) : 0)) % 15;
	if (sum % 15 == 0)
		snprintf(note, sizeof note, _("= %u, a multiple of 15: right"), sum);
	else
		snprintf(note, sizeof note, _("= %u, WRONG: no multiple of 15; the check digit would be %X"), sum, lacking == 10 ? 0 : lacking);
	explain_row(out, _("sum"), buf_view(&terms), note);
	buf_free(&terms);
}
