/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a panel, or a hardware receiver, says: frames, cut off, read, opened
 * and counted as reception does it, but judged by nobody. */
#include "crypto/crypto.h"
#include "observer.h"
#include "util/checksum.h"

static struct span account_of(const struct talk *t, const struct signal *s)
{
	struct span account = s->account.n ? s->account : s->inner_account;
	if (account.n == 0 && t->session)
		account = buf_view(&t->session->account);
	/* What a receiver says of itself is counted as account 0000, as alarmrecv supervises it. */
	return account.n == 0 && s->of_receiver ? SPAN("0000") : account;
}

static warnings open_signal(struct observer *o, struct talk *t, struct signal *s, const struct key *key)
{
	struct context cx = { .now = o->flows.now.at_us / 1000, .key = key, .session = t->session, .opened = &o->opened };
	if (!key)
		return WARN(KEY_MISSING);
	return !t->proto->open || t->proto->open(s, &cx) != V_OK ? WARN(KEY_WRONG) : 0;
}

/* Who waits for each answer repeats what came last, and only that. */
static bool came_last(struct observer *o, const struct talk *t, uint64_t hash)
{
	uint64_t source = hash_bytes(HASH_START, span_of(&t->receiver->end, sizeof t->receiver->end));
	uint64_t *last = &o->last[source % LAST];
	bool same = *last == hash;
	*last = hash;
	return same || !t->proto->one_at_a_time;
}

/* Sent once more: by the rule of alarmrecv, but that one does not know what
 * another receiver stored.  So all counts that was not refused. */
static void find_repeat(struct observer *o, struct talk *t, struct exchange *e, const struct signal *s)
{
	msec now = e->at_us / 1000, window = o->settings->repeat_window;
	if (s->poll || s->is_answer || span_is(s->token, "NULL"))
		return;
	uint64_t hash = repeats_hash(&o->repeats, t->source ? t->source : "", s);
	bool last = came_last(o, t, hash);
	const struct repeat *r = last ? repeats_find(&o->repeats, hash, now, repeats_window(s, window)) : NULL;
	e->hash = hash;
	if (r) {
		struct repeat known = *r;
		e->repeat = known.seq;
		if (!repeat_is_sure(r, s->sent, now))
			e->flags |= WARN(REPEAT_UNSURE);
		if (t->proto->one_at_a_time)
			repeats_add(&o->repeats, hash, known.sent, now, window, o->epoch, known.seq);
	} else {
		repeats_add(&o->repeats, hash, s->sent, now, window, o->epoch, e->seq);
	}
	/* One that was refused and comes again is a retry too, although its first is no event. */
	struct panel *p = e->panel;
	p->tries = p->last_hash == hash ? p->tries + 1 : e->repeat != 0;
	p->last_hash = hash;
	e->retry = p->tries;
}

static bool is_vds(const struct talk *t)
{
	return t->proto == protocol_find(SPAN("vds2465"));
}

static void know_answer(struct talk *t, struct exchange *e, const struct signal *s, struct span account)
{
	e->number_n = (uint8_t)(s->seq.n <= sizeof e->number ? s->seq.n : 0);
	copy_short(e->number, s->seq.p, e->number_n);
	e->encrypted = s->encrypted;
	e->account = hash_nocase(HASH_START, account);
	if (t->proto == protocol_find(SPAN("dc09")))
		return;
	if (is_vds(t) && t->session) {	/* its counter */
		const uint32_t tc = t->session->theirs;
		const uint8_t number[] = { (uint8_t)(tc >> 24), (uint8_t)(tc >> 16), (uint8_t)(tc >> 8), (uint8_t)tc };
		copy_short(e->number, number, e->number_n = sizeof number);
		return;
	}
	struct context cx = { .now = e->at_us / 1000, .key = e->key, .session = t->session };
	t->proto->answer(s, &cx, A_ACK, &e->wanted[0]);
	t->proto->answer(s, &cx, A_NAK, &e->wanted[1]);
}

static void wait_for_answer(struct talk *t, struct exchange *e)
{
	e->talk = t;
	e->before = t->last;
	*(t->last ? &t->last->behind : &t->first) = e;
	t->last = e;
}

static void count(struct talk *t, struct exchange *e, const struct signal *s)
{
	struct panel *p = e->panel;
	counts_frame(&t->receiver->count, e->at_us);
	counts_frame(&p->count, e->at_us);
	if (p->count.frames == 1)
		t->receiver->panels++;
	p->receiver = t->receiver;
	if (t->speaker != p)
		p->count.connections++;
	t->speaker = p;
	if (s->poll) {
		t->receiver->count.polls++;
		panel_poll(p, e->at_us);
	}
	if (e->has_drift)
		panel_drift(p, e->drift_ms);
	p->count.closed_keys += (e->flags & (WARN(KEY_MISSING) | WARN(KEY_WRONG))) != 0;
	p->count.repeats += e->retry != 0;
	t->receiver->count.repeats += e->retry != 0;
}

static void take_signal(struct observer *o, struct talk *t, struct signal *s, const struct mark *at)
{
	struct span account = account_of(t, s);
	const struct key *key = keys_of(&o->keys, s);
	if (s->account.n == 0 && s->inner_account.n == 0)
		s->inner_account = account;
	warnings flags = s->warnings;
	if (s->encrypted)
		flags |= open_signal(o, t, s, key);
	else if (key && !s->poll && !s->is_answer)
		flags |= WARN(UNENCRYPTED);
	struct exchange *e = print_frame(o, t, t->panel, s, at);
	e->key = key;
	e->flags = flags | s->warnings;
	e->has_drift = s->sent != CLOCK_NONE;
	e->drift_ms = e->has_drift ? s->sent - at->at_us / 1000 : 0;
	e->panel = tally_panel(&o->tally, t->source ? t->source : "", account);
	e->receiver = t->receiver;
	find_repeat(o, t, e, s);
	count(t, e, s);
	if (s->is_answer || (s->poll && is_vds(t))) {	/* there the receiver polls */
		print_answered(o, e);
		return;
	}
	/* Who waits for each answer waits no longer for the one before. */
	if (t->proto->one_at_a_time)
		answers_none(o, t);
	know_answer(t, e, s, s->account);
	wait_for_answer(t, e);
}

static void damaged(struct observer *o, struct talk *t, struct span frame, const struct mark *at)
{
	struct signal s = { 0 };
	t->proto->read(frame, &s);
	enum warning w = signal_damage(&s);
	struct span account = account_of(t, &s);
	counts_malformed(&t->receiver->count, at->at_us, frame, warning_meaning(w));
	if (account.n)
		counts_malformed(&tally_panel(&o->tally, t->source ? t->source : "", account)->count, at->at_us, frame, warning_meaning(w));
	print_error(o, t, t->panel, at, warning_word(w), warning_meaning(w), frame, account);
}

static void take_frame(struct observer *o, struct talk *t, struct span frame, const struct mark *at)
{
	struct signal s = { 0 };
	struct voice *v = &t->voice[t->panel];
	buf_reset(&o->opened);
	v->heard = true;
	v->torn = false;
	v->noise = 0;
	if (t->proto->read(frame, &s) == V_MALFORMED)
		damaged(o, t, frame, at);
	else
		take_signal(o, t, &s, at);
	if (o->opened.n)
		wipe(o->opened.p, o->opened.n);
}

static bool is_fill(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && s.p[i] != '\r' && s.p[i] != '\n' && s.p[i] != ' ' && s.p[i] != '\t')
			return false;
	return true;
}

/* Neighbours are told once and heard no more; what follows lost bytes, or the
 * capture's beginning, is a piece of a frame, which is nobody's fault. */
static void noise(struct observer *o, struct talk *t, struct span bytes, const char *neighbour, const struct mark *at)
{
	struct voice *v = &t->voice[t->panel];
	bool piece = v->torn || (t->flow.protocol == IP_TCP && !t->flow.began && !v->heard);
	v->noise += (uint32_t)bytes.n;
	if (is_fill(bytes))
		return;
	if (neighbour) {
		struct buf detail = { 0 };
		buf_printf(&detail, "another protocol on this port: %s", neighbour);
		print_error(o, t, t->panel, at, "neighbour", buf_cstr(&detail), bytes, (struct span){ 0 });
		buf_free(&detail);
		t->foreign = true;
		t->receiver->foreign++;
		t->receiver->foreign_name = neighbour;
		return;
	}
	if (piece) {
		print_error(o, t, t->panel, at, "incomplete", "the beginning was not captured", bytes, (struct span){ 0 });
		return;
	}
	counts_malformed(&t->receiver->count, at->at_us, bytes, "bytes that are no frame");
	print_error(o, t, t->panel, at, "noise", "bytes that are no frame", bytes, (struct span){ 0 });
}

#define EXPECTED_MOST 4096

/* A conversation is overheard: what we would have said is what the receiver may say. */
static enum verdict cut(struct observer *o, struct talk *t, struct span bytes, bool at_end, struct span *frame, struct span *whole)
{
	struct session *session = t->session;
	if (!session) {
		enum verdict v = t->proto->frame(bytes, at_end, frame);
		*whole = *frame;
		return v;
	}
	session->now = o->flows.now.at_us / 1000;
	buf_reset(&session->whole);
	buf_reset(&o->scratch);
	enum verdict v = t->proto->conversation->frame(session, bytes, at_end, frame, &o->scratch);
	*whole = buf_view(&session->whole);
	if (t->expected.n < EXPECTED_MOST)
		buf_span(&t->expected, buf_view(&o->scratch));
	return v;
}

/* Noise in which a frame could have begun several times is one all the same. */
static struct span all_noise(const struct talk *t, struct span bytes, struct span noise, bool at_end)
{
	struct span more;
	while (!t->session && noise.n < bytes.n && t->proto->frame(span_from(bytes, noise.n), at_end, &more) == V_NOT_MINE && more.n)
		noise.n += more.n;
	return noise;
}

size_t heard(struct observer *o, struct talk *t, struct span bytes, bool at_end, const struct mark *at)
{
	struct span frame, whole;
	const char *neighbour = NULL;
	enum verdict v = cut(o, t, bytes, at_end, &frame, &whole);
	if (v == V_OK && whole.n)
		take_frame(o, t, whole, at);
	else if ((v == V_BAD_CHECK || v == V_NOT_MINE) && t->proto->neighbour)
		neighbour = t->proto->neighbour(bytes);
	if (v == V_NOT_MINE && !neighbour)
		frame = all_noise(t, bytes, frame, at_end);
	if (v == V_NOT_MINE || (v == V_BAD_CHECK && neighbour))
		noise(o, t, frame, neighbour, at);
	else if (v == V_BAD_CHECK || v == V_MALFORMED)
		damaged(o, t, whole.n ? whole : frame, at);
	return frame.n;
}
