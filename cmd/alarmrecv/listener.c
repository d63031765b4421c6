/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "listener.h"

#include <errno.h>
#include <unistd.h>

#include "link/tcp.h"
#include "peer.h"
#include "reception.h"
#include "util/log.h"

#define ACCEPTS_A_TURN 128
#define DATAGRAMS_A_TURN 128
#define DATAGRAM_MOST 65536
#define REST_AFTER_FAILURE 100	/* ms */

struct origin origin_of(const struct listener *l, struct span peer, struct span local)
{
	return (struct origin){
		.proto = l->source->proto, .source = l->source->name, .via = transport_via(l->source->transport),
		.peer = peer, .local = local,
	};
}

static void rest(struct listener *l)
{
	l->paused = true;
	loop_change(&l->reception->loop, &l->watch, 0);
	timer_set(&l->reception->loop, &l->again, l->reception->loop.now + REST_AFTER_FAILURE);
}

void listener_resume(struct listener *l)
{
	if (!l->paused || l->watch.fd < 0)
		return;
	l->paused = false;
	timer_clear(&l->reception->loop, &l->again);
	loop_change(&l->reception->loop, &l->watch, EPOLLIN);
}

static void again(struct timer *t)
{
	struct listener *l = OWNER(t, struct listener, again);
	listener_resume(l);
}

/* There is always one more: somebody else gives way. */
static void take_in(struct listener *l, int fd, const struct address *from)
{
	struct crowd *crowd = &l->reception->crowd;
	if (crowd->n >= crowd->most && !crowd_make_room(crowd, l->reception->loop.now) &&
	    crowd->n >= crowd->most + 32) {
		close(fd);	/* every one has an answer on its way: the panel tries again */
		return;
	}
	peer_new(l, fd, from);
}

/* Every descriptor of the system is in use, and nobody of ours can give way. */
static void cannot_accept(struct listener *l, int error)
{
	static const struct address nobody;
	struct reception *r = l->reception;
	if (notice_may(&r->notices, &nobody, r->loop.now))
		warn("%s: %s", l->source->url, strerror(error));
	rest(l);
}

static void accept_ready(struct watch *w, uint32_t got)
{
	struct listener *l = OWNER(w, struct listener, watch);
	struct address from;
	(void)got;
	for (unsigned i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = tcp_accept(w->fd, &from);
		if (fd >= 0) {
			take_in(l, fd, &from);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			int error = errno;
			if (crowd_make_room(&l->reception->crowd, l->reception->loop.now))
				continue;
			cannot_accept(l, error);
			return;
		}
		/* Others tell of the one connection, which is gone: the next. */
	}
}

struct datagram {
	struct route route;
	struct buf name, local;
};

static void answer(struct listener *l, const struct route *route, const struct taken *t)
{
	struct reception *r = l->reception;
	if (r->answer.n == 0)
		return;
	if (t->stored)
		replies_post(&r->replies, l->watch.fd, route, t->seq, buf_view(&r->answer));
	else
		(void)udp_send(l->watch.fd, buf_view(&r->answer), route);
}

static void tell_neighbour(struct listener *l, const struct datagram *d, const char *protocol)
{
	struct reception *r = l->reception;
	if (notice_may(&r->notices, &d->route.from, r->loop.now))
		warn(_("%.*s: speaks %s, not %s"), (int)d->name.n, (const char *)d->name.p, _(protocol),
		     l->source->proto->name);
}

static void take_datagram(struct listener *l, const struct datagram *d, struct span bytes)
{
	struct reception *r = l->reception;
	struct origin from = origin_of(l, buf_view(&d->name), buf_view(&d->local));
	r->current = &d->route.from;
	while (bytes.n) {
		struct taken t = { 0 };
		buf_reset(&r->answer);
		size_t used = intake_take(&r->intake, &from, bytes, true, &r->answer, &t);
		if (used == 0) {
			intake_abandoned(&r->intake, &from, bytes, "the datagram ended within a frame");
			break;
		}
		answer(l, &d->route, &t);
		if (t.neighbour)
			tell_neighbour(l, d, t.neighbour);
		bytes = span_from(bytes, used);
	}
	r->current = NULL;
}

static void datagram_ready(struct watch *w, uint32_t got)
{
	static struct datagram d;
	struct listener *l = OWNER(w, struct listener, watch);
	struct reception *r = l->reception;
	(void)got;
	for (unsigned i = 0; i < DATAGRAMS_A_TURN; i++) {
		if (reception_is_full(r)) {
			rest(l);
			return;
		}
		buf_reset(&r->in);
		ssize_t n = udp_receive(w->fd, buf_reserve(&r->in, DATAGRAM_MOST), DATAGRAM_MOST, &d.route);
		if (n < 0)
			return;
		buf_reset(&d.name);
		buf_reset(&d.local);
		address_put(&d.name, &d.route.from);
		if (l->everywhere && d.route.to.n && !address_same_host(&d.route.to, &d.route.from))
			address_put_host(&d.local, &d.route.to);
		take_datagram(l, &d, span_of(r->in.p, (size_t)n));
	}
}

int listener_open(struct listener *l, const char **why)
{
	const struct source *s = l->source;
	l->watch.fd = -1;
	l->again.due = again;
	if (listener_keeps(l))
		return dial_open(l, why);
	l->everywhere = !*s->host || strcmp(s->host, "0.0.0.0") == 0 || strcmp(s->host, "::") == 0;
	if (s->transport == OVER_UDP) {
		l->watch.fd = udp_listen(s->host, s->port, why);
		l->watch.ready = datagram_ready;
	} else {
		l->watch.fd = tcp_listen(s->host, s->port, why);
		l->watch.ready = accept_ready;
	}
	return l->watch.fd < 0 ? -1 : 0;
}

/* The source with the port that it has got: scripts read this line. */
static void tell_where(const struct listener *l)
{
	struct address at = address_of_socket(l->watch.fd);
	struct buf where = { 0 };
	if (*l->source->host)
		address_put(&where, &at);
	else
		buf_printf(&where, ":%u", address_port(&at));
	warn(_("listening on %s+%s://%s#%s"), l->source->proto->name, transport_via(l->source->transport),
	     buf_cstr(&where), l->source->name);
	buf_free(&where);
}

int listener_begin(struct listener *l)
{
	if (listener_keeps(l))
		return dial_begin(l);
	if (loop_watch(&l->reception->loop, &l->watch, EPOLLIN) < 0)
		return -1;
	tell_where(l);
	return 0;
}

void listener_stop(struct listener *l)
{
	timer_clear(&l->reception->loop, &l->again);
	if (l->watch.fd < 0)
		return;
	loop_forget(&l->reception->loop, &l->watch);
	if (l->source->transport != OVER_UDP)
		listener_close(l);	/* panels go to the other receiver at once */
}

void listener_close(struct listener *l)
{
	if (l->watch.fd >= 0)
		close(l->watch.fd);
	l->watch.fd = -1;
	if (listener_is_serial(l))
		serial_close(&l->serial);
}
