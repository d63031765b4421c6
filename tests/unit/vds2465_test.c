/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection of VdS 2465: who speaks, when, with which counters and key;
 * cut anywhere, out of step, and with a side that has gone. */
#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"
#include "proto/session.h"
#include "proto/vds2465.h"

#define IDENTIFIED "\x04\x56\x21\x43\x65\x87"
#define EVENT "\x05\x02\x01\x05\x00\x01\x22"
#define ACKNOWLEDGED "\x05\x03\x01\x05\x00\x01\x22"

static const struct key seven = { .n = 16, .bytes = "0123456789ABCDEF" };
static const struct protocol *proto;
static struct keys keys;
static struct common common = { .keys = &keys };
static struct session *session;
static struct buf out, panel;
static uint32_t counter = 0xFFFFFFFE;	/* runs over on the way */

static struct vds_frame heard(void)
{
	struct vds_frame f = { 0 }, sealed;
	struct buf clear = { 0 };
	static struct buf kept;
	if (vds_frame_read(buf_view(&out), &sealed) != V_OK)
		return f;
	buf_reset(&kept);
	if (sealed.sealed && vds_frame_open(&sealed, &seven, &clear) == 0)
		buf_span(&kept, buf_view(&clear));
	else
		buf_span(&kept, buf_view(&out));
	vds_frame_read(buf_view(&kept), &f);
	buf_free(&clear);
	buf_reset(&out);
	return f;
}

static void begin(void)
{
	session_free(session);
	buf_reset(&out);
	session = session_new(proto, &common, 1000, &out);
}

static struct span from_panel(uint8_t ik, uint8_t pk, struct span records, const struct key *key)
{
	struct vds_frame f = { .key = 7, .tc = ++counter, .rc = session->ours, .ik = ik, .pk = pk, .records = records };
	buf_reset(&panel);
	vds_frame_put(&panel, &f, key);
	return buf_view(&panel);
}

/* What a reception makes of it: the whole record, and our answer in out. */
static enum verdict take(struct span in, enum answer a, struct signal *s)
{
	static struct buf opened;
	struct span frame;
	buf_reset(&session->whole);
	buf_reset(&out);
	buf_reset(&opened);
	enum verdict v = proto->conversation->frame(session, in, false, &frame, &out);
	*s = (struct signal){ 0 };
	if (v != V_OK || session->whole.n == 0)
		return v;
	v = proto->read(buf_view(&session->whole), s);
	struct context cx = { .session = session, .key = s->encrypted ? &seven : NULL, .opened = &opened };
	if (s->encrypted)
		v = proto->open(s, &cx);
	proto->answer(s, &cx, a, &out);
	return v;
}

static unsigned event_of(const struct signal *s, const char *account, const char *code)
{
	struct event_list list = { 0 };
	proto->events(s, LANG_EN, &list);
	unsigned n = list.n == 1 && span_is(event_get(list.event, F_ACCOUNT), account) && span_is(event_get(list.event, F_CODE), code);
	event_list_free(&list);
	return n;
}

static void spoken_in_turn(const struct key *key)
{
	const char *how = key ? "sealed" : "in clear";
	struct signal s;
	begin();
	struct vds_frame f = heard();
	ok(f.ik == IK_SYNC && f.key == 0 && f.rc == 0 && span_eq(f.records, SPAN("\x01")), "%s: the receiver begins, in clear", how);
	uint32_t first = f.tc;
	take(from_panel(IK_SYNC_ANSWER, PK_VDS, SPAN("\x01"), key), A_ACK, &s);
	f = heard();
	ok(f.ik == IK_POLL && f.tc == first + 1 && f.rc == counter + 1 && f.key == (key ? 7 : 0), "%s: then it polls, with counters and key", how);
	take(from_panel(IK_DATA, PK_VDS, SPAN(IDENTIFIED EVENT), key), A_ACK, &s);
	ok(event_of(&s, "12345678", "22"), "%s: an event", how);
	f = heard();
	ok(f.ik == IK_DATA && f.rc == counter + 1 && span_eq(f.records, SPAN(ACKNOWLEDGED)), "%s: and its record back", how);
	take(from_panel(IK_DATA, PK_VDS, SPAN(EVENT), key), A_ACK, &s);
	ok(event_of(&s, "12345678", "22") && heard().ik == IK_DATA, "%s: the account holds for the next", how);
	take(from_panel(IK_POLL, PK_VDS, (struct span){ 0 }, key), A_ACK, &s);
	ok(s.poll && out.n == 0 && span_is(buf_view(&session->account), "12345678"), "%s: a poll answered is silence, of an account", how);
	take(from_panel(IK_DATA, PK_VDS, SPAN("\x00\x40"), key), A_ACK, &s);
	f = heard();
	ok(f.records.n == 11 && f.records.p[1] == 0x41 && f.records.p[3] == 0x50, "%s: a test gets our time", how);
	take(from_panel(IK_DATA, PK_VDS, SPAN("\x05\x04\x01\x05\x00\x01\x22"), key), A_ACK, &s);
	ok(heard().ik == IK_POLL, "%s: what wants no acknowledgement is followed by a poll", how);
	take(from_panel(IK_DATA, PK_VDS, SPAN(EVENT), key), A_DUH, &s);
	ok(span_eq(heard().records, SPAN("\x02\x11\x00\x03")), "%s: a refusal says so", how);
	take(from_panel(IK_DATA, PK_VDS, SPAN(EVENT), key), A_NONE, &s);
	ok(out.n == 0, "%s: and where no answer is wanted there is none", how);
}

static void asked_for(void)
{
	struct signal s;
	begin();
	uint32_t theirs = counter;
	take(from_panel(IK_SYNC_ANSWER, PK_VDS, SPAN("\x01"), NULL), A_ACK, &s);
	take(from_panel(IK_SERVICE, PK_VDS, (struct span){ 0 }, NULL), A_ACK, &s);
	struct vds_frame f = heard();
	ok(f.ik == IK_POLL && f.rc == theirs + 2, "a request for service is polled at once, and not counted");
	take(from_panel(IK_SYNC, PK_VDS, SPAN("\x01"), NULL), A_ACK, &s);
	ok(heard().ik == IK_SYNC_ANSWER, "who begins is answered");
	take(from_panel(9, PK_VDS, (struct span){ 0 }, NULL), A_ACK, &s);
	ok(heard().ik == IK_UNKNOWN, "a kind that nobody knows");
	take(from_panel(IK_DATA, 0x82, SPAN("\x01\x02\x03"), NULL), A_ACK, &s);
	ok(!s.poll && s.format == NULL && heard().ik == PK_UNKNOWN, "a maker's own protocol is recorded, and refused");
	take(from_panel(IK_DATA, PK_VDS, SPAN("\x02\x10\x10\x20"), NULL), A_ACK, &s);
	ok(span_eq(heard().records, SPAN("\x02\x11\x10\x02")), "a question that we cannot answer");
}

static void nobody_answers(void)
{
	struct signal s;
	begin();
	struct vds_frame first = heard();
	session->now = session->due;
	ok(proto->conversation->due(session, &out), "no answer: once more");
	struct vds_frame again = heard();
	ok(again.tc == first.tc && again.ik == IK_SYNC, "the same, byte for byte");
	for (int i = 0; i < 2; i++) {
		session->now = session->due;
		proto->conversation->due(session, &out);
	}
	session->now = session->due;
	ok(!proto->conversation->due(session, &out), "three times, then it is given up");
	begin();
	take(from_panel(IK_SYNC_ANSWER, PK_VDS, SPAN("\x01"), NULL), A_ACK, &s);
	take(from_panel(IK_POLL, PK_VDS, (struct span){ 0 }, NULL), A_ACK, &s);
	msec pause = session->due - session->now;
	ok(pause >= 3000 && pause <= 8000, "between polls 3 to 8 s");
	session->now = session->due;
	ok(proto->conversation->due(session, &out) && heard().ik == IK_POLL, "then the next");
}

static void keys_that_do_not_open(void)
{
	struct key other = { .n = 16, .bytes = "fedcba9876543210" };
	struct signal s;
	begin();
	enum verdict v = take(from_panel(IK_DATA, PK_VDS, SPAN(IDENTIFIED EVENT), &other), A_DUH, &s);
	ok(v == V_BAD_CHECK && s.encrypted && s.key_number == 7 && out.n == 0, "another key: recorded as it came, unanswered");
	buf_reset(&session->whole);
	struct vds_frame f = { .key = 8, .tc = 1, .ik = IK_DATA, .pk = PK_VDS, .records = SPAN(EVENT) };
	struct span frame;
	buf_reset(&panel);
	vds_frame_put(&panel, &f, &other);
	v = proto->conversation->frame(session, buf_view(&panel), false, &frame, &out);
	ok(v == V_OK && session->whole.n == panel.n && out.n == 0, "a number that no key has: as well");
}

static void cut_and_damaged(void)
{
	struct span in, frame;
	bool waits = true, refused = true;
	begin();
	in = from_panel(IK_DATA, PK_VDS, SPAN(IDENTIFIED EVENT), NULL);
	for (size_t n = 0; n < in.n; n++) {
		buf_reset(&session->whole);
		waits &= proto->conversation->frame(session, span_sub(in, 0, n), false, &frame, &out) == V_MORE && frame.n == 0;
	}
	ok(waits, "cut anywhere it waits for the rest");
	for (size_t i = 4; i < in.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct signal s;
			panel.p[i] ^= (uint8_t)(1 << bit);
			buf_reset(&session->whole);
			refused &= proto->conversation->frame(session, in, false, &frame, &out) == V_BAD_CHECK && session->whole.n == in.n &&
			           proto->read(in, &s) == V_BAD_CHECK && s.warnings & WARN(CRC_BAD);
			panel.p[i] ^= (uint8_t)(1 << bit);
		}
	ok(refused, "a bit turned is found, and all of it recorded");
	ok(proto->conversation->frame(session, SPAN("GET / HTTP/1.1\r\n\r\n"), false, &frame, &out) == V_NOT_MINE && frame.n == 18, "a browser is none");
}

/* L runs past the content, with a sum that fits. */
static void lying_length(void)
{
	struct signal s;
	begin();
	struct span in = from_panel(IK_DATA, PK_VDS, SPAN(IDENTIFIED EVENT), NULL);
	unsigned sum = (unsigned)panel.p[8] << 8 | panel.p[9];
	unsigned word = (unsigned)panel.p[16] << 8 | panel.p[17];
	panel.p[16] = 255;
	unsigned changed = (unsigned)panel.p[16] << 8 | panel.p[17];
	unsigned total = (~sum & 0xFFFF) + changed - word;
	sum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF;
	panel.p[8] = (uint8_t)(sum >> 8);
	panel.p[9] = (uint8_t)sum;
	ok(proto->read(in, &s) == V_MALFORMED, "records that run past the end are not read");
}

int main(void)
{
	const char *why;
	char path[] = "/tmp/vds2465_test.XXXXXX";
	int fd = mkstemp(path);
	dprintf(fd, "key vds:7 ascii:0123456789ABCDEF\n");
	close(fd);
	proto = protocol_find(SPAN("vds2465"));
	(void)keys_load(&keys, path, &why);
	unlink(path);
	spoken_in_turn(NULL);
	spoken_in_turn(&seven);
	asked_for();
	nobody_answers();
	keys_that_do_not_open();
	cut_and_damaged();
	lying_length();
	session_free(session);
	keys_free(&keys);
	buf_free(&out);
	buf_free(&panel);
	return done();
}
