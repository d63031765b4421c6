/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame's bytes become events, or an error that carries them. */
#include "decode.h"

#include "crypto/crypto.h"
#include "format/explain.h"
#include "proto/explain.h"

#define ERROR_BYTES 16384	/* of input in one error record */

static void put_text(struct buf *out, struct span key, struct span text)
{
	if (text.n)
		json_str(out, key, text);
}

static void put_error(struct decoder *d, const struct frame_in *f, const char *error, const char *detail, struct span account,
                      size_t part, size_t parts)
{
	struct buf *out = &d->out;
	struct span bytes = span_sub(f->bytes, (part - 1) * ERROR_BYTES, ERROR_BYTES);
	buf_reset(&d->text);
	buf_span(&d->text, f->id);
	if (parts > 1)
		buf_printf(&d->text, ".%zu", part);
	json_begin(out);
	json_str(out, KEY("type"), SPAN("error"));
	json_str(out, KEY("id"), buf_view(&d->text));
	json_time(out, KEY("at"), f->at);
	json_str(out, KEY("error"), span_str(error));
	json_str(out, KEY("detail"), span_str(detail));
	if (f->protocol)
		json_str(out, KEY("proto"), span_str(f->protocol->name));
	put_text(out, KEY("source"), f->source);
	put_text(out, KEY("peer"), f->peer);
	put_text(out, KEY("account"), account);
	if (bytes.n)
		json_bytes(out, bytes);
	if (parts > 1) {
		json_int(out, KEY("part"), (int64_t)part);
		json_int(out, KEY("parts"), (int64_t)parts);
	}
	json_end(out);
	buf_byte(out, '\n');
}

/* A record is known by its type and id, so each part has an id of its own. */
void decode_error(struct decoder *d, const struct frame_in *f, const char *error, const char *detail, struct span account)
{
	size_t parts = (f->bytes.n + ERROR_BYTES - 1) / ERROR_BYTES;
	for (size_t part = 1; part == 1 || part <= parts; part++)
		put_error(d, f, error, detail, account, part, parts);
	d->bad = true;
}

void decode_noise(struct decoder *d, const struct frame_in *f)
{
	const char *other = f->protocol->neighbour ? f->protocol->neighbour(f->bytes) : NULL;
	decode_error(d, f, other ? "neighbour" : "noise", other ? other : "bytes that are no frame", (struct span){ 0 });
}

static struct span account_of(const struct signal *s)
{
	return s->account.n ? s->account : s->inner_account;
}

static void error_of(struct decoder *d, const struct frame_in *f, enum warning w, const struct signal *s)
{
	decode_error(d, f, warning_word(w), warning_meaning(w), account_of(s));
}

/* Seconds with one decimal: what a clock of whole seconds can tell. */
static void set_drift(struct decoder *d, struct event *ev, const struct frame_in *f, msec sent)
{
	if (sent == CLOCK_NONE || f->at == CLOCK_NONE)
		return;
	msec tenths = (sent - f->at) / 100;
	buf_reset(&d->text);
	if (tenths < 0)
		buf_byte(&d->text, '-');
	tenths = tenths < 0 ? -tenths : tenths;
	buf_unsigned(&d->text, (uint64_t)tenths / 10);
	buf_byte(&d->text, '.');
	buf_byte(&d->text, (uint8_t)('0' + tenths % 10));
	event_set(ev, F_DRIFT, buf_view(&d->text));
}

static void set_id(struct decoder *d, struct event *ev, const struct frame_in *f, unsigned part)
{
	if (d->list.n == 1) {
		event_set(ev, F_ID, f->id);
		return;
	}
	buf_reset(&d->text);
	buf_span(&d->text, f->id);
	buf_byte(&d->text, '.');
	buf_unsigned(&d->text, part);
	event_set(ev, F_ID, buf_view(&d->text));
}

static struct span time_text(struct decoder *d, msec at)
{
	if (d->at_time != at || d->at.n == 0) {
		buf_reset(&d->at);
		clock_put(&d->at, at);
		d->at_time = at;
	}
	return buf_view(&d->at);
}

/* False: one would be too long for a record, and nothing has been printed. */
static bool print_events(struct decoder *d, const struct frame_in *f, const struct signal *s)
{
	struct span at = time_text(d, f->at);
	size_t began = d->out.n;
	for (unsigned i = 0; i < d->list.n; i++) {
		struct event *ev = &d->list.event[i];
		size_t line = d->out.n;
		set_id(d, ev, f, i + 1);
		event_set(ev, F_AT, at);
		event_set(ev, F_SOURCE, f->source);
		event_set(ev, F_PEER, f->peer);
		if (!ev->unreadable) {
			ev->warnings |= f->flags;
			if (f->since.n)
				event_data(ev, SPAN("delayed_since"), span_sub(f->since, 1, f->since.n - 2));
			if (f->repeat.n)
				event_data(ev, SPAN("repeat"), span_sub(f->repeat, 1, f->repeat.n - 2));
			set_drift(d, ev, f, s->sent);
			if (d->dialects.sites)
				dialect_event(d, f, ev);
			if (d->found)
				mark_unnamed(d, ev);
		}
		event_print(&d->out, ev, d->list.n);
		if (d->out.n - line > RECORD_MOST) {
			d->out.n = began;
			return false;
		}
		d->bad |= ev->unreadable || ev->warnings & WARN(CODE_UNKNOWN) || (!ev->known && span_is(event_get(ev, F_KIND), "undefined"));
	}
	return true;
}

/* False: it stays closed, and that has been told. */
static bool open_signal(struct decoder *d, const struct frame_in *f, struct signal *s)
{
	struct context cx = { .now = f->at, .clear = f->clear, .key = keys_of(&d->keys, s), .opened = &d->opened };
	buf_reset(&d->opened);
	if (f->clear.p)
		return f->protocol->content(s, &cx) == V_OK;
	if (cx.key && f->protocol->open(s, &cx) == V_OK)
		return true;
	error_of(d, f, cx.key ? W_KEY_WRONG : W_KEY_MISSING, s);
	return false;
}

bool decode_has_parts(struct decoder *d, const struct frame_in *f)
{
	struct signal s;
	if (f->protocol->read(f->bytes, &s) != V_BAD_CHECK || !s.format || s.format->proof != BY_PARITY)
		return false;
	event_list_reset(&d->list);
	f->protocol->events(&s, d->language, &d->list);
	for (unsigned i = 0; i < d->list.n; i++)
		if (!d->list.event[i].unreadable)
			return true;
	return false;
}

/* What lines and relays put behind a frame. */
static bool is_fill(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!memchr("\0\t\n\r ", s.p[i], 5))
			return false;
	return true;
}

bool decode_is_several(const struct frame_in *f)
{
	struct span rest = f->bytes, piece;
	unsigned n = 0;
	for (; rest.n && f->protocol->frame(rest, true, &piece) == V_OK; rest = span_from(rest, piece.n))
		n++;
	return (n > 1 && rest.n == 0) || (n && rest.n && is_fill(rest));
}

bool decode_several(struct decoder *d, struct frame_in *f, bool (*take)(struct decoder *d, const struct frame_in *f))
{
	struct span rest = f->bytes, piece, whole = f->id;
	struct buf id = { 0 };
	bool any = false;
	for (unsigned i = 1; rest.n && f->protocol->frame(rest, true, &piece) == V_OK; rest = span_from(rest, piece.n), i++) {
		buf_reset(&id);
		buf_span(&id, whole);
		if (i > 1 || !is_fill(span_from(rest, piece.n)))
			buf_printf(&id, ".%u", i);
		f->id = buf_view(&id);
		f->bytes = piece;
		any |= take(d, f);
	}
	buf_free(&id);
	return any;
}

/* Bytes behind a CR: perhaps another frame, which is looked for only then. */
static bool has_more(struct span bytes)
{
	ptrdiff_t end = span_find(bytes, '\r');
	return end >= 0 && (size_t)end + 1 < bytes.n;
}

bool decode_frame(struct decoder *d, const struct frame_in *f)
{
	struct signal s;
	struct frame_in each = *f;
	enum verdict v = f->protocol->read(f->bytes, &s);
	if ((v != V_OK || has_more(f->bytes)) && decode_is_several(f))
		return decode_several(d, &each, decode_frame);
	if (v == V_BAD_CHECK && decode_has_parts(d, f) && print_events(d, f, &s))
		return true;
	if (v == V_NOT_MINE) {
		decode_noise(d, f);
		return true;
	}
	if (v == V_BAD_CHECK && !d->ignore_crc) {
		error_of(d, f, signal_damage(&s), &s);
		return true;
	}
	if (v == V_MALFORMED) {
		error_of(d, f, W_STRUCTURE_BAD, &s);
		return true;
	}
	if (s.encrypted && !open_signal(d, f, &s))
		return true;
	event_list_reset(&d->list);
	f->protocol->events(&s, d->language, &d->list);
	if (!print_events(d, f, &s)) {
		decode_error(d, f, "record-bad", "its event would be longer than 64 KiB", account_of(&s));
		return true;
	}
	return d->list.n != 0;
}

/* Blanks that fill a field of the panel's; a frame's text stays as the wire had it. */
static void trim_texts(struct event_list *list)
{
	for (unsigned i = 0; i < list->n; i++) {
		struct field_place *place = &list->event[i].field[F_TEXT];
		struct span text = event_get(&list->event[i], F_TEXT), trimmed = span_trim(text);
		if (list->event[i].unreadable || text.n == 0)
			continue;
		place->at += (uint32_t)(trimmed.p - text.p);
		place->n = (uint32_t)trimmed.n;
	}
}

void decode_payload(struct decoder *d, const struct frame_in *f)
{
	static const struct signal bare = { .sent = CLOCK_NONE };
	event_list_reset(&d->list);
	enum verdict v = d->format->decode(f->bytes, d->language, &d->list);
	trim_texts(&d->list);
	const char *error = refusal_word(v, d->list.refusal), *why = refusal_meaning(v, d->list.refusal);
	if (v == V_OK && print_events(d, f, &bare))
		return;
	if (v == V_OK) {
		error = "record-bad";
		why = "its event would be longer than 64 KiB";
	}
	decode_error(d, f, error, why, (struct span){ 0 });
}

/* Decoded all the same: whether it has a reading is the exit status. */
static void begin_explaining(struct decoder *d, const struct frame_in *f)
{
	size_t began = d->out.n;
	event_list_reset(&d->list);
	if (f->protocol)
		decode_frame(d, f);
	else
		decode_payload(d, f);
	d->out.n = began;
	if (d->explained)
		buf_byte(&d->out, '\n');
	d->explained = true;
}

/* When and whence a record's frame came, and what reception made of it. */
static void explain_arrival(struct decoder *d, const struct frame_in *f)
{
	explain_some(&d->out, _("answered then"), f->reply, NULL);
	if (f->source.n || f->peer.n)
		explain_row(&d->out, _("received"), time_text(d, f->at), NULL);
	explain_some(&d->out, _("source"), f->source, NULL);
	explain_some(&d->out, _("peer"), f->peer, NULL);
}

void decode_explain(struct decoder *d, const struct frame_in *f)
{
	struct signal s;
	struct context cx = { .now = f->at, .opened = &d->opened, .clear = f->clear };
	begin_explaining(d, f);
	if (!f->protocol) {
		format_explain(d->format, f->bytes, d->language, &d->out);
		dialects_explain(d);
		return;
	}
	f->protocol->read(f->bytes, &s);
	buf_reset(&d->opened);
	cx.key = keys_of(&d->keys, &s);
	protocol_explain(f->protocol, f->bytes, &cx, d->language, &d->out);
	dialects_explain(d);
	explain_notes(&d->out, f->flags & ~s.warnings);	/* what only reception could see */
	explain_arrival(d, f);
}

void decoder_begin(struct decoder *d)
{
	uint32_t chance;
	random_bytes(&chance, sizeof chance);
	epoch_new(d->epoch, clock_now(), chance);
	node_name(&d->node);
	d->latest = CLOCK_NONE;
}

void decoder_free(struct decoder *d)
{
	keys_free(&d->keys);
	dialects_free(&d->dialects);
	event_list_free(&d->list);
	struct buf *all[] = { &d->out, &d->bytes, &d->clear, &d->opened, &d->text, &d->id, &d->source, &d->peer, &d->at, &d->node,
	                      &d->long_line, &d->dump.bytes, &d->dump.source };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}
