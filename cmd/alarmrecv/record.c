/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record.h"

#include "json/write.h"
#include "proto/frame_record.h"

static void put_id(struct intake *in, struct buf *id)
{
	buf_reset(id);
	journal_id(in->journal, id);
}

static void end(struct intake *in)
{
	json_end(&in->record);
	buf_byte(&in->record, '\n');
	journal_append(in->journal, buf_view(&in->record));
}

static void put_text(struct buf *out, struct span key, struct span text)
{
	if (text.n)
		json_str(out, key, text);
}

static struct span repeat_id(struct intake *in, const struct repeat *r)
{
	struct buf *id = &in->scratch;
	if (!r)
		return (struct span){ 0 };
	buf_reset(id);
	buf_span(id, buf_view(&in->journal->node));
	buf_byte(id, '.');
	buf_str(id, r->epoch);
	buf_byte(id, '-');
	buf_unsigned(id, r->seq);
	return buf_view(id);
}

static struct frame_record record_of(struct intake *in, const struct origin *from, struct span bytes)
{
	put_id(in, &in->id);
	return (struct frame_record){
		.id = buf_view(&in->id), .at = in->loop->now, .proto = from->proto, .source = from->source, .via = from->via,
		.peer = from->peer, .local = from->local, .bytes = bytes,
	};
}

void record_frame(struct intake *in, const struct origin *from, const struct signal *s, const struct outcome *o)
{
	struct frame_record r = record_of(in, from, s->frame);
	r.clear = in->policy.no_clear ? (struct span){ 0 } : clear_of(s, &in->scratch);
	r.reply = o->unasked ? A_NONE : o->answer;
	r.flags = o->flags;
	buf_reset(&in->record);
	frame_record_begin(&in->record, &r);
	r.repeat = repeat_id(in, o->repeat);
	frame_record_answered(&in->record, &r);
	if (o->since != CLOCK_NONE)
		json_time(&in->record, KEY("since"), o->since);
	end(in);
}

void record_error(struct intake *in, const struct origin *from, const struct error *e)
{
	struct frame_record r = record_of(in, from, e->bytes);
	r.error = e->error;
	r.detail = e->detail;
	r.account = e->account;
	for (unsigned part = 0; part < error_record_parts(&r); part++) {
		buf_reset(&in->record);
		put_id(in, &in->id);
		r.id = buf_view(&in->id);
		error_record(&in->record, &r, part);
		end(in);
	}
}

void record_put_path(struct buf *out, const struct path *p, msec since)
{
	const struct account *a = p->account;
	const char *source = a->from.source ? a->from.source : p->source;
	put_text(out, KEY("source"), span_str(source));
	put_text(out, KEY("line"), span_str(a->from.line));
	if (!source || !account_is_receiver(a))
		json_str(out, KEY("account"), span_str(a->from.account));
	put_text(out, KEY("path"), span_str(a->path));
	json_str(out, KEY("state"), p->down ? SPAN("down") : SPAN("up"));
	json_time(out, KEY("since"), since);
}

void record_link(struct intake *in, const struct path *p)
{
	struct buf *out = &in->record;
	put_id(in, &in->id);
	buf_reset(out);
	json_begin(out);
	json_str(out, KEY("type"), SPAN("link"));
	json_str(out, KEY("id"), buf_view(&in->id));
	json_time(out, KEY("at"), in->loop->now);
	record_put_path(out, p, p->since);
	end(in);
}
