/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "observer.h"

#include <stdlib.h>
#include <unistd.h>

#include "loop/loop.h"
#include "text/terminal.h"
#include "util/checksum.h"

#define NOISE_MOST 65536	/* bytes without a sound frame; more is another protocol */
#define STRANGE_MOST 8192	/* bytes in which something may be recognised */
#define TRIES_MOST 8		/* and datagrams */

static struct observer *observer_of(struct flows *f)
{
	return OWNER(f, struct observer, flows);
}

static struct talk *talk_of(struct traffic *w)
{
	return OWNER(w, struct talk, flow);
}

static uint8_t name(char *text, const struct endpoint *e)
{
	struct buf b = { 0 };
	endpoint_put(&b, e);
	uint8_t n = (uint8_t)(b.n < ADDRESS_TEXT ? b.n : ADDRESS_TEXT);
	memcpy(text, b.p, n);
	buf_free(&b);
	return n;
}

/* Who speaks is known: what follows is counted under its receiver. */
static void place(struct observer *o, struct talk *t, const struct endpoint *panel, const struct endpoint *receiver, uint8_t protocol)
{
	t->peer_n = name(t->peer, panel);
	t->local_n = name(t->local, receiver);
	t->receiver = tally_receiver(&o->tally, receiver, protocol, t->source, t->proto);
	t->receiver->count.connections++;
	t->session = session_new(t->proto, &o->common, o->flows.now.at_us / 1000, &t->expected);
}

static struct traffic *make(struct flows *f, const struct packet *p)
{
	struct observer *o = observer_of(f);
	const struct settings *s = o->settings;
	bool panel;
	const struct place *at = settings_find(s, p, &panel);
	if (!at && s->places)
		return NULL;
	struct talk *t = xcalloc(1, sizeof *t);
	if (!at)
		return &t->flow;
	t->source = at->source.name;
	t->proto = at->source.proto;
	/* flow.c orders the ends so. */
	bool turned = memcmp(&p->from, &p->to, sizeof p->from) > 0;
	t->panel = turned == panel;
	place(o, t, panel ? &p->from : &p->to, panel ? &p->to : &p->from, p->protocol);
	return &t->flow;
}

static void unmake(struct flows *f, struct traffic *w)
{
	struct talk *t = talk_of(w);
	(void)f;
	buf_free(&t->voice[0].rest);
	buf_free(&t->voice[1].rest);
	session_free(t->session);
	buf_free(&t->expected);
	free(t);
}

/* A frame of the protocol, maybe behind the rest of one whose beginning was
 * not captured.  *more: there may be one when more has come. */
static bool has_frame(const struct protocol *p, struct span bytes, bool at_end, struct signal *s, bool *more)
{
	struct span frame;
	while (bytes.n) {
		enum verdict v = p->frame(bytes, at_end, &frame);
		if (v == V_OK && p->read(frame, s) == V_OK)
			return true;
		*more |= v == V_MORE;
		if (v == V_MORE || frame.n == 0)
			return false;
		bytes = span_from(bytes, frame.n);
	}
	return false;
}

/* Nothing names what this is: a frame that a checksum proves does. */
static void recognise(struct observer *o, struct talk *t, unsigned d, struct span bytes, bool at_end)
{
	bool more = false;
	for (const struct protocol *const *p = protocols; *p && !t->proto; p++) {
		struct signal s;
		if ((*p)->proof != BY_CRC || !has_frame(*p, bytes, at_end, &s, &more))
			continue;
		t->proto = *p;
		t->panel = s.is_answer ? !d : d;
		place(o, t, &t->flow.end[t->panel], &t->flow.end[!t->panel], t->flow.protocol);
	}
	if (t->flow.protocol == IP_UDP)
		t->foreign = !t->proto && ++t->tries == TRIES_MOST;
	else
		t->foreign = !t->proto && (!more || bytes.n > STRANGE_MOST) && (t->flow.began || bytes.n > STRANGE_MOST);
}

/* Far too much of it: whatever this is, it does not become what was looked for. */
static void give_up(struct observer *o, struct talk *t, unsigned d, const struct mark *at)
{
	t->foreign = true;
	t->receiver->foreign++;
	print_error(o, t, d, at, "noise", "64 KiB without a frame: no more is read of this connection", (struct span){ 0 },
	            (struct span){ 0 });
}

static void abandon(struct observer *o, struct talk *t, unsigned d, const struct mark *at, const char *detail)
{
	struct voice *v = &t->voice[d];
	if (t->proto && v->rest.n && !t->foreign)
		print_error(o, t, d, at, "incomplete", detail, buf_view(&v->rest), (struct span){ 0 });
	buf_reset(&v->rest);
}

/* At the end of a connection: what is no frame then is the beginning of one. */
static bool is_whole(const struct talk *t, struct span bytes)
{
	struct span frame;
	return t->proto->conversation || t->proto->frame(bytes, true, &frame) == V_OK;
}

/* All that is whole is taken; the beginning of a frame is kept. */
static void feed(struct observer *o, struct talk *t, unsigned d, struct span bytes, bool at_end, const struct mark *at)
{
	struct voice *v = &t->voice[d];
	bool kept = v->rest.n != 0, ends = at_end && t->flow.protocol == IP_TCP;
	if (kept) {
		buf_span(&v->rest, bytes);
		bytes = buf_view(&v->rest);
	}
	if (!t->proto)
		recognise(o, t, d, bytes, at_end);
	while (t->proto && bytes.n && !t->foreign && !(ends && !is_whole(t, bytes))) {
		size_t n = (d == t->panel ? heard : answered)(o, t, bytes, at_end, at);
		if (n == 0)
			break;
		bytes = span_from(bytes, n);
		if (v->noise > NOISE_MOST && !t->foreign)
			give_up(o, t, d, at);
	}
	if (t->foreign)
		bytes.n = 0;
	if (kept)
		buf_consume(&v->rest, v->rest.n - bytes.n);
	else
		buf_span(&v->rest, bytes);
}

static void bytes_came(struct flows *f, struct traffic *w, unsigned d, struct span bytes, const struct mark *at, uint32_t cut)
{
	struct observer *o = observer_of(f);
	struct talk *t = talk_of(w);
	bool datagram = w->protocol == IP_UDP;
	if (t->foreign && !(datagram && t->proto))
		return;
	t->foreign = false;
	if (cut && t->proto) {
		print_error(o, t, d, at, "cut", "the capture kept only the beginning of this datagram", bytes, (struct span){ 0 });
		return;
	}
	feed(o, t, d, bytes, datagram, at);
	if (datagram)
		buf_reset(&t->voice[d].rest);
}

/* One byte more than there are is what the end of a connection counts as. */
static void bytes_missing(struct flows *f, struct traffic *w, unsigned d, uint32_t n, const struct mark *at)
{
	struct observer *o = observer_of(f);
	struct talk *t = talk_of(w);
	bool end = n == 1 && t->proto && !t->proto->one_at_a_time;
	if (end || t->foreign)
		return;
	abandon(o, t, d, at, "bytes behind these were not captured");
	t->voice[d].torn = true;
	t->voice[d].heard = false;
	if (!t->proto)
		return;
	t->receiver->gaps++;
	t->receiver->gap_bytes += n;
	print_missing(o, t, d, n, at);
}

static void half(struct flows *f, struct traffic *w, unsigned d, const struct mark *at)
{
	struct observer *o = observer_of(f);
	struct talk *t = talk_of(w);
	feed(o, t, d, (struct span){ 0 }, true, at);
	abandon(o, t, d, at, "the connection ended within a frame");
	if (t->proto && d != t->panel)
		answers_none(o, t);
}

static void ended(struct flows *f, struct traffic *w, enum flow_end how, const struct mark *at)
{
	static const char *const why[] = {
		[FLOW_CLOSED] = "the connection ended within a frame", [FLOW_RESET] = "the connection was reset within a frame",
		[FLOW_FORGOTTEN] = "too many connections: this one was followed no longer",
		[FLOW_CUT_OFF] = "the capture has no more of this connection",
	};
	struct observer *o = observer_of(f);
	struct talk *t = talk_of(w);
	for (unsigned d = 0; d < 2; d++) {
		if (w->protocol == IP_TCP && how != FLOW_CLOSED)
			feed(o, t, d, (struct span){ 0 }, true, at);
		abandon(o, t, d, at, why[how]);
		buf_free(&t->voice[d].rest);
	}
	if (t->session && t->proto->conversation->left) {
		struct span left = t->proto->conversation->left(t->session);
		if (left.n)
			print_error(o, t, t->panel, at, "incomplete", why[how], left, (struct span){ 0 });
	}
	/* At the end of the capture an answer could still have come. */
	answers_none(o, t);
	if (!t->receiver)
		return;
	t->receiver->resets += how == FLOW_RESET && !w->refused;
	t->receiver->refused += w->refused;
	t->receiver->open_before += w->protocol == IP_TCP && !w->began;
	t->receiver->one_way += w->protocol == IP_TCP && !w->packets[0] != !w->packets[1];
	t->receiver->again += w->again;
}

void observer_begin(struct observer *o, const struct settings *s)
{
	o->settings = s;
	o->common.keys = &o->keys;
	o->packets.any_sum = s->any_sum;
	o->flows.most = s->connections;
	o->flows.held_most = s->held;
	o->flows.stream_most = s->stream;
	o->flows.make = make;
	o->flows.unmake = unmake;
	o->flows.bytes = bytes_came;
	o->flows.missing = bytes_missing;
	o->flows.half = half;
	o->flows.ended = ended;
	flows_init(&o->flows);
	o->tally.panels_most = s->panels;
	o->show = !s->json && !s->report && terminal_is(STDOUT_FILENO);
	o->colour = terminal_colour(STDOUT_FILENO);
	if (s->device)
		node_name(&o->node);
	else
		buf_lit(&o->node, "capture");
}

/* A file's ids follow from its first packet, so that reading it twice gives the same. */
static void begin_epoch(struct observer *o, struct span bytes, int64_t at_us)
{
	uint64_t hash = hash_bytes(hash_bytes(HASH_START, bytes), span_of(&at_us, sizeof at_us));
	epoch_new(o->epoch, at_us / 1000, (uint32_t)(hash ^ hash >> 32));
	o->tally.first_us = at_us;
}

void observer_take(struct observer *o, int link, struct span bytes, size_t wire_n, int64_t at_us, uint64_t number)
{
	struct packet p = { .at_us = at_us, .number = number };
	if (!o->epoch[0])
		begin_epoch(o, bytes, at_us);
	if (at_us > o->tally.last_us)
		o->tally.last_us = at_us;
	bool panel;
	bool ours = packet_read(&o->packets, link, bytes, wire_n, &p) &&
	            (o->settings->places == 0 || settings_find(o->settings, &p, &panel)) && packet_is_sound(&o->packets, &p);
	if (ours)
		flows_take(&o->flows, &p);
	else
		flows_tick(&o->flows, at_us);
	answers_expire(o);
}

void observer_tick(struct observer *o, int64_t now_us)
{
	if (o->flows.clock_us == INT64_MIN)
		return;
	flows_tick(&o->flows, now_us);
	answers_expire(o);
}

void observer_end(struct observer *o)
{
	flows_end(&o->flows);
	print_ready(o);
}

void observer_free(struct observer *o)
{
	flows_free(&o->flows);
	packets_free(&o->packets);
	keys_free(&o->keys);
	repeats_free(&o->repeats);
	queue_free(&o->queue);
	tally_free(&o->tally);
	struct buf *all[] = { &o->node, &o->out, &o->opened, &o->id, &o->scratch, &o->line };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}
