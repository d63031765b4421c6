/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/element.h"

#include "util/charset.h"
#include "util/hex.h"

enum tag_kind { T_OPEN, T_CLOSE, T_EMPTY };

struct tag {
	enum tag_kind kind;
	struct span name;
};

/* What an element may hold beside text and elements. */
static const struct aside {
	struct span begin, end;
} comment = { SPAN("<!--"), SPAN("-->") }, instruction = { SPAN("<?"), SPAN("?>") }, cdata = { SPAN("<![CDATA["), SPAN("]]>") };

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name_byte(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-' || c == '.' || c == ':';
}

/* Length of the aside at the front; 0: there is none, or it does not end. */
static size_t aside_length(struct span s, const struct aside *a)
{
	if (!span_starts(s, a->begin))
		return 0;
	struct span inner = span_from(s, a->begin.n);
	const uint8_t *end = inner.n ? memmem(inner.p, inner.n, a->end.p, a->end.n) : NULL;
	return end ? (size_t)(end - s.p) + a->end.n : 0;
}

static size_t any_aside(struct span s)
{
	size_t n = aside_length(s, &comment);
	n = n ? n : aside_length(s, &instruction);
	return n ? n : aside_length(s, &cdata);
}

/* Up to the next tag, its < not included; fails where there is none. */
static struct span take_text(struct cursor *c)
{
	struct span all = c->rest;
	size_t n = 0;
	for (;;) {
		struct span rest = span_from(all, n);
		ptrdiff_t tag = span_find(rest, '<');
		size_t aside = tag < 0 ? 0 : any_aside(span_from(rest, (size_t)tag));
		if (tag < 0)
			return cursor_take(c, all.n + 1);
		n += (size_t)tag + aside;
		if (aside == 0)
			return cursor_take(c, n);
	}
}

/* Nothing but blanks, comments and instructions. */
static bool says_nothing(struct span text)
{
	while (text.n) {
		size_t n = is_blank(text.p[0]) ? 1 : aside_length(text, &comment);
		n = n ? n : aside_length(text, &instruction);
		if (n == 0)
			return false;
		text = span_from(text, n);
	}
	return true;
}

static struct span without_prefix(struct span name)
{
	ptrdiff_t colon = span_find(name, ':');
	return colon < 0 ? name : span_from(name, (size_t)colon + 1);
}

/* Attributes say nothing here; a > within quotes ends no tag. */
static void skip_attributes(struct cursor *c)
{
	while (cursor_ok(c) && cursor_peek(c) != '>' && cursor_peek(c) != '/') {
		uint8_t byte = cursor_u8(c);
		if (byte == '"' || byte == '\'')
			cursor_until(c, byte);
		else if (byte == '<')
			cursor_take(c, c->rest.n + 1);
	}
}

static void take_tag(struct cursor *c, struct tag *tag)
{
	cursor_expect(c, '<');
	tag->kind = cursor_skip(c, '/') ? T_CLOSE : T_OPEN;
	struct span name = cursor_while(c, is_name_byte, 64);
	tag->name = without_prefix(name);
	if (tag->kind == T_OPEN && is_blank((uint8_t)cursor_peek(c)))
		skip_attributes(c);
	else
		cursor_while(c, is_blank, SIZE_MAX);
	if (tag->kind == T_OPEN && cursor_skip(c, '/'))
		tag->kind = T_EMPTY;
	cursor_expect(c, '>');
	if (tag->name.n == 0)
		cursor_take(c, c->rest.n + 1);
}

/* True: *found is an element that ends here. */
static bool take_close(struct elements *e, struct span name, struct span text, struct element *found)
{
	bool leaf = e->fresh && e->depth > 1;
	e->fresh = false;
	e->bad = e->depth == 0 || !span_eq(name, e->open[e->depth - 1]) || (!leaf && !says_nothing(text));
	if (e->bad)
		return false;
	e->ended = --e->depth == 0;
	*found = (struct element){ name, span_trim(text) };
	return leaf;
}

static bool take_open(struct elements *e, const struct tag *tag, struct span text, struct element *found)
{
	bool empty = tag->kind == T_EMPTY;
	e->bad = !says_nothing(text) || (empty && e->depth == 0) || e->depth == ELEMENT_DEPTH;
	if (e->bad)
		return false;
	e->fresh = !empty;
	*found = (struct element){ tag->name, { 0 } };
	if (e->depth == 0)
		e->root = tag->name;
	if (!empty)
		e->open[e->depth++] = tag->name;
	return empty;
}

bool elements_next(struct elements *e, struct element *found)
{
	bool whole = false;
	while (!whole && !e->ended && !e->bad) {
		struct tag tag;
		struct span text = take_text(&e->c);
		take_tag(&e->c, &tag);
		e->bad = !cursor_ok(&e->c);
		if (e->bad)
			break;
		whole = tag.kind == T_CLOSE ? take_close(e, tag.name, text, found) : take_open(e, &tag, text, found);
	}
	return whole;
}

static const struct {
	struct span name;
	uint8_t byte;
} entities[] = {
	{ SPAN("lt"), '<' }, { SPAN("gt"), '>' }, { SPAN("amp"), '&' }, { SPAN("quot"), '"' }, { SPAN("apos"), '\'' },
};

/* "233" or "xE9"; 0: no character. */
static uint32_t character(struct span number)
{
	struct cursor c = cursor_over(number);
	bool hex = cursor_skip(&c, 'x');
	uint32_t u = cursor_digits(&c, c.rest.n <= 7 ? c.rest.n : SIZE_MAX, hex ? 16 : 10);
	bool is_character = cursor_ok(&c) && u <= 0x10FFFF && (u < 0xD800 || u > 0xDFFF);
	return is_character ? u : 0;
}

/* An entity at the front, appended; gives its length.  One that nobody knows stays as it is. */
static size_t put_entity(struct buf *out, struct span s)
{
	ptrdiff_t end = span_find(span_sub(s, 0, 12), ';');
	struct span name = span_sub(s, 1, end < 0 ? 0 : (size_t)end - 1);
	uint32_t u = name.n > 1 && name.p[0] == '#' ? character(span_from(name, 1)) : 0;
	if (u) {
		utf8_put(out, u);
		return (size_t)end + 1;
	}
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (name.n && span_eq(name, entities[i].name)) {
			buf_byte(out, entities[i].byte);
			return (size_t)end + 1;
		}
	buf_byte(out, '&');
	return 1;
}

void element_text(struct buf *out, struct span value)
{
	while (value.n) {
		size_t n = any_aside(value);
		if (n && span_starts(value, cdata.begin))
			buf_span(out, span_sub(value, cdata.begin.n, n - cdata.begin.n - cdata.end.n));
		if (n == 0 && value.p[0] == '&') {
			n = put_entity(out, value);
		} else if (n == 0) {
			buf_byte(out, value.p[0]);
			n = 1;
		}
		value = span_from(value, n);
	}
}
