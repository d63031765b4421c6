/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the receiver says, and to which frame it is the answer.  DC-09 answers
 * carry the number of what they answer; those of hardware receivers' hosts are
 * a byte or a short record, to what came last. */
#include "observer.h"
#include "format/vds.h"
#include "proto/dc09_panel.h"
#include "proto/vds2465.h"
#include "util/checksum.h"
#include "util/cursor.h"

#define LOOK_BACK 256	/* unanswered frames of a connection that an answer is held against */

static void leave(struct exchange *e)
{
	struct talk *t = e->talk;
	*(e->before ? &e->before->behind : &t->first) = e->behind;
	*(e->behind ? &e->behind->before : &t->last) = e->before;
	e->talk = NULL;
}

static void resolve(struct observer *o, struct exchange *e, enum answer a, int64_t at_us)
{
	int64_t delay = at_us > e->at_us ? at_us - e->at_us : 0;
	leave(e);
	e->reply = a;
	e->has_delay = a != A_NONE;
	e->delay_us = delay;
	counts_answer(&e->panel->count, a, delay);
	counts_answer(&e->receiver->count, a, delay);
	/* What was refused is no event: what comes next is the first of it. */
	if ((a == A_NAK || a == A_DUH) && e->hash)
		repeats_remove(&o->repeats, e->hash);
	print_answered(o, e);
}

void answers_none(struct observer *o, struct talk *t)
{
	while (t->first)
		resolve(o, t->first, A_NONE, 0);
}

void answers_expire(struct observer *o)
{
	const struct settings *s = o->settings;
	struct exchange *e;
	while ((e = o->queue.first) && !e->done && e->talk) {
		bool late = o->flows.clock_us - e->at_us > s->wait * 1000;
		if (!late && o->queue.n < EXCHANGES_MOST && o->queue.bytes < EXCHANGE_BYTES)
			return;
		o->queue.early += !late;
		resolve(o, e, A_NONE, 0);
	}
}

static bool account_fits(const struct exchange *e, struct span account)
{
	return account.n == 0 || e->account == HASH_START || e->account == hash_nocase(HASH_START, account);
}

/* NAK carries neither the number nor the account of what it refuses. */
static bool fits(const struct exchange *e, const struct dc09_reply *r)
{
	if (r->answer == A_NAK)
		return true;
	return span_eq(r->seq, span_of(e->number, e->number_n)) && account_fits(e, r->account);
}

/* Receivers answer in order; but of a signal that was sent again it is the last
 * copy that is answered, or there would have been no need of it. */
static struct exchange *find(const struct talk *t, const struct dc09_reply *r)
{
	struct exchange *e = t->first, *found;
	unsigned i = 0;
	for (; e && i < LOOK_BACK && !fits(e, r); i++)
		e = e->behind;
	if (!e || i == LOOK_BACK)
		return NULL;
	for (found = e; e && i < LOOK_BACK; i++, e = e->behind)
		if (e->hash == found->hash && fits(e, r))
			found = e;
	return found;
}

static void note_clock(struct talk *t, const struct dc09_reply *r, const struct mark *at)
{
	if (r->time == CLOCK_NONE)
		return;
	t->receiver->has_drift = true;
	t->receiver->drift_ms = (int32_t)(r->time - at->at_us / 1000);
}

static struct exchange *take_answer(struct observer *o, struct talk *t, struct span frame, const struct mark *at)
{
	static const struct dc09_message any = { .seq = DC09_SEQ_ANY };
	struct dc09_reply r;
	dc09_reply_read(frame, &any, NULL, &o->opened, &r);
	struct exchange *e = r.answer == A_NONE ? NULL : find(t, &r);
	if (!e) {
		t->receiver->stray++;
		return NULL;
	}
	if (e->encrypted) {
		buf_reset(&o->opened);
		t->receiver->in_clear += dc09_reply_read(frame, &any, e->key, &o->opened, &r) == MATCH_YES && r.clear && r.answer == A_ACK;
	}
	note_clock(t, &r, at);
	resolve(o, e, r.answer, at->at_us);
	return e;
}

/* A frame of the receiver: an answer, or a command to the panel. */
static void take_frame(struct observer *o, struct talk *t, struct span frame, const struct mark *at)
{
	struct signal s = { 0 };
	struct voice *v = &t->voice[!t->panel];
	v->heard = true;
	v->torn = false;
	v->noise = 0;
	bool malformed = t->proto->read(frame, &s) == V_MALFORMED;
	if (!malformed && s.is_answer)
		take_answer(o, t, frame, at);
	if (malformed || (s.is_answer && !o->settings->answers))
		return;
	struct exchange *e = print_frame(o, t, !t->panel, &s, at);
	e->flags = s.warnings;
	print_answered(o, e);
}

static void strange(struct observer *o, struct talk *t, struct span bytes, const struct mark *at)
{
	struct voice *v = &t->voice[!t->panel];
	bool piece = v->torn || (t->flow.protocol == IP_TCP && !t->flow.began && !v->heard);
	t->receiver->strange += piece ? 0 : bytes.n;
	v->noise += (uint32_t)bytes.n;
	if (!piece && o->settings->answers)
		print_error(o, t, !t->panel, at, "noise", "bytes that are no answer", bytes, (struct span){ 0 });
}

static size_t take_dc09(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at)
{
	struct span frame;
	enum verdict v = t->proto->frame(bytes, at_end, &frame);
	if (v == V_OK)
		take_frame(o, t, frame, at);
	else if (v != V_MORE)
		strange(o, t, frame, at);
	return frame.n;
}

static void print_host(struct observer *o, struct talk *t, struct span bytes, const struct mark *at)
{
	struct signal s = { .frame = bytes };
	if (o->settings->answers)
		print_answered(o, print_frame(o, t, !t->panel, &s, at));
}

/* Behind an acknowledgement many hosts send CR and LF. */
static bool is_fill(uint8_t c)
{
	return c == '\r' || c == '\n' || c == '\0' || c == ' ';
}

/* A byte that acknowledges, to nothing that was captured. */
static bool is_plain_answer(uint8_t c)
{
	return c == 0x06 || c == 0x15;
}

/* Small talk of a conversation: how much of it is what was expected. */
static size_t take_expected(struct talk *t, struct span bytes)
{
	size_t n = 0;
	while (n < bytes.n && n < t->expected.n && bytes.p[n] == t->expected.p[n])
		n++;
	buf_consume(&t->expected, n);
	return n;
}

/* What decides the rest of a conversation, in the place of what we would have said. */
static size_t take_decided(struct talk *t, struct span bytes)
{
	const struct conversation *c = t->session ? t->proto->conversation : NULL;
	size_t n = c && c->overheard ? c->overheard(t->session, bytes) : 0;
	if (n)
		buf_reset(&t->expected);
	return n;
}

static bool open_vds(struct observer *o, struct span frame, struct vds_frame *f)
{
	if (vds_frame_read(frame, f) != V_OK || !f->sealed)
		return !f->sealed;
	struct signal named = { .key_number = f->key };
	const struct key *key = keys_of(&o->keys, &named);
	buf_reset(&o->opened);
	return key && key->n && vds_frame_open(f, key, &o->opened) == 0 && vds_frame_read(buf_view(&o->opened), f) == V_OK;
}

/* Has the receiver counted on from it? */
static bool is_counted(const struct exchange *e, uint32_t rc)
{
	struct cursor c = cursor_over(span_of(e->number, e->number_n));
	uint32_t tc = cursor_u32(&c);
	return cursor_ok(&c) && tc + 1 == rc;
}

/* Whatever a receiver of VdS 2465 says carries the counter of what came last, and one. */
static size_t take_vds(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at)
{
	struct vds_frame f;
	size_t n;
	enum verdict v = vds_frame_cut(bytes, at_end, &n);
	struct span frame = span_sub(bytes, 0, n);
	if (v == V_MORE)
		return n;
	if (v != V_OK || !open_vds(o, frame, &f)) {
		strange(o, t, frame, at);
		return n;
	}
	struct exchange *e = t->last;
	t->voice[!t->panel].heard = true;
	print_host(o, t, frame, at);
	if (e && is_counted(e, f.rc))
		resolve(o, e, vds_find(f.records, R_ERROR).n ? A_NAK : A_ACK, at->at_us);
	return n;
}

static size_t take_host(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at)
{
	size_t small_talk = take_decided(t, bytes);
	if (!small_talk)
		small_talk = take_expected(t, bytes);
	if (small_talk)
		return small_talk;
	struct exchange *e = t->proto->one_at_a_time ? t->last : t->first;
	for (unsigned i = 0; e && i < 2; i++) {
		struct span wanted = buf_view(&e->wanted[i]);
		if (wanted.n && span_starts(bytes, wanted)) {
			print_host(o, t, wanted, at);
			resolve(o, e, i ? A_NAK : A_ACK, at->at_us);
			t->voice[!t->panel].heard = true;
			return wanted.n;
		}
		if (wanted.n > bytes.n && span_starts(wanted, bytes) && !at_end)
			return 0;
	}
	if (is_fill(bytes.p[0]))
		return 1;
	if (is_plain_answer(bytes.p[0])) {
		t->receiver->stray++;
		return 1;
	}
	strange(o, t, bytes, at);
	return bytes.n;
}

size_t answered(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at)
{
	if (t->proto == protocol_find(SPAN("dc09")))
		return take_dc09(o, t, bytes, at_end, at);
	bool vds = t->proto == protocol_find(SPAN("vds2465"));
	return (vds ? take_vds : take_host)(o, t, bytes, at_end, at);
}
