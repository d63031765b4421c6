/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiver's side of a connection.  It speaks first, then polls every 3
 * to 8 s; what has no answer is said three times more, then the line is
 * dropped.  A telegram that wants an acknowledgement gets its records back. */
#include "proto/vds2465.h"

#include <time.h>

#include "crypto/crypto.h"
#include "format/vds.h"
#include "proto/session.h"

#define PAUSE (5 * SECOND)	/* between two polls */
#define WAIT (PAUSE + SECOND)	/* for an answer */
#define REPEATS 3
#define RECORDS_MOST 255

static const uint8_t window[] = { 1 };

/* With the key that it spoke with last. */
static void say(struct session *t, uint8_t ik, struct span records, struct buf *out)
{
	struct vds_frame f = { .key = t->state, .tc = t->ours++, .rc = ik == IK_SYNC ? 0 : t->theirs + 1, .ik = ik, .pk = PK_VDS,
	                       .records = records };
	struct key key = { .n = t->key_n };
	memcpy(key.bytes, t->key, sizeof key.bytes);
	buf_reset(&t->said);
	vds_frame_put(&t->said, &f, t->state ? &key : NULL);
	wipe(&key, sizeof key);
	buf_span(out, buf_view(&t->said));
	t->waiting = true;
	t->due = t->now + WAIT;
}

static void begin(struct session *t, struct buf *out)
{
	random_bytes(&t->ours, sizeof t->ours);
	say(t, IK_SYNC, span_of(window, sizeof window), out);
}

static void rest(struct session *t)
{
	t->waiting = false;
	t->due = t->now + PAUSE;
}

static bool due(struct session *t, struct buf *out)
{
	if (!t->waiting) {
		say(t, IK_POLL, (struct span){ 0 }, out);
		return true;
	}
	if (t->unanswered++ == REPEATS)
		return false;
	buf_span(out, buf_view(&t->said));
	t->due = t->now + WAIT;
	return true;
}

/* False: sealed, and no key of ours opens it; reception says so. */
static bool open_frame(struct session *t, struct span frame, struct vds_frame *f)
{
	struct signal named = { .key_number = f->key };
	const struct key *key = f->key ? keys_of(t->common->keys, &named) : NULL;
	if (f->key && (!key || key->n == 0))
		return false;
	if (f->sealed) {
		buf_reset(&t->plain);
		if (vds_frame_open(f, key, &t->plain) < 0)
			return false;
		frame = buf_view(&t->plain);
	}
	if (vds_frame_read(frame, f) != V_OK)
		return false;
	t->state = f->key;
	t->key_n = key ? key->n : 0;
	memcpy(t->key, key ? key->bytes : t->key, sizeof t->key);
	return true;
}

/* What it names itself by holds until it names another. */
static void remember_account(struct session *t, const struct vds_frame *f, struct span frame)
{
	uint8_t digits[24];
	struct span named = vds_find(f->records, R_IDENTIFICATION);
	if (named.n == 0) {
		buf_span(&t->whole, buf_view(&t->kept));
		return;
	}
	buf_reset(&t->kept);
	buf_span(&t->kept, frame);
	buf_reset(&t->account);
	buf_add(&t->account, digits, vds_account(named, digits, sizeof digits));
}

static void hear(struct session *t, const struct vds_frame *f, struct span frame, struct buf *reply)
{
	t->unanswered = 0;
	/* A request for service is not counted. */
	if (f->ik != IK_SERVICE)
		t->theirs = f->tc;
	switch (f->ik) {
	case IK_SYNC: say(t, IK_SYNC_ANSWER, span_of(window, sizeof window), reply); return;
	case IK_SYNC_ANSWER:
	case IK_SERVICE: say(t, IK_POLL, (struct span){ 0 }, reply); return;
	case IK_UNKNOWN:
	case PK_UNKNOWN: rest(t); return;
	case IK_POLL: rest(t); break;
	case IK_DATA:
		rest(t);	/* until it is answered */
		remember_account(t, f, frame);
		break;
	default: say(t, IK_UNKNOWN, (struct span){ 0 }, reply); return;
	}
	buf_span(&t->whole, frame);
}

static enum verdict take(struct session *t, struct span in, bool at_end, struct span *frame, struct buf *reply)
{
	struct vds_frame f;
	size_t n;
	enum verdict v = vds_frame_cut(in, at_end, &n);
	*frame = span_sub(in, 0, n);
	if (v == V_OK)
		v = vds_frame_read(*frame, &f);
	if (v == V_OK && open_frame(t, *frame, &f) && f.pk == PK_VDS)
		hear(t, &f, *frame, reply);
	else if (v != V_MORE && v != V_NOT_MINE)
		buf_span(&t->whole, *frame);
	return v;
}

/* Year of the century, century, and so on: local time, as the centre's clocks show it. */
static void put_time(struct buf *records, msec now)
{
	time_t seconds = (time_t)(now / SECOND);
	struct tm tm;
	localtime_r(&seconds, &tm);
	const uint8_t time[] = { 7, R_TIME, (uint8_t)(tm.tm_year % 100), (uint8_t)(tm.tm_year / 100 + 19), (uint8_t)(tm.tm_mon + 1),
	                         (uint8_t)tm.tm_mday, (uint8_t)tm.tm_hour, (uint8_t)tm.tm_min, (uint8_t)tm.tm_sec };
	buf_add(records, time, sizeof time);
}

static void put_refusal(struct buf *records, struct span body, uint8_t why)
{
	const uint8_t refusal[] = { 2, R_ERROR, body.n ? body.p[0] & 0xF0 : 0, why };
	buf_add(records, refusal, sizeof refusal);
}

/* Each event comes back as its acknowledgement, a test gets our time. */
static void put_answers(struct buf *records, struct span heard, bool refused, msec now)
{
	struct cursor c = cursor_over(heard);
	struct vds_record r;
	while (vds_next(&c, &r)) {
		if (r.type == R_EVENT && refused) {
			put_refusal(records, r.body, 0x03);
		} else if (r.type == R_EVENT) {
			buf_byte(records, (uint8_t)r.body.n);
			buf_byte(records, R_ACKNOWLEDGEMENT);
			buf_span(records, r.body);
		} else if (r.type == R_TEST && !refused) {
			buf_byte(records, 0);
			buf_byte(records, R_TEST_ACKNOWLEDGEMENT);
			put_time(records, now);
		} else if (r.type == R_QUERY) {
			put_refusal(records, r.body, 0x02);
		}
		if (records->n > RECORDS_MOST - 16)
			return;
	}
}

/* Who holds nothing to acknowledge is polled for the next at once. */
void vds2465_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	struct session *t = cx->session;
	struct buf records = { 0 };
	if (!t || a == A_NONE || s->poll || (s->encrypted && !s->format))
		return;
	if (s->format)
		put_answers(&records, s->payload, a != A_ACK, t->now);
	say(t, !s->format ? PK_UNKNOWN : records.n ? IK_DATA : IK_POLL, buf_view(&records), out);
	buf_free(&records);
}

const struct conversation vds2465_conversation = { .begin = begin, .frame = take, .due = due };
