/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record of this protocol is one frame, or two: in front the one in which
 * the connection named its account, where the frame itself does not. */
#include "proto/vds2465.h"

#include "format/vds.h"
#include "util/hex.h"

static enum verdict frame(struct span in, bool at_end, struct span *cut)
{
	size_t n;
	enum verdict v = vds_frame_cut(in, at_end, &n);
	*cut = span_sub(in, 0, n);
	return v;
}

static void read_telegram(struct signal *s, const struct vds_frame *f)
{
	struct span named = vds_find(f->records, R_IDENTIFICATION);
	if (named.n)
		s->inner_account = span_of(s->digits, vds_account(named, s->digits, sizeof s->digits));
	s->form = f->ik;
	s->poll = f->pk == PK_VDS && (f->ik != IK_DATA || f->records.n == 0);
	s->payload = s->identity = f->records;
	s->format = f->pk == PK_VDS ? format_find(SPAN("vds")) : NULL;
	/* A time of its own tells an event from the next like it; else the counter does. */
	s->seq = vds_find(f->records, R_TIME).n || vds_find(f->records, R_COUNTER).n ? (struct span){ 0 } : span_sub(f->content, 0, 4);
}

static enum verdict read(struct span bytes, struct signal *s)
{
	struct vds_frame f;
	struct span rest = bytes;
	size_t n;
	*s = (struct signal){ .frame = bytes, .sent = CLOCK_NONE };
	do {
		enum verdict v = vds_frame_cut(rest, true, &n);
		if (v == V_OK)
			v = vds_frame_read(span_sub(rest, 0, n), &f);
		if (v == V_BAD_CHECK)
			s->warnings |= WARN(CRC_BAD);
		if (v != V_OK)
			return v;
		s->key_number = f.key;
		s->encrypted |= f.sealed;
		if (!f.sealed)
			read_telegram(s, &f);
		rest = span_from(rest, n);
	} while (rest.n);
	s->content = s->encrypted ? bytes : s->payload;
	return V_OK;
}

/* The same frames in clear. */
static enum verdict read_clear(struct signal *s, struct span clear)
{
	struct signal inner;
	if (read(clear, &inner) != V_OK || inner.encrypted)
		return V_BAD_CHECK;
	inner.frame = s->frame;
	inner.encrypted = true;
	inner.content = clear;
	size_t digits = inner.inner_account.n;
	*s = inner;
	if (digits)
		s->inner_account = span_of(s->digits, digits);
	return V_OK;
}

static enum verdict open(struct signal *s, const struct context *cx)
{
	size_t began = cx->opened->n, n;
	for (struct span rest = s->frame; rest.n; rest = span_from(rest, n)) {
		struct vds_frame f;
		vds_frame_cut(rest, true, &n);
		if (vds_frame_read(span_sub(rest, 0, n), &f) != V_OK)
			return V_BAD_CHECK;
		if (!f.sealed)
			buf_span(cx->opened, span_sub(rest, 0, n));
		else if (!cx->key || cx->key->n == 0 || vds_frame_open(&f, cx->key, cx->opened) < 0)
			return V_BAD_CHECK;
	}
	return read_clear(s, span_from(buf_view(cx->opened), began));
}

static enum verdict content(struct signal *s, const struct context *cx)
{
	size_t began = cx->opened->n;
	if (hex_decode(cx->opened, cx->clear) < 0)
		return V_MALFORMED;
	return read_clear(s, span_from(buf_view(cx->opened), began));
}

static void set_header(const struct signal *s, struct event *ev)
{
	event_puts(ev, F_PROTO, "vds2465");
	if (event_get(ev, F_ACCOUNT).n == 0)
		event_set(ev, F_ACCOUNT, s->inner_account);
	if (!ev->unreadable)
		ev->warnings |= s->warnings;
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	enum verdict v = V_OK;
	if (s->poll)
		return V_OK;
	if (s->format)
		v = s->format->decode(s->payload, language, list);
	if (!s->format || v != V_OK) {
		struct event *ev = event_list_add(list);
		ev->unreadable = true;
		ev->warnings = s->format ? WARN(STRUCTURE_BAD) : WARN(TOKEN_VENDOR);
		event_set(ev, F_TEXT, s->payload);
	}
	for (unsigned i = began; i < list->n; i++)
		set_header(s, &list->event[i]);
	return V_OK;
}

const struct protocol protocol_vds2465 = {
	.name = "vds2465", .title = N_("VdS 2465-S2, VdS 2465 over TCP/IP"),
	.coverage = N_("partial: as the language vds; other protocols of makers are refused"), .proof = BY_SUM,
	.most = 1024, .frame = frame, .read = read, .open = open, .content = content, .events = events,
	.answer = vds2465_answer, .explain = vds2465_explain, .conversation = &vds2465_conversation,
};
