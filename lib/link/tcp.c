/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>

#define BACKLOG 4096	/* panels that all come back in the same second; the system may allow fewer */

static void set(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof value);
}

/* A panel behind a 4G router vanishes without a word: after two minutes of
 * silence the system asks.  Accepted sockets inherit all of this. */
static void configure(int fd)
{
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 20);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

static int take_listener(int fd, const struct address *a)
{
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	configure(fd);
	return bind(fd, &a->any, a->n) < 0 || listen(fd, BACKLOG) < 0 ? -1 : 0;
}

int tcp_listen(const char *host, const char *port, const char **why)
{
	return address_open(host, port, SOCK_STREAM, take_listener, why);
}

int tcp_accept(int listener, struct address *from)
{
	from->n = sizeof from->in6;
	return accept4(listener, &from->any, &from->n, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static int take_dialled(int fd, const struct address *a)
{
	configure(fd);
	return connect(fd, &a->any, a->n) < 0 && errno != EINPROGRESS ? -1 : 0;
}

int tcp_dial(const struct address *to)
{
	return address_open_one(to, SOCK_STREAM, take_dialled);
}

int tcp_dialled(int fd)
{
	int error = 0;
	socklen_t n = sizeof error;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 ? errno : error;
}
