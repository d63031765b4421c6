/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP sockets, nonblocking, with keepalive; no data waits for more to come. */
#ifndef VIGIE_LINK_TCP_H
#define VIGIE_LINK_TCP_H

#include "link/address.h"

/* Listens there.  The descriptor, or -1 and *why (translated). */
int tcp_listen(const char *host, const char *port, const char **why);

/* The next connection and whose it is; -1 and errno. */
int tcp_accept(int listener, struct address *from);

/* Begins to connect; writable when that has ended.  -1 and errno. */
int tcp_dial(const struct address *to);

/* What came of it: 0 or an errno. */
int tcp_dialled(int fd);

#endif
