/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DC-09 signal as events: the payload's own, with what the header and the
 * extended data say of all of them. */
#include "proto/dc09.h"
#include "util/hex.h"

/* The letters of the standard's table of extended data.  K carries keys,
 * which go nowhere but into the frame's own bytes. */
static const struct {
	char letter;
	struct span key;
} extended[] = {
	{ 'A', SPAN("authentication") }, { 'C', SPAN("supervision") }, { 'H', SPAN("occurred") },
	{ 'I', SPAN("alarm_text") }, { 'J', SPAN("path") }, { 'L', SPAN("location") }, { 'M', SPAN("mac") },
	{ 'N', SPAN("network") }, { 'O', SPAN("building") }, { 'P', SPAN("programming") }, { 'R', SPAN("room") },
	{ 'S', SPAN("site_name") }, { 'T', SPAN("trigger") }, { 'V', SPAN("url") }, { 'X', SPAN("lon") },
	{ 'Y', SPAN("lat") }, { 'Z', SPAN("alt") },
};

static void set_extended(struct event *ev, char letter, struct span text)
{
	char other[] = { 'x', '_', letter, '\0' };
	if (letter == 'K') {
		event_data(ev, SPAN("key_exchange"), SPAN("present"));
		return;
	}
	if (letter == 'I' && event_get(ev, F_TEXT).n == 0) {
		event_set(ev, F_TEXT, text);
		return;
	}
	for (size_t i = 0; i < sizeof extended / sizeof *extended; i++)
		if (extended[i].letter == letter) {
			event_data(ev, extended[i].key, text);
			return;
		}
	event_data(ev, span_str(other), text);
}

static void all_extended(struct event *ev, struct span s)
{
	while (s.n > 2) {
		ptrdiff_t end = span_find(s, ']');
		if (end < 2)
			return;
		set_extended(ev, (char)s.p[1], span_sub(s, 2, (size_t)end - 2));
		s = span_from(s, (size_t)end + 1);
	}
}

/* Intact, and nobody knows how to read it: a person shall.  Of a frame
 * without a data block that is the frame itself. */
static void undefined(const struct signal *s, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	bool blockless = s->payload.n == 0 && s->warnings & WARN(STRUCTURE_BAD);
	bool binary = s->warnings & WARN(BINARY_PAYLOAD);
	event_puts(ev, F_KIND, "undefined");
	event_puts(ev, F_CATEGORY, "untyped");
	event_puts(ev, F_SEVERITY, "3");
	if (binary) {
		buf_reset(&list->scratch);
		hex_lower(&list->scratch, s->payload);
		event_data(ev, SPAN("payload_hex"), buf_view(&list->scratch));
	} else {
		event_set(ev, F_TEXT, blockless ? span_trim(s->frame) : s->payload);
	}
	event_data(ev, SPAN("token"), s->token);
}

/* The panel's clock has whole seconds, and so has its time in the record. */
static void set_sent(struct event *ev, msec sent)
{
	struct buf *text = &ev->list->text;
	if (sent == CLOCK_NONE)
		return;
	size_t began = text->n;
	clock_put(text, sent);
	text->n -= sizeof ".000Z" - 1;
	buf_byte(text, 'Z');
	event_set_from(ev, F_SENT, began);
}

static void set_header(struct event *ev, const char *proto, const struct signal *s)
{
	event_puts(ev, F_PROTO, proto);
	event_set(ev, F_RECEIVER, s->receiver);
	event_set(ev, F_LINE, s->line);
	event_set(ev, F_SEQ, s->seq);
	if (s->account.n)
		event_set(ev, F_ACCOUNT, s->account);
	else if (s->inner_account.n)
		event_set(ev, F_ACCOUNT, s->inner_account);
	if (ev->unreadable)
		return;
	set_sent(ev, s->sent);
	if (s->warnings & WARN(INNER_ACCOUNT_DIFFERS))
		event_data(ev, SPAN("inner_account"), s->inner_account);
	all_extended(ev, s->extended);
	ev->warnings |= s->warnings;
}

/* A link test says who and over which path: address, network, keys, category.
 * That is no event every half minute; an alarm text or a picture would be one. */
static bool is_link_test(const struct signal *s)
{
	struct span rest = s->extended;
	if (!span_is(s->token, "NULL") || (s->payload.n && !(s->warnings & WARN(NULL_WITH_DATA))))
		return false;
	while (rest.n > 2 && memchr("ACJKMN", rest.p[1], 6)) {
		ptrdiff_t end = span_find(rest, ']');
		rest = span_from(rest, end < 0 ? rest.n : (size_t)end + 1);
	}
	return rest.n == 0;
}

enum verdict dc09_events_in(const char *proto, const struct signal *s, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	enum verdict v = V_NOT_MINE;
	bool empty = s->payload.n == 0 && s->extended.n == 0 && !(s->warnings & (WARN(STRUCTURE_BAD) | WARN(TOKEN_UNKNOWN)));
	if (s->poll || empty || is_link_test(s) || (s->is_answer && !s->format))
		return V_OK;
	if (s->format)
		v = s->format->decode(s->payload, language, list);
	if (v != V_OK && s->is_answer)
		return V_OK;
	if (v != V_OK) {
		undefined(s, list);
		if (s->format && !(s->warnings & WARN(STRUCTURE_BAD)))
			list->event[list->n - 1].warnings |= WARN(STRUCTURE_BAD);
	}
	if (v == V_BAD_CHECK)
		list->event[list->n - 1].warnings |= WARN(CHECK_DIGIT);
	for (unsigned i = began; i < list->n; i++)
		set_header(&list->event[i], proto, s);
	return V_OK;
}

enum verdict dc09_events(const struct signal *s, enum language language, struct event_list *list)
{
	return dc09_events_in("dc09", s, language, list);
}
