/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode.h"

#include "event/show.h"
#include "text/terminal.h"

#define ERROR_BYTES 16384	/* of input in one error record */

/* What has been appended since `began` is shown to a person instead. */
static void show_from(struct decoder *d, size_t began)
{
	static struct record shown;
	struct buf lines = { 0 };
	struct span rest = span_from(buf_view(&d->out), began), line;
	const char *why;
	if (!d->show)
		return;
	while (span_line(&rest, &line))
		if (record_parse(&shown, line, &why) == 0)
			record_show(&lines, &shown, d->colour);
		else
			terminal_text(&lines, d->colour, C_NONE, line), buf_byte(&lines, '\n');
	d->out.n = began;
	buf_span(&d->out, buf_view(&lines));
	buf_free(&lines);
}

static void put_text(struct buf *out, struct span key, struct span text)
{
	if (text.n)
		json_str(out, key, text);
}

void decode_error(struct decoder *d, const struct frame_in *f, const char *error, const char *detail, struct span account)
{
	struct span rest = f->bytes;
	size_t parts = (rest.n + ERROR_BYTES - 1) / ERROR_BYTES;
	for (size_t part = 1; part == 1 || part <= parts; part++, rest = span_from(rest, ERROR_BYTES)) {
		json_begin(&d->out);
		json_str(&d->out, KEY("type"), SPAN("error"));
		json_str(&d->out, KEY("id"), f->id);
		json_time(&d->out, KEY("at"), f->at);
		json_str(&d->out, KEY("error"), span_str(error));
		json_str(&d->out, KEY("detail"), span_str(detail));
		if (f->protocol)
			json_str(&d->out, KEY("proto"), span_str(f->protocol->name));
		put_text(&d->out, KEY("source"), f->source);
		put_text(&d->out, KEY("peer"), f->peer);
		put_text(&d->out, KEY("account"), account);
		json_bytes(&d->out, span_sub(rest, 0, ERROR_BYTES));
		if (parts > 1) {
			json_int(&d->out, KEY("part"), (int64_t)part);
			json_int(&d->out, KEY("parts"), (int64_t)parts);
		}
		json_end(&d->out);
		buf_byte(&d->out, '\n');
	}
	d->bad = true;
}

static void error_of(struct decoder *d, const struct frame_in *f, enum warning w, const struct signal *s)
{
	decode_error(d, f, warning_word(w), warning_meaning(w), s->account.n ? s->account : s->inner_account);
}

/* Seconds with one decimal: what a clock of whole seconds can tell. */
static void set_drift(struct decoder *d, struct event *ev, const struct frame_in *f, msec sent)
{
	msec tenths = (sent - f->at) / 100;
	if (sent == CLOCK_NONE)
		return;
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

static void print_events(struct decoder *d, const struct frame_in *f, const struct signal *s)
{
	struct buf *at = &d->at;
	if (d->at_time != f->at || at->n == 0) {
		buf_reset(at);
		clock_put(at, f->at);
		d->at_time = f->at;
	}
	for (unsigned i = 0; i < d->list.n; i++) {
		struct event *ev = &d->list.event[i];
		set_id(d, ev, f, i + 1);
		event_set(ev, F_AT, buf_view(at));
		event_set(ev, F_SOURCE, f->source);
		event_set(ev, F_PEER, f->peer);
		if (!ev->unreadable) {
			ev->warnings |= f->flags;
			set_drift(d, ev, f, s->sent);
		}
		event_print(&d->out, ev, d->list.n);
		d->bad |= ev->unreadable;
	}
}

/* False: it stays closed, and that has been told. */
static bool open_signal(struct decoder *d, const struct frame_in *f, struct signal *s)
{
	struct span account = s->account.n ? s->account : s->inner_account;
	struct context cx = { .now = f->at, .key = keys_find(&d->keys, s->line, account), .opened = &d->opened };
	buf_reset(&d->opened);
	if (f->clear.p)
		return f->protocol->content(s, f->clear) == V_OK;
	if (cx.key && f->protocol->open(s, &cx) == V_OK)
		return true;
	error_of(d, f, cx.key ? W_KEY_WRONG : W_KEY_MISSING, s);
	return false;
}

bool decode_frame(struct decoder *d, const struct frame_in *f)
{
	struct signal s;
	enum verdict v = f->protocol->read(f->bytes, &s);
	if (v == V_BAD_CHECK && !d->ignore_crc) {
		error_of(d, f, W_CRC_BAD, &s);
		return true;
	}
	if (v == V_NOT_MINE || v == V_MALFORMED) {
		error_of(d, f, W_STRUCTURE_BAD, &s);
		return true;
	}
	if (s.encrypted && !open_signal(d, f, &s))
		return true;
	event_list_reset(&d->list);
	f->protocol->events(&s, d->language, &d->list);
	print_events(d, f, &s);
	return d->list.n != 0;
}

void decode_quiet(struct decoder *d, const struct frame_in *f)
{
	json_begin(&d->out);
	json_str(&d->out, KEY("type"), SPAN("frame"));
	json_str(&d->out, KEY("id"), f->id);
	json_time(&d->out, KEY("at"), f->at);
	json_str(&d->out, KEY("proto"), span_str(f->protocol->name));
	put_text(&d->out, KEY("source"), f->source);
	json_bytes(&d->out, f->bytes);
	json_end(&d->out);
	buf_byte(&d->out, '\n');
}

static bool add_flag(void *with, struct span key, struct span value)
{
	warnings *set = with;
	struct buf scratch = { 0 };
	struct span word = json_text(value, &scratch);
	(void)key;
	for (enum warning w = 0; w < W_COUNT; w++)
		if (span_is(word, warning_word(w)))
			*set |= UINT64_C(1) << w;
	buf_free(&scratch);
	return true;
}

static void pass_on(struct decoder *d, struct span line)
{
	buf_span(&d->out, line);
	if (line.n == 0 || line.p[line.n - 1] != '\n')
		buf_byte(&d->out, '\n');
}

/* Reception refused it: the panel repeats, or gives up.  A person must know which. */
static void refused(struct decoder *d, const struct frame_in *f, bool nak)
{
	static const warnings reasons = WARN(TIME_WINDOW) | WARN(KEY_MISSING) | WARN(KEY_WRONG) | WARN(UNENCRYPTED) |
		WARN(ACCOUNT_UNKNOWN) | WARN(TOKEN_UNKNOWN) | WARN(STRUCTURE_BAD);
	struct signal s;
	warnings why = f->flags & reasons;
	if (!why)
		why = nak ? WARN(TIME_WINDOW) : WARN(STRUCTURE_BAD);
	f->protocol->read(f->bytes, &s);
	error_of(d, f, (enum warning)__builtin_ctzll(why), &s);
}

/* What the bytes mean; false: nothing, and the frame itself goes on. */
static bool take_frame(struct decoder *d, const struct record *r)
{
	struct frame_in f = { .at = record_time(r, "at") };
	struct buf source = { 0 }, peer = { 0 }, name = { 0 };
	bool done = false;
	buf_reset(&d->bytes);
	f.id = record_text(r, "id", &d->id);
	f.source = record_text(r, "source", &source);
	f.peer = record_text(r, "peer", &peer);
	f.protocol = d->protocol ? d->protocol : protocol_find(record_text(r, "proto", &name));
	json_each(record_raw(r, "flags"), add_flag, &f.flags);
	int has_bytes = record_bytes(r, &d->bytes);
	f.bytes = buf_view(&d->bytes);
	if (record_raw(r, "clear").n)
		f.clear = record_text(r, "clear", &d->clear);
	if (has_bytes < 0 || !f.protocol || f.at == CLOCK_NONE || f.id.n == 0) {
		buf_span(&d->out, r->line);
		buf_byte(&d->out, '\n');
		f.at = f.at == CLOCK_NONE ? 0 : f.at;
		decode_error(d, &f, f.protocol ? "record-bad" : "protocol-unknown",
		             f.protocol ? "a frame record lacks its id, time or bytes" : "a frame of a protocol that is not known",
		             (struct span){ 0 });
		done = true;
	} else if (record_raw(r, "repeat").n) {
		done = false;
	} else if (record_is(r, "reply", "nak") || record_is(r, "reply", "duh")) {
		refused(d, &f, record_is(r, "reply", "nak"));
		done = true;
	} else {
		done = decode_frame(d, &f);
	}
	buf_free(&source);
	buf_free(&peer);
	buf_free(&name);
	return done;
}

static void explain_record(struct decoder *d, const struct record *r)
{
	struct buf name = { 0 };
	struct signal s = { 0 };
	struct context cx = { .now = record_time(r, "at"), .opened = &d->opened };
	const struct protocol *p = d->protocol ? d->protocol : protocol_find(record_text(r, "proto", &name));
	buf_reset(&d->bytes);
	buf_reset(&d->opened);
	if (p && p->explain && record_bytes(r, &d->bytes) == 0) {
		p->read(buf_view(&d->bytes), &s);
		cx.key = keys_find(&d->keys, s.line, s.account);
		p->explain(buf_view(&d->bytes), &cx, d->language, &d->out);
		buf_byte(&d->out, '\n');
	}
	buf_free(&name);
}

/* A line that is no record goes on as it came, an error behind it. */
static void not_a_record(struct decoder *d, struct span line, const char *why)
{
	struct frame_in f = { .at = 0 };
	struct buf id = { 0 };
	f.at = clock_now();
	f.bytes = span_sub(line, 0, ERROR_BYTES);
	buf_printf(&id, "%s.%s-%llu", buf_cstr(&d->node), d->epoch, (unsigned long long)++d->pasted);
	f.id = buf_view(&id);
	pass_on(d, line);
	decode_error(d, &f, "record-bad", why, (struct span){ 0 });
	buf_free(&id);
}

void decode_line(struct decoder *d, struct span line, bool torn)
{
	const char *why = "line too long";
	size_t began = d->out.n;
	struct span trimmed = span_trim(line);
	if (trimmed.n == 0 && !torn) {
		if (!d->explain)
			pass_on(d, line);
	} else if (trimmed.n && trimmed.p[0] != '{') {
		decode_pasted(d, trimmed);
	} else if (line.n >= RECORD_MOST || record_parse(&d->record, line, &why) < 0) {
		not_a_record(d, line, why);
	} else if (d->explain) {
		explain_record(d, &d->record);
		return;
	} else if (!record_is(&d->record, "type", "frame") || !take_frame(d, &d->record)) {
		pass_on(d, line);
	}
	if (!d->explain)
		show_from(d, began);
}

void decoder_free(struct decoder *d)
{
	keys_free(&d->keys);
	event_list_free(&d->list);
	struct buf *all[] = { &d->out, &d->bytes, &d->clear, &d->opened, &d->text, &d->id, &d->node, &d->at };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}
