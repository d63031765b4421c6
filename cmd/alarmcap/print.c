/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records, in the order of what they tell. */
#include "event/show.h"
#include "json/write.h"
#include "observer.h"
#include "text/terminal.h"

static struct span put_id(struct observer *o, struct buf *id, uint64_t seq)
{
	buf_reset(id);
	buf_span(id, buf_view(&o->node));
	buf_byte(id, '.');
	buf_str(id, o->epoch);
	buf_byte(id, '-');
	buf_unsigned(id, seq);
	return buf_view(id);
}

static struct frame_record record_of(struct observer *o, struct talk *t, unsigned d, const struct mark *at)
{
	return (struct frame_record){
		.id = put_id(o, &o->id, ++o->seq), .at = at->at_us / 1000, .proto = t->proto, .source = t->source,
		.via = t->flow.protocol == IP_TCP ? "tcp" : "udp", .peer = span_of(t->peer, t->peer_n),
		.local = span_of(t->local, t->local_n), .dir = d == t->panel ? "in" : "out",
	};
}

static struct exchange *add(struct observer *o, const struct mark *at)
{
	struct exchange *e = queue_add(&o->queue);
	e->at_us = at->at_us;
	e->packet = at->number;
	e->seq = o->seq;
	return e;
}

static bool is_silent(const struct observer *o)
{
	return o->settings->report;
}

struct exchange *print_frame(struct observer *o, struct talk *t, unsigned d, const struct signal *s, const struct mark *at)
{
	struct frame_record r = record_of(o, t, d, at);
	struct exchange *e = add(o, at);
	bool left_out = s->poll && s->identity.p && o->settings->no_polls;
	e->is_frame = true;
	if (is_silent(o) || left_out)
		return e;
	r.bytes = s->frame;
	if (!o->settings->no_clear)
		r.clear = clear_of(s, &o->scratch);
	frame_record_begin(&e->record, &r);
	o->queue.bytes += e->record.n;
	return e;
}

static void put_where(struct buf *out, const char *dir, uint64_t packet)
{
	json_str(out, KEY("dir"), span_str(dir));
	json_int(out, KEY("packet"), (int64_t)packet);
}

static void end_error(struct observer *o, struct exchange *e)
{
	json_end(&e->record);
	buf_byte(&e->record, '\n');
	e->done = true;
	o->queue.bytes += e->record.n;
}

void print_error(struct observer *o, struct talk *t, unsigned d, const struct mark *at, const char *error, const char *detail,
                 struct span bytes, struct span account)
{
	struct frame_record r = { .bytes = bytes };
	if (is_silent(o))
		return;
	for (unsigned part = 0; part < error_record_parts(&r); part++) {
		r = record_of(o, t, d, at);
		r.error = error;
		r.detail = detail;
		r.bytes = bytes;
		r.account = account;
		struct exchange *e = add(o, at);
		error_record(&e->record, &r, part);
		put_where(&e->record, r.dir, at->number);
		end_error(o, e);
	}
	print_ready(o);
}

void print_missing(struct observer *o, struct talk *t, unsigned d, uint32_t n, const struct mark *at)
{
	if (is_silent(o))
		return;
	struct frame_record r = record_of(o, t, d, at);
	struct exchange *e = add(o, at);
	struct buf detail = { 0 };
	buf_printf(&detail, "%u bytes were received and not captured: perhaps a frame", n);
	r.error = "gap";
	r.detail = buf_cstr(&detail);
	error_record(&e->record, &r, 0);
	json_int(&e->record, KEY("missing"), n);
	put_where(&e->record, r.dir, at->number);
	end_error(o, e);
	buf_free(&detail);
	print_ready(o);
}

/* A number that counts in parts of `unit`, a power of ten. */
static void put_decimal(struct buf *out, struct span key, int64_t value, uint64_t unit)
{
	uint64_t size = value < 0 ? (uint64_t)-value : (uint64_t)value;
	buf_span(out, key);
	if (value < 0)
		buf_byte(out, '-');
	buf_unsigned(out, size / unit);
	buf_byte(out, '.');
	for (uint64_t part = unit / 10; part; part /= 10)
		buf_byte(out, (uint8_t)('0' + size / part % 10));
}

/* Why alarmdecode makes an error of it: reception's flags say it where the receiver's reasons show. */
static warnings refusal(const struct exchange *e, const struct frame_record *r)
{
	const warnings known = WARN(KEY_MISSING) | WARN(KEY_WRONG) | WARN(UNENCRYPTED) | WARN(TOKEN_UNKNOWN);
	bool by_time = e->reply == A_NAK && r->proto == protocol_find(SPAN("dc09"));
	bool refused = e->reply == A_NAK || e->reply == A_DUH;
	return refused && !by_time && !(e->flags & known) ? WARN(REFUSED) : 0;
}

static void end_frame(struct observer *o, struct exchange *e)
{
	struct buf *out = &e->record;
	struct frame_record r = { .reply = e->reply, .proto = e->receiver ? e->receiver->proto : NULL };
	r.flags = e->flags | refusal(e, &r);
	if (e->repeat)
		r.repeat = put_id(o, &o->id, e->repeat);
	frame_record_answered(out, &r);
	if (e->has_delay)
		put_decimal(out, KEY("delay_ms"), e->delay_us, 1000);
	if (e->retry)
		json_int(out, KEY("retry"), e->retry);
	if (e->has_drift)	/* what a clock of whole seconds can tell */
		put_decimal(out, KEY("drift_s"), e->drift_ms / 100, 10);
	json_int(out, KEY("packet"), (int64_t)e->packet);
	json_end(out);
	buf_byte(out, '\n');
}

static void put_line(struct observer *o, struct span line)
{
	static struct record shown;
	const char *why;
	if (o->show && record_parse(&shown, line, &why) == 0)
		record_show(&o->out, &shown, o->colour);
	else
		buf_span(&o->out, line);
}

void print_ready(struct observer *o)
{
	struct exchange *e;
	while ((e = o->queue.first) && e->done) {
		size_t before = e->record.n;
		if (e->record.n && e->is_frame)
			end_frame(o, e);
		o->queue.bytes += e->record.n - before;
		put_line(o, buf_view(&e->record));
		queue_drop(&o->queue);
	}
}

void print_answered(struct observer *o, struct exchange *e)
{
	e->done = true;
	print_ready(o);
}
