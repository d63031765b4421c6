/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a DC-09 panel waits for, in the form that it spoke itself.
 *
 *	"ACK"0101R1L0#1002[]			number, R, L, account echoed as they came
 *	"*ACK"0101L0#1002[…			to what was encrypted: so is the answer
 *	"DUH"0101L0#1002[]			never encrypted
 *	"NAK"0000R0L0A0[]_12:00:00,01-31-2026	always this, with our time, never encrypted
 *
 * What the panel left out is left out: one that reads "R0" where it sent
 * nothing reports a line failure. */
#include "proto/dc09.h"

static void put_part(struct buf *out, bool present, uint8_t letter, struct span text)
{
	if (present) {
		buf_byte(out, letter);
		buf_span(out, text);
	}
}

static void put_address(struct buf *out, const struct signal *s)
{
	buf_span(out, s->seq);
	put_part(out, s->has_receiver, 'R', s->receiver);
	put_part(out, s->has_line, 'L', s->line);
	put_part(out, s->has_account, '#', s->account);
	buf_byte(out, '[');
}

static void put_nak(struct buf *out, const struct context *cx)
{
	buf_lit(out, "\"NAK\"0000R0L0A0[]");
	dc09_put_timestamp(out, cx->now);
}

void dc09_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	if (a == A_NONE)
		return;
	size_t began = dc09_begin(out, s->form);
	if (a == A_NAK) {
		put_nak(out, cx);
	} else if (a == A_ACK && s->encrypted && cx->key) {
		buf_lit(out, "\"*ACK\"");
		put_address(out, s);
		dc09_put_sealed(out, SPAN("]"), cx->now, cx->key, cx->pad);
	} else {
		buf_str(out, a == A_ACK ? "\"ACK\"" : "\"DUH\"");
		put_address(out, s);
		buf_byte(out, ']');
	}
	dc09_end(out, began, s->form);
}
