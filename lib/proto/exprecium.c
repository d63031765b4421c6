/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCDI Exprecium, its own text output: one line for each report, ended by CR,
 * with time, date, receiver, line and account in a layout that is not public.
 *
 * Each line reaches a person as it is; a line of nothing but @ is the sign of
 * life.  The receiver repeats every 2 s until it reads 06, and knows no other
 * answer.  Its imitations of the 685 and of Sur-Gard are read as those. */
#include "proto/receiver.h"

#define MOST 512

static enum verdict parse(struct span text, struct receiver_record *r)
{
	struct span words = span_trim(text);
	if (words.n == 0 || !receiver_is_printed(text))
		return receiver_bad(r, WARN(WIDTH_BAD));
	r->format = "text";
	r->what = span_is(words, "@") ? RX_HEARTBEAT : RX_EVENT;
	r->text = words;
	return V_OK;
}

static bool begins(struct span s)
{
	return s.n && s.p[0] > ' ' && s.p[0] != 0x7F;
}

static bool is_fill(uint8_t c)
{
	return c <= ' ';
}

static ptrdiff_t end(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\r' || s.p[i] == '\n')
			return (ptrdiff_t)i;
	return -1;
}

static void answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	if (a != A_NAK)
		receiver_answer(s, cx, a, out);
}

static const char *const drawings[] = { "*", NULL };

static const struct receiver_borders borders = {
	.most = MOST, .is_fill = is_fill, .end = end, .begins = begins, .parse = parse, .drawings = drawings,
	.wait = N_("2 s; then it sends the record again, without end"),
};

RECEIVER_PROTOCOL_ANSWERED(exprecium, "exprecium", N_("MCDI Exprecium, text"),
                           N_("partial: a line is handed on as text, its columns are not public"), borders, receiver_stranger, answer,
                           .proof = BY_NOTHING);
