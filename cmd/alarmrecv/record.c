/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record.h"

#include "json/write.h"
#include "util/hex.h"

static struct buf *begin(struct intake *in, const char *type)
{
	struct buf *out = &in->record;
	buf_reset(out);
	json_begin(out);
	json_str(out, KEY("type"), span_str(type));
	buf_lit(out, ",\"id\":\"");
	journal_id(in->journal, out);
	buf_byte(out, '"');
	json_time(out, KEY("at"), in->loop->now);
	return out;
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

static void put_origin(struct buf *out, const struct origin *from)
{
	if (from->proto)
		json_str(out, KEY("proto"), span_str(from->proto->name));
	put_text(out, KEY("source"), span_str(from->source));
}

/* "clear" is text, whatever a panel put into it, or digits where the language is
 * of bytes; the frame's own bytes stand beside it. */
static void put_clear(struct intake *in, struct buf *out, const struct signal *s)
{
	if (!s->encrypted || !s->identity.p || in->policy.no_clear)
		return;
	if (!s->format || !s->format->binary) {
		json_str(out, KEY("clear"), s->content);
		return;
	}
	buf_reset(&in->scratch);
	hex_lower(&in->scratch, s->content);
	json_str(out, KEY("clear"), buf_view(&in->scratch));
}

static void put_repeat(struct intake *in, struct buf *out, const struct repeat *r)
{
	struct buf *id = &in->scratch;
	if (!r)
		return;
	buf_reset(id);
	buf_span(id, buf_view(&in->journal->node));
	buf_byte(id, '.');
	buf_str(id, r->epoch);
	buf_byte(id, '-');
	buf_unsigned(id, r->seq);
	json_str(out, KEY("repeat"), buf_view(id));
}

void record_frame(struct intake *in, const struct origin *from, const struct signal *s, const struct outcome *o)
{
	struct buf *out = begin(in, "frame");
	put_origin(out, from);
	json_str(out, KEY("via"), span_str(from->via));
	put_text(out, KEY("peer"), from->peer);
	put_text(out, KEY("local"), from->local);
	json_bytes(out, s->frame);
	put_clear(in, out, s);
	json_str(out, KEY("reply"), span_str(answer_word(o->answer)));
	put_repeat(in, out, o->repeat);
	if (o->flags) {
		buf_lit(out, ",\"flags\":");
		warnings_put(out, o->flags);
	}
	end(in);
}

static void put_error(struct intake *in, const struct origin *from, const struct error *e, unsigned part, unsigned parts)
{
	struct buf *out = begin(in, "error");
	json_str(out, KEY("error"), span_str(e->error));
	json_str(out, KEY("detail"), span_str(e->detail));
	put_origin(out, from);
	put_text(out, KEY("peer"), from->peer);
	put_text(out, KEY("account"), e->account);
	json_bytes(out, span_sub(e->bytes, (size_t)part * RECORD_BYTES, RECORD_BYTES));
	if (parts > 1) {
		json_int(out, KEY("part"), part + 1);
		json_int(out, KEY("parts"), parts);
	}
	end(in);
}

void record_error(struct intake *in, const struct origin *from, const struct error *e)
{
	unsigned parts = e->bytes.n ? (unsigned)((e->bytes.n - 1) / RECORD_BYTES) + 1 : 1;
	for (unsigned part = 0; part < parts; part++)
		put_error(in, from, e, part, parts);
}

void record_put_path(struct buf *out, const struct path *p, msec since)
{
	const struct account *a = p->account;
	put_text(out, KEY("source"), span_str(a->source ? a->source : p->source));
	put_text(out, KEY("line"), span_str(a->line));
	json_str(out, KEY("account"), span_str(a->name));
	put_text(out, KEY("path"), span_str(a->path));
	json_str(out, KEY("state"), p->down ? SPAN("down") : SPAN("up"));
	json_time(out, KEY("since"), since);
}

void record_link(struct intake *in, const struct path *p)
{
	record_put_path(begin(in, "link"), p, p->since);
	end(in);
}
