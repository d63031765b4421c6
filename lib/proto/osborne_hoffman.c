/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Osborne-Hoffman, as Aritech and UTC panels speak it (ATS, Advisor, NetworX,
 * Simon): the bodies of DC-09 in borders of its own.
 *
 *	LF 0101 0053 "SIA-DCS"0001R6666L1234[#001234|Nri01/NR001*'HA'NM]E69B557E0CE8BD98|#001234T5F0E1C2A CR
 *	   |    |    body: no account before [                          panel's id       |      time, hex
 *	   |    header and body                                                          panel's account
 *	   where DC-09 has its CRC; always this
 *
 *	SR0001L0001    001465XX    [ID5B9490D8]		heartbeat; blanks or NULs
 *
 * Nothing but the length tells whether an event is whole.  It is cipher on
 * most connections, filled up with zeros (osborne_hoffman_session.c); what is
 * recorded is what came out of it. */
#include "proto/osborne_hoffman.h"

#include "proto/dc09.h"
#include "util/cursor.h"
#include "util/hex.h"

#define HEADER 8	/* 0101 and the length */
#define ID 16		/* digits of the panel's id behind an event */
#define TIME 8		/* hexadecimal digits */

static bool is_fill(uint8_t c)
{
	return c == '\0' || c == '\r' || c == '\n' || c == ' ';
}

static bool is_gap(uint8_t c)
{
	return c == '\0' || c == ' ';
}

static bool all(struct span s, bool (*is)(uint8_t))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return true;
}

static bool is_text(uint8_t c)
{
	return c >= ' ' && c != 0x7F;
}

/* As far as the bytes are there. */
static bool begins_with(struct span in, struct span with)
{
	size_t n = in.n < with.n ? in.n : with.n;
	return n && memcmp(in.p, with.p, n) == 0;
}

/* Where the CR stands that ends the event.  The length tells; where it is
 * wrong, the first one does that zeros or another message follow. */
static enum verdict find_end(struct span in, bool at_end, struct oh_shape *s, size_t *end)
{
	struct span text = span_from(in, 1 + HEADER);
	ptrdiff_t cr = span_find(text, '\r');
	*end = 1 + s->length;
	s->length_good = s->length >= HEADER && *end < in.n && in.p[*end] == '\r';
	if (s->length_good)
		return V_OK;
	if (cr < 0)
		return at_end || in.n >= OH_MOST || span_find(text, '\0') >= 0 ? V_BAD_CHECK : V_MORE;
	struct span behind = span_from(text, (size_t)cr + 1);
	bool waits = !at_end && *end >= in.n && *end < OH_MOST && !all(behind, is_fill) && !span_starts(behind, SPAN("\n0101")) &&
	             !span_starts(behind, SPAN("SR"));
	*end = 1 + HEADER + (size_t)cr;
	return waits ? V_MORE : V_OK;
}

/* Up to the next event: what is damaged does not hide it. */
static size_t up_to_next(struct span in)
{
	size_t n = 1;
	while (n < in.n && !span_starts(span_from(in, n), SPAN("\n0101")))
		n++;
	return n;
}

static bool is_structured(struct span body)
{
	struct cursor c = cursor_over(body);
	cursor_expect(&c, '"');
	cursor_skip(&c, '*');
	return cursor_until(&c, '"').n && cursor_ok(&c) && span_find(c.rest, '[') >= 0 && all(body, is_text);
}

static enum verdict event_shape(struct span in, bool at_end, struct oh_shape *s)
{
	struct cursor c = cursor_over(span_sub(in, 5, 4));
	size_t end;
	s->what = OH_EVENT;
	s->n = in.n;
	if (in.n < 1 + HEADER)
		return at_end ? V_BAD_CHECK : V_MORE;
	s->length_field = c.rest;
	s->length = cursor_digits(&c, 4, 16);
	enum verdict v = find_end(in, at_end, s, &end);
	if (v != V_OK) {
		s->n = up_to_next(in);
		return v;
	}
	s->n = end + 1;
	s->body = span_sub(in, 1 + HEADER, end - 1 - HEADER);
	if (is_structured(s->body))
		return V_OK;
	s->n = up_to_next(span_sub(in, 0, s->n));
	return V_BAD_CHECK;
}

/* The next n digits, or as many as there are. */
static bool take_digits(struct cursor *c, size_t least, size_t most, struct span *digits)
{
	*digits = cursor_while(c, is_hex, most);
	return digits->n >= least || cursor_end(c);
}

/* "[ID5B9490D8]", and behind it from version 3 on "T" and the time. */
static bool take_id(struct cursor *c, struct oh_shape *s)
{
	if (!begins_with(c->rest, SPAN("[ID")))
		return true;
	cursor_take(c, 3);
	if (!take_digits(c, 8, 8, &s->id))
		return false;
	cursor_expect(c, ']');
	struct cursor time = *c;
	cursor_skip(&time, ' ');
	if (cursor_skip(&time, 'T') && take_digits(&time, TIME, TIME, &s->time)) {
		*c = time;
		c->failed |= s->time.n < TIME;
	}
	return true;
}

/* What a cursor ran out of may come. */
static enum verdict heartbeat_shape(struct span in, bool at_end, struct oh_shape *s)
{
	struct cursor c = cursor_over(in);
	s->what = OH_HEARTBEAT;
	cursor_take(&c, 2);
	bool ours = take_digits(&c, 4, 4, &s->receiver);
	ours = ours && (cursor_end(&c) || cursor_skip(&c, 'L')) && take_digits(&c, 4, 5, &s->line);
	struct span gap = cursor_while(&c, is_gap, 8);
	ours = ours && (gap.n || cursor_end(&c)) && take_digits(&c, 6, 6, &s->account) && begins_with(c.rest.n ? c.rest : SPAN("X"), SPAN("XX"));
	cursor_take(&c, 2);
	gap = cursor_while(&c, is_gap, 8);
	ours = ours && take_id(&c, s);
	if (!ours)
		return V_NOT_MINE;
	bool whole = cursor_ok(&c) && (gap.n >= 4 || !cursor_end(&c) || s->id.n || at_end);
	s->n = in.n - c.rest.n;
	return whole ? V_OK : at_end ? V_NOT_MINE : V_MORE;
}

enum verdict oh_shape(struct span in, bool at_end, struct oh_shape *s)
{
	*s = (struct oh_shape){ 0 };
	if (in.n == 0 || (at_end && in.n < 5))
		return at_end ? V_NOT_MINE : V_MORE;
	if (begins_with(in, SPAN("\n0101")))
		return event_shape(in, at_end, s);
	if (begins_with(in, SPAN("SR")))
		return heartbeat_shape(in, at_end, s);
	return V_NOT_MINE;
}

static bool begins(struct span in, bool at_end)
{
	struct oh_shape s;
	return oh_shape(in, at_end, &s) != V_NOT_MINE;
}

/* In clear: on a connection that the panel was set so, and out of a log. */
static enum verdict frame(struct span in, bool at_end, struct span *frame)
{
	struct oh_shape s;
	size_t fill = 0;
	while (fill < in.n && is_fill(in.p[fill]) && !begins(span_from(in, fill), at_end))
		fill++;
	struct span rest = span_from(in, fill);
	enum verdict v = oh_shape(rest, at_end, &s);
	if (v == V_NOT_MINE)
		for (s.n = rest.n ? 1 : 0; s.n < rest.n && !begins(span_from(rest, s.n), at_end); s.n++)
			;
	*frame = span_sub(in, 0, v == V_MORE ? fill : fill + s.n);
	return v;
}

static msec time_of(struct span digits)
{
	struct cursor c = cursor_over(digits);
	return digits.n == TIME ? (msec)cursor_digits(&c, TIME, 16) * SECOND : CLOCK_NONE;
}

/* Does it read "E69B557E0CE8BD98|#001234T5F0E1C2A", or part of that? */
static bool read_tail(struct span text, struct oh_tail *t)
{
	struct cursor c = cursor_over(text);
	t->panel_id = (struct span){ 0 };
	if (text.n >= ID && all(span_sub(text, 0, ID), is_hex))
		t->panel_id = cursor_take(&c, ID);
	bool bar = cursor_skip(&c, '|');
	t->panel_account = bar && cursor_skip(&c, '#') ? cursor_while(&c, is_hex, 16) : (struct span){ 0 };
	t->sent = cursor_skip(&c, 'T') ? time_of(cursor_while(&c, is_hex, TIME)) : CLOCK_NONE;
	return cursor_end(&c);
}

/* Users name their zones, so a ] may stand in a text: the data's is the first
 * behind which nothing but the tail is. */
struct oh_tail oh_tail(struct span body)
{
	struct oh_tail t = { .sent = CLOCK_NONE };
	ptrdiff_t at = span_find(body, '['), next;
	for (size_t end = at < 0 ? body.n : (size_t)at; (next = span_find(span_from(body, end), ']')) >= 0;) {
		end += (size_t)next + 1;
		if (read_tail(span_from(body, end), &t)) {
			t.data_end = span_sub(body, 0, end);
			return t;
		}
	}
	return (struct oh_tail){ .data_end = body, .sent = CLOCK_NONE };
}

static void read_heartbeat(const struct oh_shape *shape, struct signal *s)
{
	s->poll = true;
	s->receiver = shape->receiver;
	s->line = shape->line;
	s->account = shape->account;
	s->has_receiver = s->has_line = s->has_account = true;
	s->sent = time_of(shape->time);
}

/* The data's account is the only one. */
static enum verdict read_event(const struct oh_shape *shape, struct signal *s)
{
	struct oh_tail tail = oh_tail(shape->body);
	enum verdict v = dc09_read_body(tail.data_end, s);
	if (s->encrypted) {	/* as in DC-09, where here all of it is */
		s->encrypted = false;
		s->warnings |= WARN(TOKEN_UNKNOWN);
		dc09_content(s, s->content);
	}
	if (tail.sent != CLOCK_NONE)
		s->sent = tail.sent;
	s->has_account = s->inner_account.n;
	if (s->has_account)
		s->warnings &= ~WARN(ACCOUNT_MISSING);
	s->warnings |= shape->length_good ? 0 : WARN(LENGTH_BAD);
	s->lenient_only = s->warnings & (WARN(LENGTH_BAD) | WARN(TRAILING_BYTES));
	return v;
}

static struct span without_fill(struct span in)
{
	while (in.n && is_fill(in.p[0]) && !begins(in, true))
		in = span_from(in, 1);
	return in;
}

static enum verdict read(struct span in, struct signal *s)
{
	struct oh_shape shape;
	*s = (struct signal){ .frame = in, .sent = CLOCK_NONE };
	enum verdict v = oh_shape(without_fill(in), true, &shape);
	if (v == V_NOT_MINE) {	/* what no key of ours opens looks like anything */
		s->warnings = WARN(KEY_WRONG);
	} else if (v == V_BAD_CHECK) {
		s->warnings = shape.length_good ? WARN(STRUCTURE_BAD) : WARN(LENGTH_BAD);
	} else if (shape.what == OH_HEARTBEAT) {
		read_heartbeat(&shape, s);
	} else {
		v = read_event(&shape, s);
	}
	return v;
}

static void add_tail(struct event *ev, const struct oh_tail *tail)
{
	ev->warnings &= ~WARN(TEXT_STAR);	/* *'text'NM is the way here */
	if (tail->panel_account.n)
		event_data(ev, SPAN("panel_account"), tail->panel_account);
	if (tail->panel_id.n)
		event_data(ev, SPAN("panel_id_cipher"), tail->panel_id);
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	struct oh_shape shape;
	unsigned began = list->n;
	if (s->poll)
		return V_OK;
	enum verdict v = dc09_events_in("osborne-hoffman", s, language, list);
	oh_shape(without_fill(s->frame), true, &shape);
	struct oh_tail tail = oh_tail(shape.body);
	for (unsigned i = began; i < list->n; i++)
		if (!list->event[i].unreadable)
			add_tail(&list->event[i], &tail);
	return v;
}

const char oh_version_4[] = N_("Osborne-Hoffman version 4 (set the panel to version 3 or lower)");

static const char *neighbour(struct span in)
{
	if (span_starts(in, SPAN("#40R")))
		return oh_version_4;
	return begins(without_fill(in), true) ? NULL : protocol_stranger(in);
}

const struct protocol protocol_osborne_hoffman = {
	.name = "osborne-hoffman", .title = N_("Osborne-Hoffman (Aritech, UTC), in clear and in triple DES"),
	.coverage = N_("partial: version 4 is named, not spoken"), .proof = BY_FORM, .most = OH_MOST,
	.refuses_damage = true, .frame = frame, .read = read, .answer = oh_answer, .events = events, .explain = oh_explain,
	.conversation = &oh_conversation, .neighbour = neighbour,
};
