/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDP sockets, nonblocking.  An answer leaves from the address that the
 * datagram was sent to: with another one it would not pass the panel's
 * firewall. */
#ifndef VIGIE_LINK_UDP_H
#define VIGIE_LINK_UDP_H

#include "link/address.h"

/* Both ends of a datagram. */
struct route {
	struct address from;	/* whose it is */
	struct address to;	/* ours, without a port; n is 0 when the system does not tell */
};

/* The descriptor, or -1 and *why (translated). */
int udp_listen(const char *host, const char *port, const char **why);

/* One datagram into room bytes at p: its length, or -1 and errno.  What is
 * longer is cut off. */
ssize_t udp_receive(int fd, uint8_t *p, size_t room, struct route *route);

/* Back along the route; -1 and errno. */
int udp_send(int fd, struct span bytes, const struct route *route);

#endif
