/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection that we open, to a receiver or concentrator that sends its
 * signals over it, or a serial port; opened again whenever it ends. */
#include <errno.h>
#include <unistd.h>

#include "link/tcp.h"
#include "peer.h"
#include "reception.h"
#include "util/log.h"

#define REST_LEAST SECOND
#define REST_MOST MINUTE
#define REST_PORT (4 * SECOND)	/* to try a port costs nothing, and a receiver keeps few events */

static void dial_later(struct listener *l)
{
	msec most = listener_is_serial(l) ? REST_PORT : REST_MOST;
	msec pause = l->failures < 6 ? REST_LEAST << l->failures : most;
	l->failures++;
	timer_set(&l->reception->loop, &l->again, l->reception->loop.now + (pause < most ? pause : most));
}

/* Once; while it stays so, there is nothing new to say. */
static void failed(struct listener *l, int error, const char *why)
{
	if (l->failures == 0 || error != l->error)
		warn(_("%s: %s; it will be tried again"), l->source->url, why);
	l->error = error;
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
		failed(l, 0, strerror(error));
		return;
	}
	l->connected = l->reception->loop.now;
	if (l->failures < 2)
		warn(_("connected to %s#%s"), l->source->url, l->source->name);
	peer_new(l, fd, &l->far);
}

static int open_port(struct listener *l, const char **why)
{
	return serial_open(&l->serial, l->source->path, &l->source->serial, false, why);
}

/* The port was opened with rights that we may have given up since. */
static void tell_rights(const struct listener *l)
{
	if (access(l->source->path, R_OK | W_OK) < 0)
		warn(_("%s: open, but once unplugged this user cannot open it again: add it to the group dialout"), l->source->url);
}

static void port_opened(struct listener *l)
{
	static const struct address nobody;
	const struct source *s = l->source;
	l->error = 0;
	l->connected = l->reception->loop.now;
	warn(_("listening on %s+serial://%s?baud=%u&mode=%s#%s"), s->proto->name, s->path, s->serial.baud, s->serial.mode, s->name);
	tell_rights(l);
	peer_new(l, l->serial.fd, &nobody);
}

static void take_port(struct listener *l)
{
	const char *why;
	if (l->serial.fd >= 0 || open_port(l, &why) == 0)
		port_opened(l);
	else
		failed(l, errno, why);
}

static void dial(struct listener *l)
{
	if (listener_is_serial(l)) {
		take_port(l);
		return;
	}
	l->watch = (struct watch){ .ready = connected, .fd = tcp_dial(&l->far) };
	if (l->watch.fd < 0)
		failed(l, 0, strerror(errno));
	else
		loop_watch(&l->reception->loop, &l->watch, EPOLLOUT);
}

static void due(struct timer *t)
{
	dial(OWNER(t, struct listener, again));
}

int dial_open(struct listener *l, const char **why)
{
	const struct source *s = l->source;
	if (!listener_is_serial(l))
		return address_resolve(&l->far, s->host, s->port, why);
	/* The rest may heal: a cable, another program, a rule of udev that comes late. */
	return open_port(l, why) < 0 && (errno == ENOTTY || errno == EINVAL) ? -1 : 0;
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
	if (listener_is_serial(l))
		failed(l, ENOENT, _("the port is gone"));
	else
		failed(l, 0, _("the connection has ended"));
}
