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
#include "format/sia_block.h"
#include "util/charset.h"
#include "util/cursor.h"

#define SESSION_MOST 16384	/* a panel hangs up long before */

struct reading {
	struct event_list *list;
	enum language language;
	struct span account;
	unsigned first, readable;
	bool bad_check, too_long;
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
static const struct code text_row = { "", ON_NONE, "status", "", "system", 0, "",
                                      { "Text of the event before", "Texte de l'événement précédent" } };

/* What else the panel opens: a voice or pictures, for which somebody must sit ready. */
static const struct channel {
	const char *functions;
	struct code row;
} channels[] = {
	{ "L", { "", ON_NONE, "status", "", "audio", 2, "", { "Listen-in asked for", "Écoute demandée" } } },
	{ "VvI", { "", ON_NONE, "status", "", "video", 2, "", { "Video asked for or sent", "Vidéo demandée ou transmise" } } },
};

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

enum verdict sia_block_take(struct span in, struct sia_block *b)
{
	*b = (struct sia_block){ 0 };
	if (in.n > 1 && !is_function(in.p[1]))
		return V_NOT_MINE;
	size_t length = in.n < 3 ? 0 : (in.p[0] & 63u) + 3;
	struct span whole = span_sub(in, 0, length), longer = in.n < 3 ? whole : long_block(in);
	bool cut = length == 0 || whole.n < length, sound = !cut && parity_fits(whole);
	bool is_longer = !sound && parity_fits(longer);
	if (is_longer)
		whole = longer;
	else if (cut)
		return V_MORE;
	b->function = whole.p[1];
	b->wants_answer = is_longer || whole.p[0] & 0x40;
	b->whole = whole;
	b->content = span_sub(whole, 1, whole.n - 2);
	bool perhaps_longer = whole.p[0] > 0x40 + 63 && longer.n == 0;
	return sound || is_longer ? V_OK : perhaps_longer ? V_MORE : V_BAD_CHECK;
}

size_t sia_block_fill(struct span in)
{
	struct sia_block b;
	size_t n = 0;
	while (n < in.n && in.p[n] == '\0') {
		struct span rest = span_from(in, n);
		enum verdict v = sia_block_take(rest, &b);
		if (v == V_OK || (v == V_MORE && rest.n > 1))
			break;
		n++;
	}
	return n;
}

/* Valid until the next call.  A text within an event block has been here
 * before, and its letters are no bytes of the page any more. */
static struct span to_utf8(struct event_list *list, struct span s)
{
	bool ours = list->scratch.p && s.p >= list->scratch.p && s.p < list->scratch.p + list->scratch.n;
	if (ours || is_ascii(s))
		return s;
	buf_reset(&list->scratch);
	for (size_t i = 0; i < s.n; i++)
		utf8_put(&list->scratch, s.p[i] < 0x80 ? s.p[i] : page437[s.p[i] - 0x80]);
	return buf_view(&list->scratch);
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
	unsigned began = s->list->n;
	content = to_utf8(s->list, content);
	if (format_find(SPAN("sia"))->decode(content, s->language, s->list) != V_OK)
		add_unreadable(s, content, WARN(STRUCTURE_BAD));
	for (unsigned i = began; i < s->list->n; i++) {
		struct event *ev = &s->list->event[i];
		event_set(ev, F_ACCOUNT, s->account);
		ev->checked = !ev->unreadable;
		s->readable += !ev->unreadable;
	}
}

static void set_data(struct event *ev, struct span key, struct span bytes)
{
	struct span text = to_utf8(ev->list, span_trim(bytes));
	if (text.n)
		event_data(ev, key, text);
}

static bool is_state(uint8_t c)
{
	return c == '+' || c == '-' || c == ' ';
}

/* What Galaxy writes at level 3: + where something appears, - where it ends,
 * a blank where it does neither; the event's name, 9 wide; the site, 8; and
 * whom or what it concerns: 16 a zone, 6 a user, 3 a module.  Captures have
 * the state in front of the name, one description has it behind.  Panels cut
 * the fields, and then nobody can tell them apart. */
static void set_level_3(struct event *ev, struct span data)
{
	static const struct {
		size_t n;
		struct span key;
	} descriptors[] = { { 16, SPAN("zone_name") }, { 6, SPAN("user_name") }, { 3, SPAN("module") } };
	bool behind = data.n > 9 && (data.p[9] == '+' || data.p[9] == '-') && data.p[0] != '+' && data.p[0] != '-';
	if (data.n == 0 || (!behind && !is_state(data.p[0])))
		return;
	event_data(ev, SPAN("state"), span_sub(data, behind ? 9 : 0, 1));
	for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
		if (data.n != 1 + 9 + 8 + descriptors[i].n)
			continue;
		set_data(ev, SPAN("event_name"), span_sub(data, behind ? 0 : 1, 9));
		set_data(ev, SPAN("site_name"), span_sub(data, 10, 8));
		set_data(ev, descriptors[i].key, span_from(data, 18));
	}
}

void sia_block_text(struct event *ev, struct span data)
{
	struct span text = to_utf8(ev->list, span_trim(data));
	if (event_get(ev, F_TEXT).n) {
		event_data(ev, SPAN("text"), text);
	} else {
		event_set(ev, F_TEXT, text);
		set_level_3(ev, data);
	}
}

void sia_block_late_text(struct event *ev, struct span data, enum language language)
{
	event_puts(ev, F_FORMAT, "sia");
	format_classify(ev, &text_row, false, language);
	sia_block_text(ev, data);
}

/* Belongs to the event before it.  A panel that waits for each answer sends
 * it when that has long been recorded. */
static void take_text(struct reading *s, struct span content)
{
	struct event *last = s->list->n > s->first ? &s->list->event[s->list->n - 1] : NULL;
	struct span data = span_from(content, 1);
	if (last && !last->unreadable) {
		sia_block_text(last, data);
		return;
	}
	last = event_list_add(s->list);
	event_set(last, F_ACCOUNT, s->account);
	sia_block_late_text(last, data, s->language);
	s->readable++;
}

static void take_channel(struct reading *s, const struct sia_block *b)
{
	for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
		if (!strchr(channels[i].functions, b->function))
			continue;
		struct event *ev = event_list_add(s->list);
		event_set(ev, F_ACCOUNT, s->account);
		event_puts(ev, F_FORMAT, "sia");
		event_set(ev, F_CODE, span_sub(b->content, 0, 1));
		format_classify(ev, &channels[i].row, false, s->language);
		event_set(ev, F_TEXT, to_utf8(s->list, span_trim(span_from(b->content, 1))));
		ev->checked = true;
		s->readable++;
	}
}

static void take_content(struct reading *s, const struct sia_block *b)
{
	s->too_long |= b->whole.n > 63 + 3;
	switch (b->function) {
	case '#':
	case '&': s->account = span_from(b->content, 1); break;
	case 'N':
	case 'O': take_events(s, b->content); break;
	case 'A': take_text(s, b->content); break;
	case 'E': add_unreadable(s, b->content, WARN(STRUCTURE_BAD)); break;	/* environmental: it may be an alarm */
	default: take_channel(s, b);
	}
}

static void take_blocks(struct reading *s, struct cursor *c)
{
	struct sia_block b;
	for (;;) {
		enum verdict v = sia_block_take(c->rest, &b);
		if (b.whole.n == 0)
			return;
		cursor_take(c, b.whole.n);
		if (v == V_OK) {
			take_content(s, &b);
		} else {
			s->bad_check = true;
			add_unreadable(s, b.content, WARN(CHECK_BYTE));
		}
		cursor_take(c, sia_block_fill(c->rest));
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
		return payload.n > 1 && is_function(payload.p[1]) ? format_refuse(list, V_MALFORMED, TRUNCATED)
		                                                  : format_refuse(list, V_NOT_MINE, NO_BLOCK);
	if (!cursor_end(&c))
		add_unreadable(&s, c.rest, WARN(STRUCTURE_BAD));
	else if (list->n == s.first)
		quiet(&s);
	for (unsigned i = s.first; s.too_long && i < list->n; i++)
		list->event[i].warnings |= list->event[i].unreadable ? 0 : WARN(LENGTH_BAD);
	if (s.readable)
		return V_OK;
	list->n = s.first;
	if (s.bad_check)
		return format_refuse(list, V_BAD_CHECK, BAD_PARITY);
	return format_refuse(list, V_MALFORMED, cursor_end(&c) ? BAD_SYNTAX : TRUNCATED);
}

/* Any text can be taken for the beginning of blocks; seldom do they end where it ends. */
static bool resembles(struct span payload)
{
	struct sia_block b = { .whole = payload };
	while (payload.n && b.whole.n) {
		if (sia_block_take(payload, &b) == V_NOT_MINE)
			return false;
		payload = span_from(payload, b.whole.n);
	}
	return payload.n == 0;
}

const struct format format_sia_block = {
	.name = "sia-block", .title = N_("SIA DC-03 blocks with their parity"),
	.coverage = N_("partial: control, configuration and environmental blocks are not read"), .binary = true, .proof = BY_PARITY,
	.resembles = resembles, .speaks = "sia", .decode = decode, .explain = sia_block_explain,
};
