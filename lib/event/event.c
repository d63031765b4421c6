/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/event.h"

#include <stdlib.h>

#include "json/plain.h"

enum form { TEXT, RAW };

static const struct {
	struct span key;
	enum form form;
} fields[] = {
#define FIELD(name, key, form, meaning) { KEY(key), form },
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
	buf_reset(&list->text);
	buf_reset(&list->data);
}

void event_list_free(struct event_list *list)
{
	free(list->event);
	buf_free(&list->text);
	buf_free(&list->data);
	*list = (struct event_list){ 0 };
}

void event_set(struct event *ev, enum field f, struct span value)
{
	struct buf *text = &ev->list->text;
	ev->field[f].at = (uint32_t)text->n;
	ev->field[f].n = (uint32_t)value.n;
	buf_span(text, value);
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

/* Makes room in the middle and puts the text there. */
static void insert(struct buf *b, size_t at, struct span text)
{
	size_t tail = b->n - at;
	buf_reserve(b, text.n);
	memmove(b->p + at + text.n, b->p + at, tail);
	memcpy(b->p + at, text.p, text.n);
	b->n += text.n;
}

/* "k":"a" and one more becomes "k":["a","b"]. */
static void append_to_list(struct buf *data, const struct member *m, struct span text)
{
	struct buf element = { 0 };
	bool list = data->p[m->at] == '[';
	size_t end = m->at + m->n;
	buf_byte(&element, ',');
	json_quote(&element, text);
	if (list) {
		insert(data, end - 1, buf_view(&element));
	} else {
		buf_byte(&element, ']');
		insert(data, end, buf_view(&element));
		insert(data, m->at, SPAN("["));
	}
	buf_free(&element);
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

void event_also(struct event *ev, struct span words)
{
	struct buf *text = &ev->list->text;
	ev->also_at = (uint32_t)text->n;
	ev->also_n = (uint32_t)words.n;
	buf_span(text, words);
}

/* Never the first of its object, so that its comma always stands. */
static void print_field(struct buf *out, const struct event *ev, enum field f)
{
	if (ev->field[f].n == 0)
		return;
	struct span value = event_get(ev, f);
	buf_reserve(out, fields[f].key.n + value.n + 2);
	buf_span(out, fields[f].key);
	if (fields[f].form == RAW)
		buf_span(out, value);
	else
		json_quote(out, value);
}

/* All keys with their quotes, so that one look for room serves an event. */
enum {
	KEYS_ROOM = 0
#define FIELD(name, key, form, meaning) + sizeof ",\"" key "\":\"\""
#include "event/fields.def"
#undef FIELD
};

static size_t copied(uint8_t *to, struct span s)
{
	if (s.n <= 16)
		copy_short(to, s.p, s.n);
	else
		memcpy(to, s.p, s.n);
	return s.n;
}

/* Nearly every value can be copied as it is, quotes around it. */
static void print_fields(struct buf *out, const struct event *ev)
{
	size_t room = KEYS_ROOM;
	for (enum field f = 0; f < F_DATA; f++)
		room += ev->field[f].n;
	uint8_t *to = buf_reserve(out, room);
	for (enum field f = 0; f < F_DATA; f++) {
		struct span value = span_of(ev->list->text.p + ev->field[f].at, ev->field[f].n);
		if (value.n == 0)
			continue;
		to += copied(to, fields[f].key);
		if (fields[f].form == RAW) {
			to += copied(to, value);
		} else if (all_plain(value.p, value.n)) {
			*to++ = '"';
			to += copied(to, value);
			*to++ = '"';
		} else {
			out->n = (size_t)(to - out->p);
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

static void print_error(struct buf *out, const struct event *ev)
{
	static const enum field before[] = { F_ID, F_AT }, behind[] = { F_PROTO, F_SOURCE, F_PEER, F_ACCOUNT };
	warnings why = ev->warnings ? ev->warnings & -ev->warnings : WARN(STRUCTURE_BAD);
	enum warning w = (enum warning)__builtin_ctzll(why);
	buf_lit(out, "{\"type\":\"error\"");
	for (unsigned i = 0; i < 2; i++)
		print_field(out, ev, before[i]);
	json_str(out, KEY("error"), span_str(warning_word(w)));
	json_str(out, KEY("detail"), span_str(warning_meaning(w)));
	for (unsigned i = 0; i < 4; i++)
		print_field(out, ev, behind[i]);
	json_bytes(out, event_get(ev, F_TEXT));
}

void event_print(struct buf *out, const struct event *ev, unsigned of)
{
	if (ev->unreadable) {
		print_error(out, ev);
	} else {
		buf_lit(out, "{\"type\":\"event\"");
		print_fields(out, ev);
		if (ev->data_n)
			print_data(out, ev);
		if (ev->warnings | ev->also_n)
			print_warnings(out, ev);
	}
	if (of > 1)
		json_int(out, KEY("of"), of);
	buf_lit(out, "}\n");
}
