/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digits as telephone panels send them, counted pulses or DTMF: hexadecimal
 * without A, the tenth being 0.  What the formats made of them share. */
#ifndef VIGIE_FORMAT_DIGITS_H
#define VIGIE_FORMAT_DIGITS_H

#include "format/format.h"
#include "util/hex.h"

static inline bool digits_only(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return s.n > 0;
}

/* 0 is sent as ten pulses, so it weighs ten: the last digit makes the sum of
 * all a multiple of fifteen. */
static inline bool digits_check(struct span digits)
{
	unsigned sum = 0;
	for (size_t i = 0; i < digits.n; i++) {
		int value = hex_digit(digits.p[i]);
		sum += value ? (unsigned)value : 10;
	}
	return sum % 15 == 0;
}

#define DIGITS_MOST 32

/* Copies what is no blank; empty when a character is no digit, or they are too many. */
struct span digits_pack(struct span s, uint8_t out[static DIGITS_MOST]);

/* Some receivers hand a zero on as A, which no panel dials: it is read as 0, with a warning. */
void digits_set(struct event *ev, enum field f, struct span digits);

/* Adds an event whose code means what installer and centre agreed on: kind undefined. */
struct event *digits_event(struct event_list *list, const char *format, struct span account, struct span code,
                           enum language language);

/* For a person: the digits without the blanks between them, held against
 * their layouts (event/drawing.h); and the sum that the last one completes. */
void digits_explain(struct span payload, const char *const drawings[], struct buf *out);
void digits_explain_sum(struct span digits, struct buf *out);

#endif
