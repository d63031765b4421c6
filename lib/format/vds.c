/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VdS 2465: a telegram is a sequence of records, each its length, its type
 * and so many bytes.
 *
 *	04 56 21 43 65 87	identification 12345678, low nibble first
 *	05 02 01 05 00 01 22	event: device 0, area 1, address 5, input, intrusion
 *	07 50 1A 14 01 0D ...	date and time
 *
 * Records that say who, when and where hold for all events of the telegram
 * and may stand behind them.  Bit 7 of a message type is its end, so 61 is
 * the closing and E1 the opening. */
#include "format/vds.h"
#include "format/vds_explain.h"

#include <stdio.h>

#include "util/hex.h"

#define TELEGRAM_MOST 1024	/* carriers count its bytes in one */

enum context { C_PRIORITY, C_TIME, C_MAKER, C_TEXT, C_IDENTIFICATION, C_TRANSPORT, C_COUNT };

static const uint8_t context_types[C_COUNT] = { 0x01, R_TIME, 0x51, 0x54, R_IDENTIFICATION, 0x61 };

struct telegram {
	struct event_list *list;
	enum language language;
	bool wide;
	unsigned first, readable;
	struct span context[C_COUNT];	/* the first of each */
};

static const struct code error_row = { "", ON_NONE, "trouble", "", "system", 2, "",
                                       { "Error reported by the transmitter", "Erreur signalée par le transmetteur" } };
static const struct code block_row = { "", ON_NONE, "status", "", "untyped", 1, "",
                                       { "States of a block of inputs", "États d'un bloc d'entrées" } };
static const struct code quiet_row = { "", ON_NONE, "status", "", "system", 0, "",
                                       { "Telegram without an event", "Télégramme sans événement" } };

bool vds_next(struct cursor *c, struct vds_record *r)
{
	struct cursor ahead = *c;
	size_t length = cursor_u8(&ahead);
	r->type = cursor_u8(&ahead);
	r->body = cursor_take(&ahead, length);
	if (!cursor_ok(&ahead))
		return false;
	*c = ahead;
	return true;
}

struct span vds_find(struct span records, uint8_t type)
{
	struct cursor c = cursor_over(records);
	struct vds_record r;
	while (vds_next(&c, &r))
		if (r.type == type)
			return r.body;
	return (struct span){ 0 };
}

static void read_context(struct telegram *t, struct span records)
{
	struct cursor c = cursor_over(records);
	struct vds_record r;
	while (vds_next(&c, &r))
		for (unsigned i = 0; i < C_COUNT; i++)
			if (r.type == context_types[i] && t->context[i].n == 0)
				t->context[i] = r.body;
}

static void data_number(struct event *ev, struct span key, unsigned value)
{
	char text[12];
	snprintf(text, sizeof text, "%u", value);
	event_data(ev, key, span_str(text));
}

static void data_byte(struct event *ev, struct span key, uint8_t value)
{
	char text[3];
	snprintf(text, sizeof text, "%02X", value);
	event_data(ev, key, span_str(text));
}

static void data_hex(struct event *ev, struct span key, struct span bytes)
{
	struct buf *hex = &ev->list->scratch;
	buf_reset(hex);
	hex_lower(hex, bytes);
	event_data(ev, key, buf_view(hex));
}

size_t vds_account(struct span bcd, uint8_t *digits, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < 2 * bcd.n && n < most; i++) {
		unsigned nibble = bcd.p[i / 2] >> (i % 2 ? 4 : 0) & 15;
		if (nibble == 15)
			break;
		digits[n++] = (uint8_t)"0123456789ABCDE"[nibble];
	}
	return n;
}

static void set_account(struct event *ev, struct span bcd)
{
	uint8_t account[2 * 255];
	event_set(ev, F_ACCOUNT, span_of(account, vds_account(bcd, account, sizeof account)));
}

/* Year of the century, century, month, day, hour, minute and perhaps second, by the panel's clock. */
static void set_time(struct event *ev, struct span s)
{
	static const uint8_t least[] = { 0, 0, 1, 1, 0, 0, 0 }, most[] = { 99, 99, 12, 31, 23, 59, 60 };
	char text[32];
	bool good = s.n == 6 || s.n == 7;
	for (size_t i = 0; good && i < s.n; i++)
		good = s.p[i] >= least[i] && s.p[i] <= most[i];
	if (!good) {
		ev->warnings |= WARN(TIMESTAMP_INVALID);
		data_hex(ev, SPAN("time"), s);
		return;
	}
	int n = snprintf(text, sizeof text, "%02u%02u-%02u-%02uT%02u:%02u", s.p[1], s.p[0], s.p[2], s.p[3], s.p[4], s.p[5]);
	if (s.n == 7)
		snprintf(text + n, sizeof text - (size_t)n, ":%02u", s.p[6]);
	event_data(ev, SPAN("time"), span_str(text));
}

static void set_transport(struct event *ev, uint8_t service)
{
	static const struct {
		uint8_t service;
		struct span word;
	} words[] = {
		{ 0x10, SPAN("analogue-leased") }, { 0x20, SPAN("dial") }, { 0x30, SPAN("x25") }, { 0x40, SPAN("isdn-b") },
		{ 0x50, SPAN("isdn-d") }, { 0x60, SPAN("trunked-radio") }, { 0x70, SPAN("data-radio") }, { 0x80, SPAN("mobile") },
		{ 0x90, SPAN("tcp-ip") },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].service == service) {
			event_data(ev, SPAN("transport"), words[i].word);
			return;
		}
	data_byte(ev, SPAN("transport"), service);
}

/* Filled up with blanks or NUL. */
static struct span trim(struct span text)
{
	while (text.n && (text.p[text.n - 1] == '\0' || text.p[text.n - 1] == ' '))
		text.n--;
	return span_trim(text);
}

static void set_context(struct telegram *t, struct event *ev)
{
	const struct span *context = t->context;
	struct span text = trim(context[C_TEXT]), maker = trim(context[C_MAKER]);
	set_account(ev, context[C_IDENTIFICATION]);
	if (text.n)
		event_set(ev, F_TEXT, text);
	if (context[C_TIME].n)
		set_time(ev, context[C_TIME]);
	if (maker.n)
		event_data(ev, SPAN("manufacturer"), maker);
	if (context[C_TRANSPORT].n)
		set_transport(ev, context[C_TRANSPORT].p[0]);
	if (context[C_PRIORITY].n)
		data_number(ev, SPAN("priority"), context[C_PRIORITY].p[0]);
}

static struct event *add(struct telegram *t)
{
	struct event *ev = event_list_add(t->list);
	t->readable++;
	event_puts(ev, F_FORMAT, "vds");
	return ev;
}

static struct event *add_of(struct telegram *t, uint8_t type)
{
	struct event *ev = add(t);
	set_context(t, ev);
	data_byte(ev, SPAN("record"), type);
	return ev;
}

static void add_unreadable(struct telegram *t, struct span bytes)
{
	struct event *ev = event_list_add(t->list);
	ev->unreadable = true;
	ev->warnings = WARN(STRUCTURE_BAD);
	set_account(ev, t->context[C_IDENTIFICATION]);
	event_set(ev, F_TEXT, bytes);
}

const struct vds_fault *vds_fault(uint8_t address)
{
	static const struct vds_fault faults[] = {
		{ 0x01, "undervoltage", N_("undervoltage") }, { 0x02, "battery", N_("battery") }, { 0x03, "mains", N_("mains") },
		{ 0x17, "primary-path", N_("primary path") }, { 0x18, "backup-path", N_("backup path") },
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].address == address)
			return &faults[i];
	return NULL;
}

/* The address of an input is its zone; outputs and the faults of the device have numbers of their own. */
static void set_zone(const struct telegram *t, struct event *ev, struct span body)
{
	char zone[12];
	bool input = body.n == 4 || body.p[3] == 0x01;
	if (!input || (ev->known && ev->known->concern != ON_ZONE))
		return;
	if (t->wide)
		snprintf(zone, sizeof zone, "%02X%02X", body.p[1], body.p[2]);
	else if (body.p[2])
		snprintf(zone, sizeof zone, "%u.%u", body.p[1], body.p[2]);
	else
		snprintf(zone, sizeof zone, "%u", body.p[1]);
	event_puts(ev, F_ZONE, zone);
}

static void set_place(const struct telegram *t, struct event *ev, struct span body)
{
	char area[3];
	snprintf(area, sizeof area, "%u", body.p[0] & 15u);
	event_puts(ev, F_PARTITION, area);
	set_zone(t, ev, body);
	data_number(ev, SPAN("device"), body.p[0] >> 4);
	data_number(ev, SPAN("area"), body.p[0] & 15);
	data_number(ev, SPAN("address"), body.p[1]);
	data_number(ev, SPAN("address_add"), body.p[2]);
	if (body.n == 5)
		data_number(ev, SPAN("address_ext"), body.p[3]);
	const struct vds_fault *fault = body.n == 5 && body.p[3] == 0x10 ? vds_fault(body.p[1]) : NULL;
	if (fault)
		event_data(ev, SPAN("fault"), span_str(fault->word));
}

/* A status record tells what still stands; nothing new has happened. */
static void take_event(struct telegram *t, const struct vds_record *r)
{
	if (r->body.n != 4 && r->body.n != 5) {
		add_unreadable(t, r->body);
		return;
	}
	struct event *ev = add_of(t, r->type);
	uint8_t message = r->body.p[r->body.n - 1];
	bool over = message & 0x80;
	char code[3];
	snprintf(code, sizeof code, "%02X", message & 0x7Fu);
	event_puts(ev, F_CODE, code);
	event_puts(ev, F_QUALIFIER, over ? "R" : r->type == R_STATUS ? "P" : "E");
	format_classify(ev, code_vds(span_str(code)), over, t->language);
	data_byte(ev, SPAN("message"), message);
	set_place(t, ev, r->body);
}

static void take_error(struct telegram *t, const struct vds_record *r)
{
	if (r->body.n < 2) {
		add_unreadable(t, r->body);
		return;
	}
	struct event *ev = add_of(t, r->type);
	format_classify(ev, &error_row, false, t->language);
	data_number(ev, SPAN("device"), r->body.p[0] >> 4);
	data_byte(ev, SPAN("error_code"), r->body.p[1]);
	if (r->body.n > 2)
		data_byte(ev, SPAN("error_type"), r->body.p[2]);
}

static void take_test(struct telegram *t, const struct vds_record *r)
{
	struct event *ev = add_of(t, r->type);
	format_classify(ev, code_vds(SPAN("02")), false, t->language);
	event_puts(ev, F_QUALIFIER, "E");
	if (r->body.n)
		data_hex(ev, SPAN("test"), r->body);
}

bool vds_block(struct span body, struct span *bits, unsigned *first, unsigned *n)
{
	struct cursor c = cursor_over(body);
	cursor_u8(&c);
	*first = cursor_u8(&c);
	*n = cursor_u8(&c);
	*bits = c.rest;
	return cursor_ok(&c) && *n && bits->n == (*n + 7) / 8;
}

/* What is active, by its address; what that means the record does not say.
 * One that does not come out even stays as bytes. */
static void take_block(struct telegram *t, const struct vds_record *r)
{
	struct span bits;
	unsigned first, n;
	if (!vds_block(r->body, &bits, &first, &n))
		return;
	struct event *ev = add_of(t, r->type);
	format_classify(ev, &block_row, false, t->language);
	event_puts(ev, F_QUALIFIER, "P");
	data_number(ev, SPAN("device"), r->body.p[0] >> 4);
	data_number(ev, SPAN("area"), r->body.p[0] & 15);
	data_number(ev, SPAN("address"), first);
	data_number(ev, SPAN("count"), n);
	for (unsigned i = 0; i < n; i++)
		if (!(bits.p[i / 8] >> i % 8 & 1))
			data_number(ev, SPAN("active"), first + i);
}

bool vds_next_feature(struct cursor *c, bool counts_itself, struct vds_feature *f)
{
	struct cursor ahead = *c;
	size_t length = cursor_u8(&ahead), around = counts_itself ? 3 : 2;
	f->type = cursor_u8(&ahead);
	f->path = cursor_u8(&ahead);
	f->text = cursor_take(&ahead, length < around ? SIZE_MAX : length - around);
	if (!cursor_ok(&ahead))
		return false;
	*c = ahead;
	return true;
}

bool vds_features(struct span body, bool *counts_itself)
{
	for (unsigned i = 0; i < 2; i++) {
		struct cursor c = cursor_over(span_from(body, 1));
		struct vds_feature f;
		*counts_itself = i;
		while (vds_next_feature(&c, i, &f))
			;
		if (body.n > 1 && cursor_end(&c))
			return true;
	}
	return false;
}

const char *vds_feature_word(uint8_t type)
{
	static const char *const words[] = { "mac", "imei", "sim", "phone" };
	return type < sizeof words / sizeof *words ? words[type] : type == 0xFF ? "maker" : NULL;
}

/* False: what is in it cannot be said. */
static bool set_features(struct event *ev, struct span body)
{
	struct cursor c = cursor_over(span_from(body, 1));
	struct vds_feature f;
	bool counts_itself;
	if (!vds_features(body, &counts_itself))
		return false;
	while (vds_next_feature(&c, counts_itself, &f)) {
		char key[24];
		const char *word = vds_feature_word(f.type);
		if (word)
			snprintf(key, sizeof key, "%s_%u", word, f.path);
		else
			snprintf(key, sizeof key, "feature_%02X_%u", f.type, f.path);
		event_data(ev, span_str(key), trim(f.text));
	}
	return true;
}

static bool take_record(struct telegram *t, const struct vds_record *r)
{
	switch (r->type) {
	case R_EVENT:
	case R_EVENT_UNACKNOWLEDGED:
	case R_STATUS: take_event(t, r); return true;
	case R_ERROR: take_error(t, r); return true;
	case R_TEST: take_test(t, r); return true;
	case R_BLOCK:
	case R_ALL: take_block(t, r); return true;
	}
	return false;
}

static bool is_context(const struct telegram *t, const struct vds_record *r)
{
	for (unsigned i = 0; i < C_COUNT; i++)
		if (r->type == context_types[i] && t->context[i].p == r->body.p)
			return true;
	return false;
}

/* What the link says to itself: acknowledgements, who it is, its end. */
static bool is_quiet(uint8_t type)
{
	static const uint8_t types[] = { 0x01, 0x03, 0x41, 0x50, 0x51, 0x55, 0x56, 0x59, 0x61, 0x62, 0x73, 0xFF };
	return memchr(types, type, sizeof types) != NULL;
}

/* An intact telegram that tells no event we know.  A record of an unknown type may be one. */
static void take_silence(struct telegram *t, struct span records)
{
	struct cursor c = cursor_over(records);
	struct vds_record r;
	bool quiet = true;
	while (vds_next(&c, &r))
		quiet &= is_quiet(r.type);
	struct event *ev = add(t);
	set_context(t, ev);
	format_classify(ev, quiet ? &quiet_row : NULL, false, t->language);
}

/* Records that we do not read go with the first event, byte for byte. */
static void keep_others(struct telegram *t, struct span records)
{
	struct cursor c = cursor_over(records);
	struct vds_record r;
	struct span bits;
	unsigned i = t->first, n;
	while (t->list->event[i].unreadable)
		i++;
	while (vds_next(&c, &r)) {
		char key[] = "record_XX";
		bool event = r.type == R_EVENT || r.type == R_EVENT_UNACKNOWLEDGED || r.type == R_STATUS;
		bool block = (r.type == R_BLOCK || r.type == R_ALL) && vds_block(r.body, &bits, &n, &n);
		if (event || block || r.type == R_ERROR || r.type == R_TEST || is_context(t, &r))
			continue;
		if (r.type == R_DEVICE && set_features(&t->list->event[i], r.body))
			continue;
		snprintf(key + 7, 3, "%02X", r.type);
		data_hex(&t->list->event[i], span_str(key), r.body);
	}
}

static enum verdict take_all(struct telegram *t, struct span records)
{
	struct cursor c = cursor_over(records);
	struct vds_record r;
	while (vds_next(&c, &r))
		take_record(t, &r);
	if (!cursor_end(&c))
		add_unreadable(t, c.rest);
	else if (t->list->n == t->first)
		take_silence(t, records);
	if (t->readable == 0) {
		t->list->n = t->first;
		return format_refuse(t->list, V_MALFORMED, cursor_end(&c) ? BAD_SYNTAX : RECORD_TOO_LONG);
	}
	keep_others(t, records);
	return V_OK;
}

enum verdict vds_records(struct span records, bool wide, enum language language, struct event_list *list)
{
	struct telegram t = { .list = list, .language = language, .wide = wide, .first = list->n };
	if (records.n < 2 || records.n > TELEGRAM_MOST)
		return V_NOT_MINE;
	read_context(&t, records);
	return take_all(&t, records);
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	return vds_records(payload, false, language, list);
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	vds_explain_records(payload, false, language, out);
}

const struct format format_vds = {
	.name = "vds", .title = N_("VdS 2465 records"),
	.coverage = N_("partial: measured values, GPS, network state, collective messages and through-connection stay as bytes"),
	.binary = true, .row = code_vds, .decode = decode, .explain = explain,
};
