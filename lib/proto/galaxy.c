/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Honeywell Galaxy over TCP: the blocks of SIA DC-03 as on the telephone, each
 * answered before the next is sent.
 *
 *	46 23 30 32 33 34 39 39 9F	#023499		account		40 38 87
 *	56 4E 74 69 … FB		Nti23:42/…/CG	event		40 38 87
 *	4E 41 20 … 94			A PART SET USER	its text	40 38 87
 *	40 30 8F			end of data			40 38 87
 *
 * The account is named once; so an event is recorded behind the account's
 * block, and the record stands for itself.  Its text comes when the event has
 * been acknowledged: the alarm is not kept waiting for it, and the text is a
 * record of its own.  Where both stand there together they are one.
 *
 * A path check is 26 bytes on a connection of its own, sent back as they are:
 *
 *	00 aaaaaaaa ……………… tttt 3C iiii ……	account, 8 digits, zeros in front;
 *						clock; interval in seconds
 *
 * And as a text message: ">#002113 NBA1023/ti10:35/A+INTRUDER." */
#include "format/sia_block.h"
#include "proto/galaxy.h"
#include "proto/session.h"
#include "util/cursor.h"
#include "util/hex.h"

#define INTERVAL_MOST (366 * DAY / SECOND)

enum { SILENT, SPEAKS, WRITES };	/* the session's state: has it sent a block, or a message? */

static enum verdict frame(struct span in, bool at_end, struct span *frame)
{
	size_t n;
	enum verdict v = galaxy_cut(in, at_end, &n);
	*frame = span_sub(in, 0, n);
	return v;
}

static void put_answer(struct buf *out, bool accept)
{
	if (accept)
		buf_lit(out, "\x40\x38\x87");
	else
		buf_lit(out, "\x40\x39\x86");
}

/* The account's block, and the one of an account behind it. */
static void keep_account(struct session *t, const struct sia_block *b)
{
	struct sia_block first;
	if (b->function == '#')
		buf_reset(&t->kept);
	else if (sia_block_take(buf_view(&t->kept), &first) == V_OK)
		t->kept.n = first.function == '#' ? first.whole.n : 0;
	buf_span(&t->kept, b->whole);
	buf_reset(&t->account);
	buf_span(&t->account, span_from(b->content, 1));
}

/* Gives how many bytes are taken. */
static size_t take_block(struct session *t, struct span in, const struct sia_block *b, struct buf *reply)
{
	t->state = SPEAKS;
	if (galaxy_is_account(b->function))
		keep_account(t, b);
	t->settled = b->function == '0';
	if (galaxy_is_small_talk(b->function)) {
		if (b->wants_answer && !galaxy_is_answer(b->function))
			put_answer(reply, true);
		return b->whole.n;
	}
	size_t n = b->whole.n;
	if (galaxy_is_event(b->function)) {
		bool goes_on;	/* which is not waited for */
		size_t gap = sia_block_fill(span_from(in, n)), texts = galaxy_run(span_from(in, n + gap), true, &goes_on);
		n += texts ? gap + texts : 0;
	}
	buf_span(&t->whole, buf_view(&t->kept));
	buf_span(&t->whole, span_sub(in, 0, n));
	return n;
}

static enum verdict converse(struct session *t, struct span in, bool at_end, struct span *frame, struct buf *reply)
{
	struct sia_block b;
	size_t fill = t->state == SILENT && galaxy_path_check(in) != V_NOT_MINE ? 0 : sia_block_fill(in), n = 0;
	fill += t->state == WRITES ? galaxy_line_ends(span_from(in, fill)) : 0;
	struct span rest = span_from(in, fill);
	enum verdict v = sia_block_take(rest, &b);
	buf_reset(&t->whole);
	if (v == V_OK) {
		n = take_block(t, rest, &b, reply);
	} else if (fill < in.n || fill == 0) {
		v = galaxy_cut(rest, at_end, &n);
		t->over = v == V_OK && galaxy_path_check(rest) == V_OK;
		t->state = v == V_OK && galaxy_is_message(rest) ? WRITES : t->state;
		if (v == V_BAD_CHECK)	/* the account tells a person whose it is */
			buf_span(&t->whole, buf_view(&t->kept));
		buf_span(&t->whole, span_sub(rest, 0, n));
	}
	*frame = span_sub(in, 0, fill + n);
	return v;
}

static void begin(struct session *t, struct buf *out)
{
	t->state = SILENT;
	(void)out;	/* the panel speaks first */
}

/* ">#002113 " and the event; the text behind "/A". */
static void read_message(struct span in, struct signal *s)
{
	struct cursor c = cursor_over(span_trim(span_from(in, 2)));
	s->account = cursor_while(&c, is_hex, 16);
	s->payload = span_trim(c.rest);
	s->warnings |= WARN(CHECK_MISSING);
	s->format = format_find(SPAN("sia"));
	s->identity = s->payload;
}

static uint32_t little_endian(struct span s)
{
	uint32_t value = 0;
	for (size_t i = s.n; i > 0; i--)
		value = value << 8 | s.p[i - 1];
	return value;
}

static void read_path_check(struct span in, struct signal *s)
{
	uint32_t interval = little_endian(span_sub(in, 20, 4));
	s->poll = true;
	s->account = span_sub(in, 1, GALAXY_ACCOUNT);
	s->zeros_in_front = true;
	s->interval = interval == 0 ? -1 : interval <= INTERVAL_MOST ? interval * SECOND : 0;
}

static enum verdict read_blocks(struct span in, struct signal *s)
{
	struct sia_block b;
	enum verdict v = V_NOT_MINE;
	s->payload = s->identity = in;
	s->format = format_find(SPAN("sia-block"));
	for (size_t at = 0; at < in.n; at += sia_block_fill(span_from(in, at))) {
		enum verdict this = sia_block_take(span_from(in, at), &b);
		if (this != V_OK) {
			s->warnings |= b.whole.n ? WARN(CHECK_BYTE) : WARN(LENGTH_BAD);
			return at == 0 && this == V_NOT_MINE ? V_NOT_MINE : V_BAD_CHECK;
		}
		if (galaxy_is_account(b.function))
			s->account = span_from(b.content, 1);
		s->warnings |= b.whole.n > 63 + 3 ? WARN(LENGTH_BAD) : 0;
		at += b.whole.n;
		v = V_OK;
	}
	s->is_answer = v == V_OK && galaxy_all_are(in, galaxy_is_answer);
	s->poll = v == V_OK && !s->is_answer && galaxy_all_are(in, galaxy_is_small_talk);
	return v;
}

static enum verdict read(struct span in, struct signal *s)
{
	enum verdict v = V_OK;
	struct span rest = span_from(in, sia_block_fill(in));
	*s = (struct signal){ .frame = in, .sent = CLOCK_NONE };
	if (galaxy_path_check(in) == V_OK)
		read_path_check(in, s);
	else if (galaxy_is_message(rest))
		read_message(rest, s);
	else
		v = read_blocks(rest, s);
	s->has_account = s->account.n;
	s->warnings |= s->has_account ? 0 : WARN(ACCOUNT_MISSING);
	return v;
}

/* Of a session, what is in front of the blocks has been answered. */
static struct span unanswered(const struct signal *s, const struct context *cx)
{
	struct span kept = cx->session ? buf_view(&cx->session->kept) : (struct span){ 0 };
	return span_from(s->frame, span_starts(s->frame, kept) ? kept.n : 0);
}

/* A block that asks for none gets none.  We never ask the panel for anything. */
static void answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	struct sia_block b;
	struct span rest = unanswered(s, cx);
	bool check = galaxy_path_check(s->frame) == V_OK;
	if (a == A_ACK && check)
		buf_span(out, s->frame);
	else if (a != A_ACK && a != A_NONE && !check)
		put_answer(out, false);
	if (a != A_ACK || check)
		return;
	for (rest = span_from(rest, sia_block_fill(rest)); sia_block_take(rest, &b) == V_OK; rest = span_from(rest, sia_block_fill(rest))) {
		if (b.wants_answer && !galaxy_is_answer(b.function))
			put_answer(out, true);
		rest = span_from(rest, b.whole.n);
	}
}

/* Where the text of a message begins: behind "/A" and its state. */
static size_t message_text(struct span payload)
{
	for (size_t at = 0; at + 2 < payload.n; at++)
		if (payload.p[at] == '/' && payload.p[at + 1] == 'A' && memchr("+- ", payload.p[at + 2], 3))
			return at;
	return payload.n;
}

static enum verdict message_events(const struct signal *s, enum language language, struct event_list *list)
{
	size_t n = message_text(s->payload);
	unsigned began = list->n;
	enum verdict v = s->format->decode(span_sub(s->payload, 0, n), language, list);
	if (v == V_OK && n < s->payload.n && list->n > began && !list->event[list->n - 1].unreadable)
		sia_block_text(&list->event[list->n - 1], span_from(s->payload, n + 2));
	return v;
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	bool text = galaxy_is_message(span_from(s->frame, sia_block_fill(s->frame)));
	if (s->poll || s->is_answer)
		return V_OK;
	enum verdict v = text ? message_events(s, language, list) : s->format->decode(s->payload, language, list);
	if (v != V_OK) {
		struct event *ev = event_list_add(list);
		ev->unreadable = true;
		ev->warnings = v == V_BAD_CHECK ? WARN(CHECK_BYTE) : WARN(STRUCTURE_BAD);
		event_set(ev, F_TEXT, s->payload);
	}
	for (unsigned i = began; i < list->n; i++) {
		struct event *ev = &list->event[i];
		event_puts(ev, F_PROTO, "galaxy");
		if (event_get(ev, F_ACCOUNT).n == 0)
			event_set(ev, F_ACCOUNT, s->account);
		ev->warnings |= ev->unreadable ? 0 : s->warnings & ~(WARN(CHECK_BYTE) | WARN(LENGTH_BAD));	/* of a block beside it */
	}
	return V_OK;
}

static const struct conversation conversation = { .begin = begin, .frame = converse };

const struct protocol protocol_galaxy = {
	.name = "galaxy", .title = N_("Honeywell Galaxy, SIA blocks over TCP"),
	.coverage = N_("partial: encrypted modules and remote control are not spoken"),
	.proof = BY_PARITY, .most = GALAXY_MOST, .one_at_a_time = true, .refuses_damage = true, .frame = frame, .read = read,
	.answer = answer, .events = events, .explain = galaxy_explain, .conversation = &conversation, .neighbour = galaxy_neighbour,
};
