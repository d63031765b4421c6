/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection that we open, to a receiver or concentrator that sends its
 * signals over it, and open again whenever it ends. */
#include <errno.h>
#include <unistd.h>

#include "link/tcp.h"
#include "peer.h"
#include "reception.h"
#include "util/log.h"

#define REST_LEAST SECOND
#define REST_MOST MINUTE

static void dial_later(struct listener *l)
{
	msec pause = l->failures < 6 ? REST_LEAST << l->failures : REST_MOST;
	l->failures++;
	timer_set(&l->reception->loop, &l->again, l->reception->loop.now + (pause < REST_MOST ? pause : REST_MOST));
}

static void failed(struct listener *l, const char *why)
{
	/* Once; while it stays so, there is nothing new to say. */
	if (l->failures == 0)
		warn(_("%s: %s; it will be tried again"), l->source->url, why);
	dial_later(l);
}

static void connected(struct watch *w, uint32_t got)
{
	struct listener *l = OWNER(w, struct listener, watch);
	int fd = w->fd, error = tcp_dialled(fd);
	(void)got;
	loop_forget(&l->reception->loop, w);
	w->fd = -1;
	if (error) {
		close(fd);
		failed(l, strerror(error));
		return;
	}
	l->connected = l->reception->loop.now;
	if (l->failures < 2)
		warn(_("connected to %s#%s"), l->source->url, l->source->name);
	peer_new(l, fd, &l->far);
}

static void dial(struct listener *l)
{
	l->watch = (struct watch){ .ready = connected, .fd = tcp_dial(&l->far) };
	if (l->watch.fd < 0)
		failed(l, strerror(errno));
	else
		loop_watch(&l->reception->loop, &l->watch, EPOLLOUT);
}

static void due(struct timer *t)
{
	dial(OWNER(t, struct listener, again));
}

int dial_begin(struct listener *l)
{
	l->again.due = due;
	dial(l);
	return 0;
}

void dial_ended(struct listener *l)
{
	if (l->reception->stopping)
		return;
	/* One that ends as soon as it is there is no better than none. */
	if (l->reception->loop.now - l->connected >= REST_MOST)
		l->failures = 0;
	failed(l, _("the connection has ended"));
}
