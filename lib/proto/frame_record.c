/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/frame_record.h"

#include "json/write.h"
#include "util/hex.h"

static void put_text(struct buf *out, struct span key, struct span text)
{
	if (text.n)
		json_str(out, key, text);
}

static void put_head(struct buf *out, const char *type, const struct frame_record *r)
{
	json_begin(out);
	json_str(out, KEY("type"), span_str(type));
	json_str(out, KEY("id"), r->id);
	json_time(out, KEY("at"), r->at);
}

static void put_origin(struct buf *out, const struct frame_record *r)
{
	if (r->proto)
		json_str(out, KEY("proto"), span_str(r->proto->name));
	put_text(out, KEY("source"), span_str(r->source));
}

struct span clear_of(const struct signal *s, struct buf *scratch)
{
	if (!s->encrypted || !s->identity.p)
		return (struct span){ 0 };
	if (!s->format || !s->format->binary)
		return s->content;
	buf_reset(scratch);
	hex_lower(scratch, s->content);
	return buf_view(scratch);
}

void frame_record_begin(struct buf *out, const struct frame_record *r)
{
	put_head(out, "frame", r);
	put_origin(out, r);
	json_str(out, KEY("via"), span_str(r->via));
	put_text(out, KEY("peer"), r->peer);
	put_text(out, KEY("local"), r->local);
	put_text(out, KEY("dir"), span_str(r->dir));
	json_bytes(out, r->bytes);
	if (r->clear.p)
		json_str(out, KEY("clear"), r->clear);
}

void frame_record_answered(struct buf *out, const struct frame_record *r)
{
	json_str(out, KEY("reply"), span_str(answer_word(r->reply)));
	put_text(out, KEY("repeat"), r->repeat);
	if (r->flags) {
		buf_lit(out, ",\"flags\":");
		warnings_put(out, r->flags);
	}
}

unsigned error_record_parts(const struct frame_record *r)
{
	return r->bytes.n ? (unsigned)((r->bytes.n - 1) / RECORD_BYTES) + 1 : 1;
}

void error_record(struct buf *out, const struct frame_record *r, unsigned part)
{
	unsigned parts = error_record_parts(r);
	put_head(out, "error", r);
	json_str(out, KEY("error"), span_str(r->error));
	json_str(out, KEY("detail"), span_str(r->detail));
	put_origin(out, r);
	put_text(out, KEY("peer"), r->peer);
	put_text(out, KEY("account"), r->account);
	if (r->bytes.n)
		json_bytes(out, span_sub(r->bytes, (size_t)part * RECORD_BYTES, RECORD_BYTES));
	if (parts > 1) {
		json_int(out, KEY("part"), part + 1);
		json_int(out, KEY("parts"), parts);
	}
}
