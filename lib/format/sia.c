/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIA DC-03 blocks, as DC-09 carries them behind "#account|".
 *
 *	Nri1/BA12^porte quai^/OP3|Atext
 *	||   |   |           |   |
 *	||   |   |           |   ASCII block: text of the event before it
 *	||   |   |           next event of the same block
 *	||   |   text of the event before it
 *	||   event: two capitals and its number (zone, user, … by the code)
 *	|modifiers, two small letters and a value, each ended by "/"
 *	N new, O old (from the panel's log)
 *
 * Modifiers hold for every event behind them; Galaxy writes them behind the
 * event.  Real panels leave the slash away (a value then ends at the next
 * modifier, at ^ or at two capitals), write *text* or *'text'NM for ^text^,
 * and put a field of their own in front of N.  Alone, a message may have its
 * "#account|" in front and stand in its brackets. */
#include "event/explain.h"
#include "format/format.h"
#include "format/sia_block.h"
#include "util/cursor.h"
#include "util/hex.h"

enum modifier { M_TIME, M_DATE, M_AREA, M_USER, M_PERIPHERAL, M_OTHER, M_COUNT = 12 };

static const struct {
	char letters[3];
	struct span key;	/* in "data"; empty: a field of its own */
	const char *name;
} modifiers[M_COUNT] = {
	{ "ti", SPAN("time"), N_("time") }, { "da", SPAN("date"), N_("date") }, { "ri", { 0 }, N_("partition") },
	{ "id", { 0 }, N_("user") }, { "pi", SPAN("peripheral"), N_("keypad or reader") },
	{ "ai", SPAN("automated_id"), N_("automatic function") }, { "ph", SPAN("phone"), N_("telephone number") },
	{ "lv", SPAN("level"), N_("level") }, { "va", SPAN("value"), N_("value") }, { "pt", SPAN("path"), N_("path") },
	{ "rg", SPAN("route_group"), N_("route group") }, { "ss", SPAN("subsubscriber"), N_("sub-subscriber") },
};

#define SMALL_MOST 512	/* bytes of a block whose codes are in small letters */
#define STRANGE 4	/* of them are kept in one block */
#define VALUE_MOST 6	/* digits */
#define UNITS_MOST 6

struct block {
	struct cursor c;
	enum language language;
	struct event_list *list;
	unsigned first;			/* the block's first event in the list */
	bool old;
	unsigned present;		/* modifiers read, a bit each */
	unsigned behind;		/* those since the last event */
	unsigned timed, dated;		/* events before these have no time, no date */
	struct span value[M_COUNT];
	struct span strange[STRANGE];	/* modifiers that no list has, letters and value */
	unsigned strangers, told;	/* how many there are, and were at the last event */
	struct span area_text, user_text, other_text;
	warnings warnings;
};

static bool is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_small(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_letter(uint8_t c)
{
	return is_small(c) || is_capital(c);
}

static bool two_capitals(struct span s)
{
	return s.n >= 2 && is_capital(s.p[0]) && is_capital(s.p[1]);
}

/* Manuals print the first letter as a capital, and so do some who build by them. */
static int modifier_at(struct span s)
{
	if (s.n < 2 || !is_letter(s.p[0]) || !is_small(s.p[1]))
		return -1;
	for (int m = 0; m < M_COUNT; m++)
		if ((s.p[0] | 0x20) == modifiers[m].letters[0] && s.p[1] == modifiers[m].letters[1])
			return m;
	return -1;
}

static bool value_ends(struct span s)
{
	return s.p[0] == '/' || s.p[0] == '^' || s.p[0] == '*' || s.p[0] == ' ' || two_capitals(s) || modifier_at(s) >= 0;
}

/* With a slash behind it a value may be hexadecimal; without, the next event's
 * letters end it.  So do two letters behind a digit in any case: 1BA12/ is far
 * more likely area 1 and an alarm than an area 1BA12, and no alarm is lost in one. */
static struct span take_value(struct block *b)
{
	size_t n = 0;
	while (n < b->c.rest.n && is_hex(b->c.rest.p[n]) && !is_small(b->c.rest.p[n]) && !(n && two_capitals(span_from(b->c.rest, n))))
		n++;
	if (n && n <= VALUE_MOST && n < b->c.rest.n && b->c.rest.p[n] == '/')
		return cursor_take(&b->c, n);
	n = 0;
	while (n < b->c.rest.n && !value_ends(span_from(b->c.rest, n)))
		n++;
	return cursor_take(&b->c, n);
}

/* ^text^, *text* or *'text'NM; a last caret may be missing. */
static struct span take_text(struct block *b)
{
	uint8_t border = cursor_u8(&b->c);
	ptrdiff_t end = span_find(b->c.rest, border);
	struct span text;
	if (border == '*' && cursor_skip(&b->c, '\'')) {
		end = span_find(b->c.rest, '\'');
		text = cursor_take(&b->c, end < 0 ? b->c.rest.n : (size_t)end);
		cursor_skip(&b->c, '\'');
		if (span_starts(b->c.rest, SPAN("NM")))
			cursor_take(&b->c, 2);
	} else {
		text = cursor_take(&b->c, end < 0 ? b->c.rest.n : (size_t)end);
		cursor_skip(&b->c, border);
	}
	if (border == '*')
		b->warnings |= WARN(TEXT_STAR);
	return text;
}

static void end_modifier(struct block *b)
{
	if (!cursor_skip(&b->c, '/') && !cursor_end(&b->c) && cursor_peek(&b->c) != '^')
		b->warnings |= WARN(MODIFIER_NO_SLASH);
}

/* In front of a number they are print layout of manuals. */
static void skip_blanks(struct block *b)
{
	while (b->c.rest.n > 1 && b->c.rest.p[0] == ' ' && is_digit(b->c.rest.p[1]))
		cursor_take(&b->c, 1);
}

static void take_modifier(struct block *b, int m)
{
	cursor_take(&b->c, 2);
	skip_blanks(b);
	b->value[m] = take_value(b);
	b->present |= 1u << m;
	b->behind |= 1u << m;
	unsigned next = b->list ? b->list->n + 1 : 1;	/* none: for a person */
	if (m == M_TIME && !b->timed)
		b->timed = next;
	if (m == M_DATE && !b->dated)
		b->dated = next;
	if (cursor_peek(&b->c) == '^')
		*(m == M_AREA ? &b->area_text : m == M_USER ? &b->user_text : &b->other_text) = take_text(b);
	end_modifier(b);
}

/* Two small letters that no list has, with a number behind them: kept for "data". */
static bool is_strange(struct span s)
{
	return s.n > 2 && is_small(s.p[0]) && is_small(s.p[1]) && is_hex(s.p[2]) && !is_small(s.p[2]);
}

static bool take_strange(struct block *b)
{
	struct span s = b->c.rest;
	size_t n = 2;
	while (n < s.n && is_hex(s.p[n]) && !is_small(s.p[n]) && !two_capitals(span_from(s, n)))
		n++;
	if (!is_strange(s) || n > 2 + VALUE_MOST || (n < s.n && s.p[n] != '/') || b->strangers == STRANGE)
		return false;
	b->strange[b->strangers++] = cursor_take(&b->c, n);
	end_modifier(b);
	return true;
}

/* *1 to 6 digits, a point or a sign among them, and one or two letters: a value in units. */
static size_t units_at(struct span s)
{
	struct cursor c = cursor_over(s);
	if (!cursor_skip(&c, '*'))
		return 0;
	if (!cursor_skip(&c, '-'))
		cursor_skip(&c, '+');
	size_t digits = cursor_while(&c, is_digit, UNITS_MOST).n;
	if (digits && cursor_skip(&c, '.'))
		cursor_while(&c, is_digit, UNITS_MOST);
	size_t letters = cursor_while(&c, is_letter, 2).n;
	bool ends = cursor_end(&c) || cursor_peek(&c) == '/' || cursor_peek(&c) == '^';
	return digits && letters && ends ? s.n - c.rest.n : 0;
}

/* Digits, and letters up to F as long as they do not begin the next event. */
static struct span take_number(struct block *b)
{
	size_t n = 0;
	struct span s = b->c.rest;
	while (n < s.n && (is_digit(s.p[n]) || (is_capital(s.p[n]) && is_hex(s.p[n]) && !two_capitals(span_from(s, n)))))
		n++;
	return cursor_take(&b->c, n);
}

/* Month, day, year, as Americans write; two digits of the year will do. */
static void set_date(struct event *ev, struct span s)
{
	char iso[] = "20YY-MM-DD";
	size_t year = s.n == 10 ? 8 : 6;
	bool good = (s.n == 8 || s.n == 10) && s.p[2] == '-' && s.p[5] == '-';
	for (size_t i = 0; good && i < s.n; i++)
		good = i == 2 || i == 5 || is_digit(s.p[i]);
	if (good && span_starts(s, SPAN("00"))) {	/* no month: a day of the week, Sunday the first */
		event_data(ev, SPAN("weekday"), span_sub(s, 3, 2));
		return;
	}
	good = good && memcmp(s.p, "12", 2) <= 0 && memcmp(s.p + 3, "01", 2) >= 0 && memcmp(s.p + 3, "31", 2) <= 0;
	if (!good) {
		event_data(ev, SPAN("date"), s);
		return;
	}
	memcpy(iso + 2, s.p + year, 2);
	memcpy(iso + 5, s.p, 2);
	memcpy(iso + 8, s.p + 3, 2);
	event_data(ev, SPAN("date"), span_str(iso));
}

static void set_area(struct block *b, struct event *ev)
{
	if (b->value[M_AREA].n && event_get(ev, F_PARTITION).n == 0)
		event_set(ev, F_PARTITION, b->value[M_AREA]);
}

/* The user that the code itself names goes before. */
static void set_user(struct block *b, struct event *ev)
{
	struct span user = event_get(ev, F_USER), id = b->value[M_USER];
	if (id.n && user.n == 0)
		event_set(ev, F_USER, id);
	else if (id.n && !span_eq(user, id))
		event_data(ev, SPAN("id"), id);
}

static void set_data(struct block *b, struct event *ev, unsigned which)
{
	for (unsigned left = which & b->present; left; left &= left - 1) {
		int m = __builtin_ctz(left);
		if (b->value[m].n == 0 || modifiers[m].key.n == 0)
			continue;
		if (m == M_DATE)
			set_date(ev, b->value[m]);
		else
			event_data(ev, modifiers[m].key, b->value[m]);
	}
	if (b->area_text.n && which >> M_AREA & 1)
		event_data(ev, SPAN("area_text"), b->area_text);
	if (b->user_text.n && which >> M_USER & 1)
		event_data(ev, SPAN("user_name"), b->user_text);
	if (b->other_text.n)
		event_data(ev, SPAN("text"), b->other_text);
}

static void set_strange(struct block *b, struct event *ev, unsigned from)
{
	for (unsigned i = from; i < b->strangers; i++)
		event_data(ev, span_sub(b->strange[i], 0, 2), span_from(b->strange[i], 2));
}

static void take_event(struct block *b)
{
	struct event *ev = event_list_add(b->list);
	struct span code = cursor_take(&b->c, 2), number;
	skip_blanks(b);
	number = take_number(b);
	const struct code *row = code_sia(code);
	event_puts(ev, F_FORMAT, "sia");
	event_set(ev, F_CODE, code);
	event_puts(ev, F_QUALIFIER, row && kind_is_over(row->kind) ? "R" : "E");
	format_classify(ev, row, false, b->language);
	set_area(b, ev);
	format_number(ev, number);
	if (number.n && (!row || row->concern == ON_DEVICE))	/* perhaps no zone of a site: kept as it stands, too */
		event_data(ev, SPAN("address"), number);
	set_user(b, ev);
	set_data(b, ev, ~0u);
	set_strange(b, ev, 0);
	b->told = b->strangers;
	if (b->old)
		event_data(ev, SPAN("old"), SPAN("true"));
	size_t units = units_at(b->c.rest);
	if (units)
		event_data(ev, SPAN("value"), span_from(cursor_take(&b->c, units), 1));
	if (cursor_peek(&b->c) == '^' || cursor_peek(&b->c) == '*') {
		struct span text = take_text(b);
		event_set(ev, F_TEXT, text);
	}
	b->behind = 0;
}

static bool readable(struct span s)
{
	return two_capitals(s) || modifier_at(s) >= 0 || is_strange(s);
}

/* Bytes before the first `stop`; one inside ^…^ is text, and a caret that nothing closes hides none. */
static size_t length_to(struct span s, uint8_t stop)
{
	ptrdiff_t at = span_find(s, stop);
	bool inside = false;
	size_t n = 0;
	if (at < 0)
		return s.n;
	if (span_find(span_sub(s, 0, (size_t)at), '^') < 0)
		return (size_t)at;
	for (; n < s.n && (inside || s.p[n] != stop); n++)
		inside ^= s.p[n] == '^';
	return n < s.n || !inside ? n : (size_t)at;
}

static void add_unreadable(struct event_list *list, struct span bytes)
{
	struct event *ev = event_list_add(list);
	ev->unreadable = true;
	ev->warnings = WARN(STRUCTURE_BAD);
	event_set(ev, F_TEXT, bytes);
}

/* What cannot be read takes its place in the numbering, up to the slash
 * behind which something can: a fire alarm does not hide in somebody's noise. */
static struct span take_unreadable(struct block *b)
{
	struct span s = b->c.rest;
	size_t n = length_to(s, '/');
	while (n < s.n && !readable(span_from(s, n + 1)))
		n += 1 + length_to(span_from(s, n + 1), '/');
	return cursor_take(&b->c, n);
}

/* Modifiers that no event follows belong to those before them: area and user
 * to all, a time to all that have none, the rest to the last. */
static void modifiers_behind(struct block *b)
{
	const unsigned time = 1u << M_TIME, date = 1u << M_DATE;
	for (unsigned i = b->first; i < b->list->n; i++) {
		struct event *ev = &b->list->event[i];
		bool last = i + 1 == b->list->n;
		if (ev->unreadable)
			continue;
		if (b->behind >> M_AREA & 1)
			set_area(b, ev);
		if (b->behind >> M_USER & 1)
			set_user(b, ev);
		set_data(b, ev, b->behind & (last ? ~0u : (i + 1 < b->timed ? time : 0) | (i + 1 < b->dated ? date : 0)));
		if (last)
			set_strange(b, ev, b->told);
	}
}

/* "A+INTRUDER" behind the last slash: the text block of Galaxy's messages. */
static bool take_galaxy_text(struct block *b)
{
	struct span s = b->c.rest;
	struct event *last = b->list->n > b->first ? &b->list->event[b->list->n - 1] : NULL;
	if (!last || last->unreadable || s.n < 3 || s.p[0] != 'A' || (s.p[1] != '+' && s.p[1] != '-'))
		return false;
	sia_block_text(last, span_from(cursor_take(&b->c, s.n), 1));
	return true;
}

static void take_items(struct block *b)
{
	while (!cursor_end(&b->c)) {
		int m = modifier_at(b->c.rest);
		if (cursor_skip(&b->c, '/') || cursor_skip(&b->c, ' '))
			continue;
		if (m >= 0)
			take_modifier(b, m);
		else if (take_strange(b) || take_galaxy_text(b))
			continue;
		else if (two_capitals(b->c.rest))
			take_event(b);
		else
			add_unreadable(b->list, take_unreadable(b));
	}
	if (b->behind || b->strangers > b->told)
		modifiers_behind(b);
}

/* The next part between bars. */
static bool next_part(struct span *rest, struct span *part)
{
	if (rest->n == 0)
		return false;
	size_t n = length_to(*rest, '|');
	*part = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n + 1);
	return true;
}

/* False, and nothing taken, when no event of it can be read. */
static bool event_block(struct event_list *list, struct span part, enum language language, warnings *seen)
{
	struct block b = { .c = cursor_over(span_from(part, 1)), .language = language, .list = list,
	                   .first = list->n, .old = part.p[0] == 'O' };
	if (part.p[0] != 'N' && part.p[0] != 'O')
		return false;
	take_items(&b);
	for (unsigned i = b.first; i < list->n; i++)
		if (!list->event[i].unreadable) {
			*seen |= b.warnings;
			return true;
		}
	list->n = b.first;
	return false;
}

/* Codes in small letters, where the table has them and no modifier is called so. */
static bool capitals(struct span part, uint8_t *out)
{
	bool any = false, begins = true;
	memcpy(out, part.p, part.n);
	for (size_t i = 1; i + 1 < part.n; i++) {
		struct span two = span_sub(part, i, 2);
		if (begins && is_small(two.p[0]) && is_small(two.p[1]) && modifier_at(two) < 0 && code_sia(two)) {
			out[i] &= (uint8_t)~0x20;
			out[i + 1] &= (uint8_t)~0x20;
			any = true;
		}
		begins = two.p[0] == '/' || two.p[0] == ' ';
	}
	return any;
}

/* Only where nothing else can be read: such letters may be a modifier that no list has. */
static bool event_in_small(struct event_list *list, struct span part, enum language language, warnings *seen)
{
	uint8_t upper[SMALL_MOST];
	return part.n <= sizeof upper && (part.p[0] == 'N' || part.p[0] == 'O') && capitals(part, upper) &&
	       event_block(list, span_of(upper, part.n), language, seen);
}

static bool ascii_block(struct event *last, struct span part)
{
	if (part.p[0] != 'A' || last->unreadable)
		return false;
	if (event_get(last, F_TEXT).n == 0)
		event_set(last, F_TEXT, span_from(part, 1));
	else
		event_data(last, SPAN("text"), span_from(part, 1));
	return true;
}

/* A field in front of the events is the maker's own; bytes behind them may
 * be an alarm, and reach a person as a part without a reading. */
static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	struct span part;
	warnings seen = 0;
	struct span account = format_take_account(&payload, &seen);
	while (next_part(&payload, &part)) {
		if (part.n == 0 || event_block(list, part, language, &seen) || event_in_small(list, part, language, &seen))
			continue;
		if (list->n == began)
			seen |= WARN(EXTRA_DATA_FIELD);
		else if (!ascii_block(&list->event[list->n - 1], part))
			add_unreadable(list, part);
	}
	for (unsigned i = began; i < list->n; i++) {
		if (!list->event[i].unreadable)
			list->event[i].warnings |= seen;
		if (account.n)
			event_set(&list->event[i], F_ACCOUNT, account);
	}
	return list->n > began ? V_OK : format_refuse(list, V_MALFORMED, BAD_SYNTAX);
}

static void explain_modifier(struct block *b, int m, struct buf *out)
{
	struct span before = b->c.rest;
	take_modifier(b, m);
	struct span taken = span_sub(before, 0, 2 + b->value[m].n);
	explain_row(out, _("modifier"), taken, _(modifiers[m].name));
	explain_some(out, _("text"), m == M_AREA ? b->area_text : m == M_USER ? b->user_text : b->other_text, NULL);
	b->area_text.n = b->user_text.n = b->other_text.n = 0;
}

static void explain_event(struct block *b, struct buf *out)
{
	struct span code = cursor_take(&b->c, 2);
	skip_blanks(b);
	struct span number = take_number(b);
	const struct code *row = code_sia(code);
	struct buf both = { 0 };
	buf_span(&both, code);
	buf_span(&both, number);
	explain_row(out, _("code"), buf_view(&both), row ? row->label[b->language] : _("in no table"));
	buf_free(&both);
	if (cursor_peek(&b->c) == '^' || cursor_peek(&b->c) == '*')
		explain_row(out, _("text"), take_text(b), NULL);
}

static void explain_block(struct span part, enum language language, struct buf *out)
{
	struct block b = { .c = cursor_over(span_from(part, 1)), .language = language };
	explain_row(out, _("function"), span_sub(part, 0, 1), part.p[0] == 'N' ? _("new event") : _("old event, from the log"));
	while (!cursor_end(&b.c)) {
		int m = modifier_at(b.c.rest);
		if (cursor_skip(&b.c, '/') || cursor_skip(&b.c, ' '))
			continue;
		if (m >= 0)
			explain_modifier(&b, m, out);
		else if (two_capitals(b.c.rest))
			explain_event(&b, out);
		else if (take_strange(&b))
			explain_row(out, _("modifier"), b.strange[b.strangers - 1], _("in no table"));
		else
			explain_row(out, _("no reading"), take_unreadable(&b), _("a modifier or an event code is wanted"));
	}
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	struct span part;
	warnings seen = 0;
	explain_some(out, _("account"), format_take_account(&payload, &seen), NULL);
	for (bool first = true; next_part(&payload, &part); first = false) {
		if (part.n && (part.p[0] == 'N' || part.p[0] == 'O'))
			explain_block(part, language, out);
		else if (part.n && part.p[0] == 'A' && !first)
			explain_row(out, _("text"), span_from(part, 1), NULL);
		else
			explain_row(out, _("other field"), part, part.n ? _("none of SIA DC-03") : _("(empty)"));
	}
}

const struct format format_sia = {
	.name = "sia", .title = N_("SIA event codes (SIA DC-03)"), .coverage = N_("complete"), .row = code_sia,
	.decode = decode,
	.explain = explain,
};
