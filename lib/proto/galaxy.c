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

#define PATH_CHECK 26
#define ACCOUNT 8	/* digits of a path check's */
#define MOST 8192	/* of a session in one piece */
#define MESSAGE_MOST 512
#define INTERVAL_MOST (366 * DAY / SECOND)

enum { SILENT, SPEAKS, WRITES };	/* the session's state: has it sent a block, or a message? */

/* NUL, eight digits, and the rest: V_OK, or V_MORE as long as it may become one. */
static enum verdict path_check(struct span in)
{
	for (size_t i = 0; i <= ACCOUNT && i < in.n; i++)
		if (i == 0 ? in.p[i] != '\0' : !is_digit(in.p[i]))
			return V_NOT_MINE;
	return in.n >= PATH_CHECK ? V_OK : V_MORE;
}

static bool is_message(struct span in)
{
	return in.n > 2 && in.p[0] == '>' && in.p[1] == '#' && is_digit(in.p[2]);
}

static size_t line_ends(struct span in)
{
	size_t n = 0;
	while (n < in.n && (in.p[n] == '\r' || in.p[n] == '\n'))
		n++;
	return n;
}

/* Up to the end of its line, or the next message. */
static enum verdict message(struct span in, bool at_end, size_t *n)
{
	for (*n = 1; *n < in.n && *n < MESSAGE_MOST; ++*n)
		if (in.p[*n] == '\0' || in.p[*n] == '>' || line_ends(span_from(in, *n))) {
			*n += line_ends(span_from(in, *n));
			return V_OK;
		}
	return at_end || *n == MESSAGE_MOST ? V_OK : V_MORE;
}

/* What follows is all part of the alarm before it, or all of the session. */
static bool is_text(uint8_t function)
{
	return function == 'A';
}

static bool is_account(uint8_t function)
{
	return function == '#' || function == '&';
}

static bool is_event(uint8_t function)
{
	return function == 'N' || function == 'O';
}

/* 6 to 9: somebody acknowledges or rejects what we never sent. */
static bool is_answer(uint8_t function)
{
	return function && strchr("6789\x08\x09", function);
}

/* Account, end of data and answers say nothing. */
static bool is_small_talk(uint8_t function)
{
	return is_account(function) || is_answer(function) || function == '0';
}

static bool all_are(struct span blocks, bool (*is)(uint8_t function))
{
	struct sia_block b;
	for (; blocks.n; blocks = span_from(blocks, sia_block_fill(blocks))) {
		if (sia_block_take(blocks, &b) != V_OK || !is(b.function))
			return false;
		blocks = span_from(blocks, b.whole.n);
	}
	return true;
}

/* How many bytes of sound blocks stand at the front, NULs between them
 * included: of texts alone, or of all up to the end of data.  *goes_on: what
 * comes next may belong to them. */
static size_t run(struct span in, bool texts, bool *goes_on)
{
	struct sia_block b;
	size_t n = 0;
	for (size_t gap = 0;; gap = sia_block_fill(span_from(in, n))) {
		struct span rest = span_from(in, n + gap);
		enum verdict v = sia_block_take(rest, &b);
		*goes_on = v == V_MORE && in.n < MOST;
		if (v != V_OK || (texts && !is_text(b.function)) || n + gap + b.whole.n > MOST)
			return n;
		n += gap + b.whole.n;
		if (b.function == '0')
			return n;
	}
}

/* Where behind the front something sound begins that panels begin with. */
static size_t next_sound(struct span in)
{
	struct sia_block b;
	for (size_t at = 1; at < in.n; at++) {
		struct span rest = span_from(in, at);
		bool sound = sia_block_take(rest, &b) == V_OK && (is_account(b.function) || is_event(b.function));
		if ((sound && b.content.n > 1) || is_message(rest))
			return at;
	}
	return in.n;
}

static const char *neighbour(struct span in)
{
	if (span_starts(in, SPAN("\x05\x01")))
		return N_("an encrypted Galaxy (switch encryption off in its menu 56.4.9, on a Flex 56.3.3.5, or use the maker's receiver)");
	return protocol_stranger(in);
}

/* Up to where a block could begin; all of it, where another protocol is spoken. */
static size_t noise(struct span in, bool at_end)
{
	struct sia_block b;
	size_t n = 1;
	if (neighbour(in))
		return in.n;
	while (n < in.n && (sia_block_take(span_from(in, n), &b) == V_NOT_MINE || (at_end && in.n - n < 3)) && !is_message(span_from(in, n)))
		n++;
	return n;
}

/* The front is no sound block.  Who waits for our answer has sent nothing
 * behind it, but a byte lost in its header makes it seem longer than it is. */
static enum verdict unsound(struct span in, bool at_end, enum verdict v, const struct sia_block *b, size_t *n)
{
	*n = v == V_NOT_MINE ? noise(in, at_end) : next_sound(in);
	if (v == V_NOT_MINE)
		return v;
	if (v == V_MORE && *n == in.n && !at_end && in.n < MOST)
		return V_MORE;
	if (v == V_BAD_CHECK && neighbour(in))
		*n = in.n;
	else if (v == V_BAD_CHECK && b->whole.n < *n)
		*n = b->whole.n;
	return V_BAD_CHECK;
}

static enum verdict cut(struct span in, bool at_end, size_t *n)
{
	struct sia_block b;
	bool goes_on = false;
	enum verdict v = path_check(in);
	if (v == V_OK || (v == V_MORE && !at_end)) {
		*n = v == V_OK ? PATH_CHECK : 0;
		return v;
	}
	size_t fill = sia_block_fill(in);
	in = span_from(in, fill);
	*n = 0;
	if (in.n == 0)
		v = at_end ? V_NOT_MINE : V_MORE;
	else if (is_message(in))
		v = message(in, at_end, n);
	else if ((v = sia_block_take(in, &b)) == V_OK)
		*n = run(in, false, &goes_on);
	else
		v = unsound(in, at_end, v, &b, n);
	if (goes_on && !at_end)
		v = V_MORE;
	*n = v == V_MORE ? fill : fill + *n;
	return v;
}

static enum verdict frame(struct span in, bool at_end, struct span *frame)
{
	size_t n;
	enum verdict v = cut(in, at_end, &n);
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
	if (is_account(b->function))
		keep_account(t, b);
	t->settled = b->function == '0';
	if (is_small_talk(b->function)) {
		if (b->wants_answer && !is_answer(b->function))
			put_answer(reply, true);
		return b->whole.n;
	}
	size_t n = b->whole.n;
	if (is_event(b->function)) {
		bool goes_on;	/* which is not waited for */
		size_t gap = sia_block_fill(span_from(in, n)), texts = run(span_from(in, n + gap), true, &goes_on);
		n += texts ? gap + texts : 0;
	}
	buf_span(&t->whole, buf_view(&t->kept));
	buf_span(&t->whole, span_sub(in, 0, n));
	return n;
}

static enum verdict converse(struct session *t, struct span in, bool at_end, struct span *frame, struct buf *reply)
{
	struct sia_block b;
	size_t fill = t->state == SILENT && path_check(in) != V_NOT_MINE ? 0 : sia_block_fill(in), n = 0;
	fill += t->state == WRITES ? line_ends(span_from(in, fill)) : 0;
	struct span rest = span_from(in, fill);
	enum verdict v = sia_block_take(rest, &b);
	buf_reset(&t->whole);
	if (v == V_OK) {
		n = take_block(t, rest, &b, reply);
	} else if (fill < in.n || fill == 0) {
		v = cut(rest, at_end, &n);
		t->over = v == V_OK && path_check(rest) == V_OK;
		t->state = v == V_OK && is_message(rest) ? WRITES : t->state;
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
	s->account = cursor_while(&c, is_digit, 16);
	s->payload = span_trim(c.rest);
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
	s->account = span_sub(in, 1, ACCOUNT);
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
		if (is_account(b.function))
			s->account = span_from(b.content, 1);
		s->warnings |= b.whole.n > 63 + 3 ? WARN(LENGTH_BAD) : 0;
		at += b.whole.n;
		v = V_OK;
	}
	s->is_answer = v == V_OK && all_are(in, is_answer);
	s->poll = v == V_OK && !s->is_answer && all_are(in, is_small_talk);
	return v;
}

static enum verdict read(struct span in, struct signal *s)
{
	enum verdict v = V_OK;
	struct span rest = span_from(in, sia_block_fill(in));
	*s = (struct signal){ .frame = in, .sent = CLOCK_NONE };
	if (path_check(in) == V_OK)
		read_path_check(in, s);
	else if (is_message(rest))
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
	bool check = path_check(s->frame) == V_OK;
	if (a == A_ACK && check)
		buf_span(out, s->frame);
	else if (a != A_ACK && a != A_NONE && !check)
		put_answer(out, false);
	if (a != A_ACK || check)
		return;
	for (rest = span_from(rest, sia_block_fill(rest)); sia_block_take(rest, &b) == V_OK; rest = span_from(rest, sia_block_fill(rest))) {
		if (b.wants_answer && !is_answer(b.function))
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
	bool text = is_message(span_from(s->frame, sia_block_fill(s->frame)));
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
		ev->warnings |= ev->unreadable ? 0 : s->warnings;
	}
	return V_OK;
}

static const struct conversation conversation = { .begin = begin, .frame = converse };

const struct protocol protocol_galaxy = {
	.name = "galaxy", .title = N_("Honeywell Galaxy, SIA blocks over TCP"),
	.coverage = N_("partial: encrypted modules and remote control are not spoken"),
	.proof = BY_PARITY, .most = MOST, .one_at_a_time = true, .refuses_damage = true, .frame = frame, .read = read,
	.answer = answer, .events = events, .explain = galaxy_explain, .conversation = &conversation, .neighbour = neighbour,
};
