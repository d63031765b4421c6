/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels that send the sixteen digits of Contact ID over TCP, as they would
 * dial them, each maker with something else around.
 *
 *	[AAAA 18QEEEGGZZZS]		Lupus; S may stand there itself.  Answer 06
 *	2AAAA18QEEEGGZZZS CR LF		Texecom.  Answer 2 06 CR LF
 *	AL00AAAA18QEEEGGZZZ##		dialers on GSM; what they wait for is not known */
#include "format/digits.h"
#include "proto/receiver.h"

#define ACCOUNT 4
#define EVENT 9		/* QEEEGGZZZ */

extern const struct protocol protocol_cid_line;

static const struct form {
	struct span begin;
	uint8_t end;		/* the byte that ends it, or both bytes where it is # */
	uint8_t account, type, event, check;	/* where they stand; check 0: none */
	uint8_t length;		/* without the last byte */
	struct span ack, nak;
} forms[] = {
	{ SPAN("["), ']', 1, 6, 8, 17, 18, SPAN("\x06"), SPAN("\x15") },
	{ SPAN("2"), '\n', 1, 5, 7, 16, 17, SPAN("2\x06\r\n"), SPAN("2\x15\r\n") },
	{ SPAN("AL00"), '#', 4, 8, 10, 0, 20, { 0 }, { 0 } },
};

static const struct form *form_of(struct span s)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (span_starts(s, span_sub(forms[i].begin, 0, s.n)) && s.n)
			return &forms[i];
	return NULL;
}

static bool is_fill(uint8_t c)
{
	return c <= ' ';
}

static ptrdiff_t end(struct span s)
{
	const struct form *f = form_of(s);
	ptrdiff_t at = f ? span_find(s, f->end) : -1;
	bool second = at >= 0 && f->end == '#';		/* without it the record is damaged */
	if (second && s.n == (size_t)at + 1)
		return -1;
	return second && s.p[at + 1] == '#' ? at + 1 : at;
}

static bool begins(struct span s)
{
	const struct form *f = form_of(s);
	struct span account = span_sub(s, f ? f->account : 0, ACCOUNT), event = span_sub(s, f ? f->type : 0, 2 + EVENT);
	return f && (account.n == 0 || digits_only(account)) && (event.n == 0 || digits_only(event));
}

/* Zeros count ten: all sixteen digits make a multiple of fifteen. */
static bool check_fits(struct span text, const struct form *f, struct receiver_record *r)
{
	uint8_t digits[ACCOUNT + 2 + EVENT + 1];
	if (f->check == 0 || text.p[f->check] == 'S') {
		r->warnings |= WARN(CHECK_MISSING);
		return true;
	}
	memcpy(digits, text.p + f->account, ACCOUNT);
	memcpy(digits + ACCOUNT, text.p + f->type, sizeof digits - ACCOUNT);
	return digits_only(span_of(digits, sizeof digits)) && digits_check(span_of(digits, sizeof digits));
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	const struct form *f = form_of(text);
	text = span_trim(text);
	if (!f || text.n != f->length || !digits_only(span_sub(text, f->type, 2 + EVENT)))
		return receiver_bad(r, WARN(WIDTH_BAD));
	bool blank = f->type == f->account + ACCOUNT || text.p[f->account + ACCOUNT] == ' ';
	if (!blank || (f->end == '#' && text.p[text.n - 1] != '#'))
		return receiver_bad(r, WARN(WIDTH_BAD));
	struct span type = span_sub(text, f->type, 2);
	if ((!span_is(type, "18") && !span_is(type, "98")) || !check_fits(text, f, r))
		return receiver_bad(r, WARN(CHECK_BYTE));
	r->format = "cid";
	r->account = span_sub(text, f->account, ACCOUNT);
	r->cid = span_sub(text, f->event, EVENT);
	return digits_only(r->account) ? V_OK : receiver_bad(r, WARN(WIDTH_BAD));
}

static void answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	struct span frame = s->frame;
	(void)cx;
	while (frame.n && is_fill(frame.p[0]))
		frame = span_from(frame, 1);
	const struct form *f = form_of(frame);
	if (f && a != A_NONE)
		buf_span(out, a == A_NAK ? f->nak : f->ack);
}

static const char *const drawings[] = { "'['AAAA TTQEEEPPNNNS", "'2'AAAATTQEEEPPNNNS", "'AL00'AAAATTQEEEPPNNN'#'", NULL };

static const struct receiver_borders borders = {
	.most = 32, .is_fill = is_fill, .end = end, .stands_alone = true, .begins = begins, .parse = parse, .drawings = drawings,
};

static enum verdict frame(struct span in, bool at_end, struct span *cut)
{
	return receiver_frame(&borders, in, at_end, cut);
}

/* The language cid knows these lines too: it is the same reading. */
static enum verdict read(struct span bytes, struct signal *s)
{
	enum verdict v = receiver_read(&borders, bytes, s);
	s->format = format_find(SPAN("cid"));
	s->payload = bytes;
	return v;
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	return receiver_events(&borders, "cid-line", s, language, list);
}

static void explain(struct span bytes, const struct context *cx, enum language language, struct buf *out)
{
	receiver_explain(&borders, &protocol_cid_line, bytes, cx, language, out);
}

const struct protocol protocol_cid_line = {
	.name = "cid-line", .title = N_("Contact ID digits over TCP (Lupus, Texecom, dialers)"),
	.coverage = N_("partial: what dialers with AL00 wait for is not public"), .proof = BY_CHECK_DIGIT, .most = 64,
	.frame = frame, .read = read, .answer = answer, .events = events, .explain = explain,
	.neighbour = receiver_stranger, .one_at_a_time = true, .refuses_damage = true,
};
