/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/event.h"

#include <stdlib.h>

#include "json/plain.h"

enum form { RAW, TEXT };

/* Texts are copied so many bytes at a time, up to fifteen more than there
 * are: behind what is read and what is written there is room for them. */
#define WIDE 16

static const struct {
	char key[WIDE];		/* as it is written, with the quote in front of the value */
	uint8_t n;
	enum form form;
} fields[] = {
#define FIELD(name, key, form, meaning) { ",\"" key "\":\"", sizeof ",\"" key "\":" - 1 + form, form },
#include "event/fields.def"
#undef FIELD
};

struct event *event_list_add(struct event_list *list)
{
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 4;
		list->event = xrealloc(list->event, list->room * sizeof *list->event);
	}
	struct event *ev = &list->event[list->n++];
	memset(ev, 0, sizeof *ev);
	ev->list = list;
	return ev;
}

void event_list_reset(struct event_list *list)
{
	list->n = 0;
	list->refusal = 0;
	list->looked = 0;
	list->escapes = false;
	buf_reset(&list->text);
	buf_reset(&list->data);
}

void event_list_free(struct event_list *list)
{
	free(list->event);
	buf_free(&list->text);
	buf_free(&list->data);
	buf_free(&list->scratch);
	*list = (struct event_list){ 0 };
}

void event_set(struct event *ev, enum field f, struct span value)
{
	struct buf *text = &ev->list->text;
	ev->field[f].at = (uint32_t)text->n;
	ev->field[f].n = (uint32_t)value.n;
	buf_span(text, value);
}

void event_set_from(struct event *ev, enum field f, size_t began)
{
	ev->field[f].at = (uint32_t)began;
	ev->field[f].n = (uint32_t)(ev->list->text.n - began);
}

struct span event_get(const struct event *ev, enum field f)
{
	return span_sub(buf_view(&ev->list->text), ev->field[f].at, ev->field[f].n);
}

struct member {
	struct span want;	/* key without quotes */
	const struct buf *in;
	size_t at, n;		/* the value found; n 0: none */
};

/* The value of a key among members that this file wrote: "k":"…" or "k":["…"]. */
static bool find_member(struct member *m, size_t from, size_t to)
{
	const uint8_t *p = m->in->p;
	while (from < to) {
		size_t key = ++from;	/* behind the quote */
		while (p[from] != '"')
			from += p[from] == '\\' ? 2 : 1;
		bool same = span_eq(span_of(p + key, from - key), m->want);
		size_t value = from + 2, end = value;
		bool list = p[value] == '[', quoted = false;
		do {
			if (p[end] == '\\')
				end++;
			else if (p[end] == '"')
				quoted = !quoted;
			end++;
		} while (end < to && (quoted || (list ? p[end - 1] != ']' : p[end] != ',')));
		if (same) {
			m->at = value;
			m->n = end - value;
			return true;
		}
		from = end + 1;	/* behind the comma */
	}
	return false;
}

/* Moves the last n bytes to where they belong, in the middle. */
static void move_last(struct buf *b, size_t n, size_t at)
{
	buf_reserve(b, n);
	memmove(b->p + at + n, b->p + at, b->n - at);
	memcpy(b->p + at, b->p + b->n, n);
}

/* "k":"a" and one more becomes "k":["a","b"]. */
static void append_to_list(struct buf *data, const struct member *m, struct span text)
{
	bool list = data->p[m->at] == '[';
	size_t end = m->at + m->n, began = data->n;
	buf_byte(data, ',');
	json_quote(data, text);
	if (list) {
		move_last(data, data->n - began, end - 1);
	} else {
		buf_byte(data, ']');
		move_last(data, data->n - began, end);
		buf_byte(data, '[');
		move_last(data, 1, m->at);
	}
}

/* Another event has written behind it: its members move to where there is room. */
static void move_to_end(struct event *ev)
{
	struct buf *data = &ev->list->data;
	size_t at = data->n;
	buf_reserve(data, ev->data_n);
	buf_add(data, data->p + ev->data_at, ev->data_n);
	ev->data_at = (uint32_t)at;
}

void event_data(struct event *ev, struct span key, struct span text)
{
	struct buf *data = &ev->list->data;
	struct member m = { .want = key, .in = data };
	if (ev->data_at + ev->data_n != data->n)
		move_to_end(ev);
	if (find_member(&m, ev->data_at, data->n)) {
		append_to_list(data, &m, text);
	} else {
		if (ev->data_n)
			buf_byte(data, ',');
		json_quote(data, key);
		buf_byte(data, ':');
		json_quote(data, text);
	}
	ev->data_n = (uint32_t)(data->n - ev->data_at);
}

struct span event_data_text(const struct event *ev, struct span key)
{
	struct member m = { .want = key, .in = &ev->list->data };
	if (!find_member(&m, ev->data_at, ev->data_at + ev->data_n) || m.in->p[m.at] != '"')
		return (struct span){ 0 };
	return span_of(m.in->p + m.at + 1, m.n - 2);
}

void event_also(struct event *ev, struct span words)
{
	struct buf *text = &ev->list->text;
	ev->also_at = (uint32_t)text->n;
	ev->also_n = (uint32_t)words.n;
	buf_span(text, words);
}

/* All keys with their quotes, so that one look for room serves an event. */
enum {
	KEYS_ROOM = WIDE
#define FIELD(name, key, form, meaning) + sizeof ",\"" key "\":\"\""
#include "event/fields.def"
#undef FIELD
};

static inline uint8_t *put(uint8_t *to, const void *from, size_t n)
{
	memcpy(to, from, WIDE);
	if (n > WIDE)
		memcpy(to, from, n);
	return to + n;
}

/* Nearly always can all values be copied as they are: one look tells. */
static bool list_is_plain(struct event_list *list)
{
	if (!list->escapes)
		list->escapes = !all_plain(list->text.p + list->looked, list->text.n - list->looked);
	list->looked = list->text.n;
	return !list->escapes;
}

/* Those of the set that are there, a bit for each.  Never the first of
 * their object, so that the comma always stands. */
static void print_fields(struct buf *out, const struct event *ev, uint32_t set)
{
	size_t room = KEYS_ROOM + ev->list->text.n;
	const uint8_t *text = buf_reserve(&ev->list->text, WIDE) - ev->list->text.n;
	bool plain = list_is_plain(ev->list);
	uint8_t *to = buf_reserve(out, room);
	for (; set; set &= set - 1) {
		enum field f = (enum field)__builtin_ctz(set);
		struct span value = span_of(text + ev->field[f].at, ev->field[f].n);
		if (value.n == 0)
			continue;
		to = put(to, fields[f].key, fields[f].n);
		if (plain || fields[f].form == RAW || all_plain(value.p, value.n)) {
			to = put(to, value.p, value.n);
			if (fields[f].form == TEXT)
				*to++ = '"';
		} else {
			out->n = (size_t)(to - 1 - out->p);
			json_quote(out, value);
			to = buf_reserve(out, room);
		}
	}
	out->n = (size_t)(to - out->p);
}

static void print_data(struct buf *out, const struct event *ev)
{
	buf_lit(out, ",\"data\":{");
	buf_add(out, ev->list->data.p + ev->data_at, ev->data_n);
	buf_byte(out, '}');
}

static void print_warnings(struct buf *out, const struct event *ev)
{
	struct span words = span_sub(buf_view(&ev->list->text), ev->also_at, ev->also_n), word;
	buf_lit(out, ",\"warnings\":");
	warnings_put(out, ev->warnings);
	out->n--;	/* the bracket */
	for (bool first = !ev->warnings; span_word(&words, &word); first = false) {
		buf_str(out, first ? "" : ",");
		json_quote(out, word);
	}
	buf_byte(out, ']');
}

#define BIT(field) (UINT32_C(1) << F_##field)

static void print_error(struct buf *out, const struct event *ev)
{
	warnings why = ev->warnings ? ev->warnings & -ev->warnings : WARN(STRUCTURE_BAD);
	enum warning w = (enum warning)__builtin_ctzll(why);
	buf_lit(out, "{\"type\":\"error\"");
	print_fields(out, ev, BIT(ID) | BIT(AT));
	json_str(out, KEY("error"), span_str(warning_word(w)));
	json_str(out, KEY("detail"), span_str(warning_meaning(w)));
	print_fields(out, ev, BIT(PROTO) | BIT(SOURCE) | BIT(PEER) | BIT(ACCOUNT));
	json_bytes(out, event_get(ev, F_TEXT));
}

void event_print(struct buf *out, const struct event *ev, unsigned of)
{
	if (ev->unreadable) {
		print_error(out, ev);
	} else {
		buf_lit(out, "{\"type\":\"event\"");
		print_fields(out, ev, BIT(DATA) - 1);
		if (ev->data_n)
			print_data(out, ev);
		if (ev->warnings | ev->also_n)
			print_warnings(out, ev);
	}
	if (of > 1)
		json_int(out, KEY("of"), of);
	buf_lit(out, "}\n");
}
