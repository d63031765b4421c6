/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "courier.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "util/log.h"

#define REST_LEAST SECOND
#define REST_MOST (60 * SECOND)
#define ANSWER_MOST 8192	/* bytes without an answer in them: no receiver */

static void approach(struct courier *c);

static const struct target *target_of(const struct courier *c)
{
	return &c->plan->target[c->at];
}

static void hang_up(struct courier *c)
{
	if (c->watch.fd < 0)
		return;
	loop_forget(c->loop, &c->watch);
	close(c->watch.fd);
	c->watch.fd = -1;
	c->proven = c->wants_out = false;
	buf_reset(&c->in);
}

static void finish(struct courier *c)
{
	timer_clear(c->loop, &c->timer);
	c->state = AT_REST;
	c->outcome.latency_us = clock_steady_us() - c->due_us;
	if (c->plan->connect_each)
		hang_up(c);
	c->done(c, &c->outcome);
}

static void worse(struct courier *c, enum fate fate)
{
	if (fate > c->outcome.fate)
		c->outcome.fate = fate;
}

/* 1 s, 2 s, 4 s … 60 s, each a quarter more or less, so that not all that
 * lost the same receiver come back in the same moment. */
static msec rest_after(unsigned failures)
{
	msec rest = failures < 7 ? REST_LEAST << (failures - 1) : REST_MOST;
	uint16_t chance;
	random_bytes(&chance, sizeof chance);
	rest += rest * (chance % 501 - 250) / 1000;
	return rest < REST_LEAST ? REST_LEAST : rest > REST_MOST ? REST_MOST : rest;
}

static void try_next(struct courier *c)
{
	hang_up(c);
	c->at++;
	approach(c);
}

/* This destination does not answer: it rests, and the next has its turn. */
static void failed(struct courier *c, enum fate fate, const char *why)
{
	struct road *road = &c->road[c->at];
	worse(c, fate);
	if (!c->plan->load)
		warn("%s: %s", target_of(c)->url, why);
	road->failures++;
	road->rests_until = c->loop->now + rest_after(road->failures);
	try_next(c);
}

static void wait_for_rest(struct courier *c)
{
	msec earliest = INT64_MAX;
	for (unsigned i = 0; i < c->plan->targets; i++)
		if (c->road[i].rests_until < earliest)
			earliest = c->road[i].rests_until;
	c->state = RESTING;
	timer_set(c->loop, &c->timer, earliest);
	info(_("nobody answers; the next attempt is in %.1f s"), (double)(earliest - c->loop->now) / 1000);
}

static void nobody_left(struct courier *c)
{
	if (c->endless && c->outcome.fate < FATE_REFUSED)
		wait_for_rest(c);
	else
		finish(c);
}

/* Writes what is left of the frame; the rest goes when there is room. */
static int push(struct courier *c)
{
	ssize_t n = send(c->watch.fd, c->out.p + c->written, c->out.n - c->written, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return -1;
	c->written += n > 0 ? (size_t)n : 0;
	bool more = c->written < c->out.n;
	if (more != c->wants_out)
		loop_change(c->loop, &c->watch, EPOLLIN | (more ? EPOLLOUT : 0u));
	c->wants_out = more;
	return 0;
}

/* A panel stamps each sending with its own clock (DC-09: a retry has a new time). */
static int compose(struct courier *c)
{
	const struct message *m = c->message;
	buf_reset(&c->out);
	uint8_t chance[16] = { 0 };
	c->sent = message_wire(m);
	c->key = keys_find(&c->plan->keys, c->sent.line, c->sent.account);
	if (m->raw.n) {
		c->key = m->sealed ? c->key : NULL;
		buf_span(&c->out, buf_view(&m->raw));
		return 0;
	}
	if (c->key)
		random_bytes(chance, sizeof chance);
	if (c->key || m->stamped)
		c->sent.sent = clock_now() + c->road[c->at].clock_offset;
	return dc09_compose(&c->sent, c->key, chance, &c->out);
}

static void broken(struct courier *c);

static void transmit(struct courier *c)
{
	if (compose(c) < 0) {
		warn(_("%.*s: too long for one frame"), (int)c->message->account.n, (const char *)c->message->account.p);
		worse(c, FATE_REFUSED);
		finish(c);
		return;
	}
	c->tries++;
	c->outcome.sent++;
	c->written = 0;
	c->state = WAITING;
	timer_set(c->loop, &c->timer, c->loop->now + c->plan->wait);
	if (push(c) < 0)
		broken(c);
}

static int open_socket(struct courier *c)
{
	const struct addrinfo *a = c->address;
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) < 0 && errno != EINPROGRESS) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	c->watch.fd = fd;
	return loop_watch(c->loop, &c->watch, EPOLLIN | EPOLLOUT);
}

/* Tries the addresses of the name one after the other. */
static void dial_from(struct courier *c, struct addrinfo *address)
{
	for (c->address = address; c->address; c->address = c->address->ai_next) {
		if (open_socket(c) < 0)
			continue;
		c->state = CONNECTING;
		c->wants_out = true;
		timer_set(c->loop, &c->timer, c->loop->now + c->plan->wait);
		return;
	}
	failed(c, FATE_UNCONNECTED, strerror(errno));
}

static void dial(struct courier *c)
{
	const struct target *t = target_of(c);
	struct addrinfo hints = { .ai_socktype = t->udp ? SOCK_DGRAM : SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	hang_up(c);
	if (c->addresses)
		freeaddrinfo(c->addresses);
	c->addresses = NULL;
	int error = getaddrinfo(t->source.host, t->source.port, &hints, &c->addresses);
	if (error)
		failed(c, FATE_UNCONNECTED, gai_strerror(error));
	else
		dial_from(c, c->addresses);
}

static bool resting(const struct courier *c)
{
	return c->endless && c->road[c->at].rests_until > c->loop->now;
}

/* The next destination that is not at rest. */
static void approach(struct courier *c)
{
	while (c->at < c->plan->targets && resting(c))
		c->at++;
	c->tries = 0;
	if (c->at == c->plan->targets)
		nobody_left(c);
	else
		dial(c);
}

static void connected(struct courier *c)
{
	int error = 0;
	socklen_t n = sizeof error;
	getsockopt(c->watch.fd, SOL_SOCKET, SO_ERROR, &error, &n);
	if (!error) {
		transmit(c);
		return;
	}
	struct addrinfo *next = c->address->ai_next;
	hang_up(c);
	errno = error;
	dial_from(c, next);
}

/* Once more to the same destination, or on to the next. */
static void again(struct courier *c, const char *why)
{
	if (c->tries >= c->plan->tries) {
		failed(c, FATE_UNANSWERED, why);
		return;
	}
	info("%s: %s", target_of(c)->url, why);
	/* A connection that stays silent may be dead without knowing it. */
	if (target_of(c)->udp && c->watch.fd >= 0)
		transmit(c);
	else
		dial(c);
}

/* The connection has ended. */
static void broken(struct courier *c)
{
	int error = errno;
	bool stale = c->proven;
	hang_up(c);
	if (c->state == AT_REST)
		return;
	if (stale) {
		/* It ended since the last answer: that is no failure to take this signal. */
		c->tries--;
		c->outcome.sent--;
		dial(c);
		return;
	}
	if (error == ECONNREFUSED)
		failed(c, FATE_UNCONNECTED, strerror(error));
	else
		again(c, error ? strerror(error) : _("closed without an answer"));
}

static void acknowledged(struct courier *c)
{
	c->road[c->at].failures = 0;
	c->outcome.fate = FATE_ACKNOWLEDGED;
	c->outcome.answer = A_ACK;
	finish(c);
}

/* DC-09: NAK tells the receiver's time, the panel sets its clock by it and sends again. */
static void refused_for_time(struct courier *c, const struct dc09_reply *reply)
{
	if (reply->time != CLOCK_NONE)
		c->road[c->at].clock_offset = reply->time - clock_now();
	else
		c->road[c->at].clock_offset = 0;
	if (c->message->raw.n || c->tries >= c->plan->tries) {
		worse(c, FATE_REFUSED);
		try_next(c);
	} else {
		transmit(c);
	}
}

static void answered(struct courier *c, const struct dc09_reply *reply)
{
	c->proven = true;
	c->outcome.answer = reply->answer;
	c->outcome.target = target_of(c);
	if (reply->command)
		warn(_("%s: the answer carries a command, which nobody here carries out"), target_of(c)->url);
	if (reply->answer == A_ACK && reply->clear && !c->plan->accept_clear) {
		warn(_("%s: acknowledged in clear what was encrypted: not taken (--accept-clear)"), target_of(c)->url);
	} else if (reply->answer == A_ACK) {
		acknowledged(c);
	} else if (reply->answer == A_NAK) {
		refused_for_time(c, reply);
	} else {
		c->road[c->at].failures = 0;
		worse(c, FATE_REFUSED);
		try_next(c);
	}
}

static void judge(struct courier *c, struct span frame)
{
	static const char *const passed_over[] = {
		[MATCH_OTHER] = N_("an answer to another signal"),
		[MATCH_CLOSED] = N_("an answer that our key does not open"),
		[MATCH_NONE] = N_("no answer but a frame"),
	};
	struct dc09_reply reply;
	buf_reset(&c->opened);
	if (c->state != WAITING)
		return;
	enum dc09_match match = dc09_reply_read(frame, &c->sent, c->key, &c->opened, &reply);
	if (match == MATCH_YES)
		answered(c, &reply);
	else
		info("%s: %s", target_of(c)->url, _(passed_over[match]));
}

/* Cuts whole frames off the front.  A datagram ends where it ends. */
static void hear(struct courier *c, bool at_end)
{
	const struct protocol *p = protocol_find(SPAN("dc09"));
	struct span frame;
	while (c->in.n) {
		enum verdict v = p->frame(buf_view(&c->in), at_end, &frame);
		struct buf got = { 0 };
		buf_span(&got, frame);
		buf_consume(&c->in, frame.n);
		if (v == V_OK)
			judge(c, buf_view(&got));
		else if (v != V_MORE && got.n)
			info(_("%s: %zu bytes that are no answer"), target_of(c)->url, got.n);
		buf_free(&got);
		if (v == V_MORE || frame.n == 0)
			break;
	}
	if (at_end || c->in.n > ANSWER_MOST)
		buf_reset(&c->in);
}

static void listen_to(struct courier *c)
{
	bool datagram = target_of(c)->udp;
	ssize_t n = recv(c->watch.fd, buf_reserve(&c->in, ANSWER_MOST), ANSWER_MOST, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		c->in.n += (size_t)n;
		hear(c, datagram);
	} else if (n < 0 || !datagram) {
		errno = n < 0 ? errno : 0;
		broken(c);
	}
}

static void ready(struct watch *w, uint32_t got)
{
	struct courier *c = OWNER(w, struct courier, watch);
	if (c->state == CONNECTING) {
		connected(c);
		return;
	}
	if (got & EPOLLOUT && c->state == WAITING && push(c) < 0) {
		broken(c);
		return;
	}
	if (got & ~(uint32_t)EPOLLOUT)
		listen_to(c);
}

static void due(struct timer *t)
{
	struct courier *c = OWNER(t, struct courier, timer);
	if (c->state == CONNECTING) {
		struct addrinfo *next = c->address->ai_next;
		hang_up(c);
		errno = ETIMEDOUT;
		dial_from(c, next);
	} else if (c->state == WAITING) {
		worse(c, FATE_UNANSWERED);
		again(c, _("no answer"));
	} else {
		c->at = 0;
		approach(c);
	}
}

void courier_init(struct courier *c)
{
	c->state = AT_REST;
	c->watch = (struct watch){ .ready = ready, .fd = -1 };
	c->timer = (struct timer){ .due = due };
	for (unsigned i = 0; i < c->plan->targets; i++)
		c->road[i].clock_offset = c->plan->clock_offset;
}

void courier_free(struct courier *c)
{
	timer_clear(c->loop, &c->timer);
	hang_up(c);
	if (c->addresses)
		freeaddrinfo(c->addresses);
	buf_free(&c->in);
	buf_free(&c->out);
	buf_free(&c->opened);
}

/* The connection that is there serves as long as no better destination is
 * ready to be tried again. */
static bool connection_serves(const struct courier *c)
{
	if (c->watch.fd < 0)
		return false;
	for (unsigned i = 0; i < c->at; i++)
		if (!c->endless || c->road[i].rests_until <= c->loop->now)
			return false;
	return true;
}

void courier_send(struct courier *c, const struct message *m, int64_t due_us, bool endless)
{
	c->message = m;
	c->due_us = due_us;
	c->endless = endless;
	c->outcome = (struct outcome){ .fate = FATE_UNCONNECTED };
	c->tries = 0;
	if (connection_serves(c)) {
		transmit(c);
		return;
	}
	c->at = 0;
	approach(c);
}

void courier_stop(struct courier *c)
{
	c->endless = false;
	if (c->state == RESTING || c->state == CONNECTING)
		finish(c);
}
