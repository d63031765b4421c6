/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIA DC-03 as a panel sends it, block by block.
 *
 *	46 23 30 32 33 34 39 39 9F	#023499, the account
 *	46 4E 42 41 30 30 31 35 F0	NBA0015, an event block: sia.c
 *	40 30 8F			end of data
 *
 *	header: 80 turn the line round, 40 please acknowledge, number of data bytes
 *	function, data, parity: all bytes of a block XOR to FF
 *
 * The account holds until the next, and may change in mid-session. */
#include "format/format.h"
#include "util/charset.h"
#include "util/cursor.h"

#define SESSION_MOST 16384	/* a panel hangs up long before */

struct block {
	uint8_t function;
	struct span content;	/* function and data: what sia.c reads */
	bool sound;
};

struct reading {
	struct event_list *list;
	enum language language;
	struct span account;
	unsigned first, readable;
	bool bad_check;
};

/* Code page 437, the upper half, as Galaxy writes texts; it has its own signs for the two O with a stroke. */
static const uint16_t page437[128] = {
	0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
	0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
	0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
	0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
	0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
	0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
	0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
	0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x00D8, 0x03A9, 0x03B4,
	0x221E, 0x00F8, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
	0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

static const struct code quiet_row = { "", ON_NONE, "status", "", "system", 0, "",
                                       { "Blocks without an event", "Blocs sans événement" } };

static bool is_function(uint8_t c)
{
	static const char functions[] = "#&NOAXCEP@?LVvI0123456789\x08\x09";
	return c && strchr(functions, c);
}

/* A length of more than 63 bytes is not of the standard: makers who send it
 * let it run into the flag of the reverse channel. */
static struct span long_block(struct span s)
{
	size_t length = s.p[0] >= 0x80 ? s.p[0] - 0x40u : 0;
	return length > 63 && s.n >= length + 3 ? span_sub(s, 0, length + 3) : (struct span){ 0 };
}

static bool parity_fits(struct span block)
{
	uint8_t all = 0;
	for (size_t i = 0; i < block.n; i++)
		all ^= block.p[i];
	return block.n && all == 0xFF;
}

/* False, and nothing taken, when no whole block begins here. */
static bool take_block(struct cursor *c, struct block *b)
{
	struct span s = c->rest;
	size_t length = s.n < 3 ? 0 : (s.p[0] & 63u) + 3;
	struct span whole = span_sub(s, 0, length);
	if (length == 0 || !is_function(s.p[1]))
		return false;
	if (whole.n < length || !parity_fits(whole)) {
		struct span longer = long_block(s);
		whole = parity_fits(longer) ? longer : whole;
	}
	if (whole.n < length)
		return false;
	cursor_take(c, whole.n);
	b->function = whole.p[1];
	b->content = span_sub(whole, 1, whole.n - 2);
	b->sound = parity_fits(whole);
	return true;
}

static void to_utf8(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		utf8_put(out, s.p[i] < 0x80 ? s.p[i] : page437[s.p[i] - 0x80]);
}

static void add_unreadable(struct reading *s, struct span bytes, warnings why)
{
	struct event *ev = event_list_add(s->list);
	ev->unreadable = true;
	ev->warnings = why;
	event_set(ev, F_ACCOUNT, s->account);
	event_set(ev, F_TEXT, bytes);
}

static void take_events(struct reading *s, struct span content)
{
	struct buf text = { 0 };
	unsigned began = s->list->n;
	if (!is_ascii(content)) {
		to_utf8(&text, content);
		content = buf_view(&text);
	}
	if (format_find(SPAN("sia"))->decode(content, s->language, s->list) != V_OK)
		add_unreadable(s, content, WARN(STRUCTURE_BAD));
	for (unsigned i = began; i < s->list->n; i++) {
		struct event *ev = &s->list->event[i];
		event_set(ev, F_ACCOUNT, s->account);
		ev->checked = !ev->unreadable;
		s->readable += !ev->unreadable;
	}
	buf_free(&text);
}

/* Belongs to the event before it. */
static void take_text(struct reading *s, struct span content)
{
	struct event *last = s->list->n > s->first ? &s->list->event[s->list->n - 1] : NULL;
	struct buf text = { 0 };
	if (!last || last->unreadable) {
		add_unreadable(s, content, WARN(STRUCTURE_BAD));
		return;
	}
	to_utf8(&text, span_trim(span_from(content, 1)));
	if (event_get(last, F_TEXT).n == 0)
		event_set(last, F_TEXT, buf_view(&text));
	else
		event_data(last, SPAN("text"), buf_view(&text));
	buf_free(&text);
}

static void take_content(struct reading *s, const struct block *b)
{
	switch (b->function) {
	case '#':
	case '&': s->account = span_from(b->content, 1); break;
	case 'N':
	case 'O': take_events(s, b->content); break;
	case 'A': take_text(s, b->content); break;
	case 'E': add_unreadable(s, b->content, WARN(STRUCTURE_BAD)); break;	/* environmental: it may be an alarm */
	}
}

static void take_blocks(struct reading *s, struct cursor *c)
{
	struct block b;
	while (take_block(c, &b)) {
		if (b.sound) {
			take_content(s, &b);
		} else {
			s->bad_check = true;
			add_unreadable(s, b.content, WARN(CHECK_DIGIT));
		}
		while (cursor_skip(c, '\0'))
			;	/* some panels send NUL behind a block */
	}
}

static void quiet(struct reading *s)
{
	struct event *ev = event_list_add(s->list);
	event_set(ev, F_ACCOUNT, s->account);
	event_puts(ev, F_FORMAT, "sia");
	format_classify(ev, &quiet_row, false, s->language);
	ev->checked = true;
	s->readable++;
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct reading s = { .list = list, .language = language, .first = list->n };
	struct cursor c = cursor_over(payload);
	if (payload.n > SESSION_MOST)
		return V_NOT_MINE;
	take_blocks(&s, &c);
	if (c.rest.n == payload.n)
		return payload.n > 1 && is_function(payload.p[1]) ? V_MALFORMED : V_NOT_MINE;
	if (!cursor_end(&c))
		add_unreadable(&s, c.rest, WARN(STRUCTURE_BAD));
	else if (list->n == s.first)
		quiet(&s);
	if (s.readable)
		return V_OK;
	list->n = s.first;
	return s.bad_check ? V_BAD_CHECK : V_MALFORMED;
}

/* Any text can be taken for the beginning of blocks; seldom do they end where it ends. */
static bool resembles(struct span payload)
{
	struct cursor c = cursor_over(payload);
	struct block b;
	while (take_block(&c, &b))
		;
	return cursor_end(&c);
}

const struct format format_sia_block = {
	.name = "sia-block", .title = N_("SIA DC-03 blocks with their parity"),
	.coverage = N_("partial: control, video and environmental blocks stay as bytes"), .binary = true, .proof = BY_PARITY,
	.resembles = resembles, .decode = decode,
};
