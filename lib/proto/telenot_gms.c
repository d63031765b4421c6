/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telenot GMS on its serial line: the frames of FT 1.2 that lib/format/telenot.c
 * reads.  The panel sends data (C 73) or polls (C 40) and waits for
 *
 *	68 02 02 68 00 A CS 16	C 00 taken; low nibble 1: not taken
 *
 * A is the address that was set in the panel. */
#include "format/vds.h"
#include "proto/proto.h"

#define HEAD 4		/* 68 L L 68 */
#define AROUND 6	/* and CS 16 */
#define LEAST 2		/* C and A */

enum { START = 0x68, END = 0x16, C_TAKEN = 0x00, C_REFUSED = 0x01, C_POLL = 0x40, C_DATA = 0x73 };

/* As far as the bytes are there. */
static bool begins(struct span s)
{
	return s.n && s.p[0] == START && (s.n < 2 || s.p[1] >= LEAST) && (s.n < 3 || s.p[2] == s.p[1]) &&
	       (s.n < 4 || s.p[3] == START);
}

/* Where a frame could begin behind the first byte. */
static size_t next_begin(struct span s)
{
	size_t at = 1;
	while (at < s.n && !begins(span_from(s, at)))
		at++;
	return at;
}

static bool fits(struct span frame)
{
	return frame.p[frame.n - 1] == END && frame.p[frame.n - 2] == vds_sum(span_sub(frame, HEAD, frame.n - AROUND));
}

static enum verdict frame(struct span in, bool at_end, struct span *cut)
{
	size_t n = in.n > 1 ? in.p[1] + (size_t)AROUND : AROUND;
	*cut = span_sub(in, 0, in.n ? next_begin(in) : 0);
	if (!begins(in))
		return V_NOT_MINE;
	if (in.n < n && !at_end) {
		cut->n = 0;
		return V_MORE;
	}
	if (in.n < n || !fits(span_sub(in, 0, n)))
		return V_BAD_CHECK;
	*cut = span_sub(in, 0, n);
	return V_OK;
}

static enum verdict read(struct span bytes, struct signal *s)
{
	*s = (struct signal){ .frame = bytes, .sent = CLOCK_NONE, .format = format_find(SPAN("telenot")), .payload = bytes };
	if (bytes.n < HEAD || !begins(bytes))
		return V_NOT_MINE;
	if (bytes.n != bytes.p[1] + (size_t)AROUND || !fits(bytes)) {
		s->warnings = WARN(CHECK_BYTE);
		return V_BAD_CHECK;
	}
	struct span records = span_sub(bytes, HEAD + LEAST, bytes.n - AROUND - LEAST);
	struct span named = vds_find(records, R_IDENTIFICATION);
	s->inner_account = span_of(s->digits, vds_account(named, s->digits, sizeof s->digits));
	s->is_answer = (bytes.p[HEAD] & 0xFE) == C_TAKEN;
	s->poll = !s->is_answer && records.n == 0;
	s->of_receiver = s->poll;
	s->content = s->identity = records;
	return V_OK;
}

static void answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	uint8_t station = s->frame.n > HEAD + 1 ? s->frame.p[HEAD + 1] : 2;
	uint8_t control = a == A_NAK ? C_REFUSED : C_TAKEN;
	const uint8_t bytes[] = { START, LEAST, LEAST, START, control, station, (uint8_t)(control + station), END };
	(void)cx;
	if (a != A_NONE && !s->is_answer)
		buf_add(out, bytes, sizeof bytes);
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	if (s->poll || s->is_answer)
		return V_OK;
	enum verdict v = s->format->decode(s->payload, language, list);
	if (v != V_OK) {
		struct event *ev = event_list_add(list);
		ev->unreadable = true;
		ev->warnings = WARN(STRUCTURE_BAD);
		event_set(ev, F_TEXT, s->payload);
	}
	for (unsigned i = began; i < list->n; i++)
		event_puts(&list->event[i], F_PROTO, "telenot-gms");
	return V_OK;
}

const struct protocol protocol_telenot_gms = {
	.name = "telenot-gms", .title = N_("Telenot GMS on a serial line (FT 1.2)"), .coverage = N_("partial: as the language vds"),
	.proof = BY_SUM,
	.most = 261, .frame = frame, .read = read, .events = events, .answer = answer,
	.one_at_a_time = true, .refuses_damage = true,
};
