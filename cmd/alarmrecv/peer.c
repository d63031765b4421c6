/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "reception.h"
#include "util/log.h"

#define READ_ROOM 65536
#define OUT_MOST 65536		/* answers that a peer may leave untaken before it is read from again */
#define WAITING_MOST 4096	/* frames of one peer on their way to the disk */
#define TAKE_TIME (30 * SECOND)	/* for a peer to take an answer */

static struct reception *reception_of(const struct peer *p)
{
	return p->listener->reception;
}

static struct span name_of(const struct peer *p)
{
	if (listener_is_serial(p->listener))
		return span_str(p->listener->source->path);
	return span_of(p->name, p->name_n);
}

void peer_tell(const struct peer *p, const char *why)
{
	struct reception *r = reception_of(p);
	struct span name = name_of(p);
	if (notice_may(&r->notices, &p->address, r->loop.now))
		warn("%.*s: %s", (int)name.n, (const char *)name.p, why);
}

void peer_bury(struct peer *p)
{
	struct reception *r = reception_of(p);
	if (p->waiting || p->is_buried)
		return;
	p->is_buried = true;
	p->next_dead = r->dead;
	r->dead = p;
}

void peers_free_dead(struct peer **dead)
{
	for (struct peer *p = *dead, *next; p; p = next) {
		next = p->next_dead;
		buf_free(&p->out);
		buf_free(&p->rest);
		buf_free(&p->faults);
		buf_free(&p->local);
		session_free(p->session);
		free(p);
	}
	*dead = NULL;
}

static void abandon(struct peer *p, struct span bytes, const char *detail)
{
	struct origin from = origin_of(p->listener, name_of(p), buf_view(&p->local));
	from.session = p->session;
	intake_abandoned(&reception_of(p)->intake, &from, bytes, detail);
}

void peer_close(struct peer *p, const char *detail)
{
	struct reception *r = reception_of(p);
	if (peer_gone(p))
		return;
	if (p->rest.n && detail)
		abandon(p, buf_view(&p->rest), detail);
	if (p->session && p->listener->source->proto->conversation->left)
		abandon(p, p->listener->source->proto->conversation->left(p->session), "the connection ended within a frame");
	loop_forget(&r->loop, &p->watch);
	if (listener_is_serial(p->listener))
		serial_close(&p->listener->serial);
	else
		close(p->watch.fd);
	p->watch.fd = -1;
	timer_clear(&r->loop, &p->timer);
	crowd_leave(&r->crowd, p);
	link_out(&p->paused_link);
	if (p->standing > STRANGER || listener_keeps(p->listener))
		intake_gone(&r->intake, p->listener->source, listener_keeps(p->listener));
	if (listener_keeps(p->listener))
		dial_ended(p->listener);
	peer_bury(p);
}

void peer_unanswered(struct peer *p)
{
	if (listener_is_serial(p->listener))
		p->out.n = p->may_leave;
	else
		peer_close(p, NULL);
}

/* How long it may say nothing sound. */
static msec idle_limit(const struct peer *p)
{
	const struct limits *l = &reception_of(p)->settings->limits;
	if (listener_keeps(p->listener))
		return 365 * DAY;
	if (p->standing == STRANGER)
		return l->stranger_idle;
	if (p->silence)
		return p->silence > l->stranger_idle ? p->silence : l->stranger_idle;
	return l->idle;
}

static msec deadline(const struct peer *p)
{
	const struct limits *l = &reception_of(p)->settings->limits;
	msec at = p->waiting ? reception_of(p)->loop.now + TAKE_TIME : p->heard + idle_limit(p);
	if (p->rest.n && p->begun + l->frame < at)
		at = p->begun + l->frame;
	if (p->stuck != CLOCK_NONE && p->stuck + TAKE_TIME < at)
		at = p->stuck + TAKE_TIME;
	if (p->session && p->session->due != CLOCK_NONE && p->session->due < at)
		at = p->session->due;
	return at;
}

/* The timer is only moved when it would ring too late: mostly it rings too
 * early, once an interval, and is set again. */
static void keep_time(struct peer *p)
{
	msec at = deadline(p);
	if (!timer_is_set(&p->timer) || at < p->timer.at)
		timer_set(&reception_of(p)->loop, &p->timer, at);
}

static bool may_read(const struct peer *p)
{
	return !p->ended && !p->closing && p->out.n < OUT_MOST && p->waiting < WAITING_MOST;
}

static void want(struct peer *p)
{
	struct reception *r = reception_of(p);
	bool in = may_read(p);
	if (in && reception_is_full(r)) {
		in = false;
		link_out(&p->paused_link);
		link_before(&r->paused, &p->paused_link);
	}
	uint32_t wanted = (in ? EPOLLIN : 0u) | (p->stuck != CLOCK_NONE ? EPOLLOUT : 0u);
	if (wanted != p->wanted)
		loop_change(&r->loop, &p->watch, wanted);
	p->wanted = wanted;
}

/* What follows from the state it is in now. */
static void settle(struct peer *p)
{
	bool over = p->ended || p->closing || (reception_of(p)->stopping && p->rest.n == 0);
	if (over && p->waiting == 0 && p->out.n == 0) {
		peer_close(p, "the connection ended within a frame");
		return;
	}
	want(p);
	keep_time(p);
}

void peer_resume(struct peer *p)
{
	link_out(&p->paused_link);
	settle(p);
}

void peer_send(struct peer *p)
{
	ssize_t n = listener_is_serial(p->listener) ? serial_write(&p->listener->serial, span_of(p->out.p, p->may_leave))
	                                            : send(p->watch.fd, p->out.p, p->may_leave, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		peer_close(p, "the connection ended within a frame");
		return;
	}
	if (n > 0) {
		buf_consume(&p->out, (size_t)n);
		p->may_leave -= (size_t)n;
		p->stuck = CLOCK_NONE;
	}
	if (p->may_leave && p->stuck == CLOCK_NONE)
		p->stuck = reception_of(p)->loop.now;
	if (p->out.n == 0 && p->out.room > 512)
		buf_free(&p->out);
	settle(p);
}

static void neighbour(struct peer *p, const char *protocol)
{
	struct buf text = { 0 };
	buf_printf(&text, _("speaks %s, not %s: closed"), _(protocol), p->listener->source->proto->name);
	peer_tell(p, buf_cstr(&text));
	buf_free(&text);
	p->closing = true;
}

/* Nobody else can be at the other end of a serial line. */
static void only_noise(struct peer *p)
{
	bool serial = listener_is_serial(p->listener);
	peer_tell(p, serial ? _("sends nothing sound: is this its speed and mode?") : _("sends nothing sound: closed"));
	p->noise = 0;
	p->closing = !serial;
}

static void judge(struct peer *p, const struct taken *t, size_t used, size_t answered)
{
	struct reception *r = reception_of(p);
	if (answered && t->stored)
		replies_wait(&r->replies, p, t->seq, answered);
	else if (answered)
		replies_follow(&r->replies, p, answered);
	if (t->standing > STRANGER || t->small_talk) {
		crowd_heard(&r->crowd, p, t->standing);
		p->heard = r->loop.now;
		p->silence = t->small_talk ? p->silence : t->silence;
		p->noise = 0;
	} else {
		p->noise += used;
	}
	if (t->neighbour && !listener_is_serial(p->listener))
		neighbour(p, t->neighbour);
	if (t->over)
		p->closing = true;
	if (p->noise > r->settings->limits.noise && !p->closing)
		only_noise(p);
}

/* Everything that is whole in the bytes; gives what is left. */
static struct span take(struct peer *p, struct span bytes)
{
	struct reception *r = reception_of(p);
	struct origin from = origin_of(p->listener, name_of(p), buf_view(&p->local));
	from.session = p->session;
	from.faults = buf_view(&r->faults);
	r->current = &p->address;
	while (bytes.n && !p->closing) {
		struct taken t = { 0 };
		size_t before = p->out.n;
		size_t used = intake_take(&r->intake, &from, bytes, p->ended, &p->out, &t);
		if (used == 0)
			break;
		judge(p, &t, used, p->out.n - before);
		bytes = span_from(bytes, used);
		from.faults = span_from(from.faults, used);
		p->begun = r->loop.now;
	}
	r->current = NULL;
	return bytes;
}

/* A frame that is not whole waits in a buffer of its own. */
static void keep_rest(struct peer *p, struct span rest)
{
	bool cannot_end = p->ended || p->closing || rest.n > READ_ROOM;
	if (p->rest.n == 0)
		p->begun = reception_of(p)->loop.now;
	if (rest.n && cannot_end) {
		abandon(p, rest, p->ended ? "the connection ended within a frame" : "behind bytes that are no frame");
		p->closing = true;
		rest.n = 0;
	}
	if (rest.n == 0) {
		buf_free(&p->rest);
		buf_free(&p->faults);
	} else {
		struct span faults = buf_view(&reception_of(p)->faults);
		buf_reset(&p->rest);
		buf_span(&p->rest, rest);
		buf_reset(&p->faults);
		if (faults.n)
			buf_span(&p->faults, span_from(faults, faults.n - rest.n));
	}
}

/* Appends what has come; as recv(). */
static ssize_t receive(struct peer *p)
{
	struct reception *r = reception_of(p);
	uint8_t *bytes = buf_reserve(&r->in, READ_ROOM);
	if (!listener_is_serial(p->listener))
		return recv(p->watch.fd, bytes, READ_ROOM, 0);
	ssize_t n = serial_read(&p->listener->serial, bytes, buf_reserve(&r->faults, READ_ROOM), READ_ROOM);
	if (n > 0)
		r->faults.n += (size_t)n;
	return n;
}

void peer_read(struct peer *p)
{
	struct reception *r = reception_of(p);
	buf_reset(&r->in);
	buf_reset(&r->faults);
	buf_span(&r->in, buf_view(&p->rest));
	buf_span(&r->faults, buf_view(&p->faults));
	ssize_t n = receive(p);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		peer_close(p, "the connection broke within a frame");
		return;
	}
	r->in.n += (size_t)n;
	p->ended = n == 0;
	keep_rest(p, take(p, buf_view(&r->in)));
	settle(p);
}

static void ready(struct watch *w, uint32_t got)
{
	struct peer *p = OWNER(w, struct peer, watch);
	/* Without EPOLLIN asked for, this is its end: nobody takes the answer. */
	if (got & (EPOLLERR | EPOLLHUP) && !(p->wanted & EPOLLIN)) {
		peer_close(p, "the connection broke within a frame");
		return;
	}
	if (got & EPOLLOUT)
		peer_send(p);
	if (got & ~(uint32_t)EPOLLOUT && !peer_gone(p) && may_read(p))
		peer_read(p);
}

/* False: nobody answers what we say, and it is closed. */
static bool speak(struct peer *p)
{
	struct reception *r = reception_of(p);
	size_t before = p->out.n;
	p->session->now = r->loop.now;
	if (!p->listener->source->proto->conversation->due(p->session, &p->out)) {
		peer_tell(p, _("does not answer: closed"));
		peer_close(p, "the connection was given up within a frame");
		return false;
	}
	replies_follow(&r->replies, p, p->out.n - before);
	return true;
}

/* A serial port stays open: the receiver sends it again. */
static void forget_rest(struct peer *p)
{
	peer_tell(p, _("a frame was begun and not completed"));
	abandon(p, buf_view(&p->rest), "the frame was not completed in time");
	buf_free(&p->rest);
	buf_free(&p->faults);
}

static void due(struct timer *t)
{
	struct peer *p = OWNER(t, struct peer, timer);
	const struct reception *r = reception_of(p);
	if (p->session && p->session->due != CLOCK_NONE && r->loop.now >= p->session->due && !speak(p))
		return;
	if (r->loop.now < deadline(p)) {
		keep_time(p);
		return;
	}
	if (p->rest.n && listener_is_serial(p->listener)) {
		forget_rest(p);
		settle(p);
		return;
	}
	if (p->rest.n)
		peer_tell(p, _("a frame was begun and not completed: closed"));
	else
		info(_("%.*s: silent for too long: closed"), (int)p->name_n, p->name);
	peer_close(p, "the frame was not completed in time");
}

static void put_name(struct peer *p)
{
	struct buf text = { 0 };
	address_put(&text, &p->address);
	p->name_n = (uint8_t)(text.n < sizeof p->name ? text.n : sizeof p->name);
	memcpy(p->name, text.p, p->name_n);
	buf_free(&text);
}

/* On a port of all addresses it tells which way the signal took. */
static void put_local(struct peer *p)
{
	struct address local = address_of_socket(p->watch.fd);
	if (!address_same_host(&local, &p->address))
		address_put(&p->local, &local);
}

void peer_new(struct listener *l, int fd, const struct address *from)
{
	struct reception *r = l->reception;
	struct peer *p = xcalloc(1, sizeof *p);
	p->watch = (struct watch){ .ready = ready, .fd = fd };
	p->timer.due = due;
	p->listener = l;
	p->address = *from;
	p->heard = r->loop.now;
	p->stuck = CLOCK_NONE;
	p->wanted = EPOLLIN;
	link_init(&p->paused_link);
	if (!listener_is_serial(l))
		put_name(p);
	if (l->everywhere)
		put_local(p);
	crowd_join(&r->crowd, p);
	if (loop_watch(&r->loop, &p->watch, p->wanted) < 0) {
		peer_close(p, NULL);
		return;
	}
	crowd_limit_host(&r->crowd, p, &r->settings->limits, r->loop.now);
	p->session = session_new(l->source->proto, &r->intake.common, r->loop.now, &p->out);
	if (p->out.n)
		replies_follow(&r->replies, p, p->out.n);
	/* Most panels speak at once. */
	if (!peer_gone(p) && !reception_is_full(r))
		peer_read(p);
	if (!peer_gone(p))
		settle(p);
}

void peer_finish(struct peer *p)
{
	settle(p);
}
