/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other end's address, or our own. */
#ifndef VIGIE_LINK_ADDRESS_H
#define VIGIE_LINK_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "util/buf.h"

struct address {
	socklen_t n;		/* bytes in use; 0: none */
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

/* "192.0.2.7:51234", "[2001:db8::7]:51234", and only the host without its
 * port.  IPv4 within IPv6 is written as IPv4. */
#define ADDRESS_TEXT 56
void address_put(struct buf *out, const struct address *a);
void address_put_host(struct buf *out, const struct address *a);

unsigned address_port(const struct address *a);

/* Same host, whatever the port. */
bool address_same_host(const struct address *a, const struct address *b);
uint64_t address_hash_host(const struct address *a);

/* Our own address of a socket; n is 0 when it is not known. */
struct address address_of_socket(int fd);

/* A socket of this type for the host and port, nonblocking, that take() has
 * bound or connected: the first of the host's addresses on which it gives 0.
 * An empty host is every address, IPv6 and IPv4, where the system has both.
 * May wait for the name service.  The descriptor, or -1 and *why (translated). */
int address_open(const char *host, const char *port, int type, int (*take)(int fd, const struct address *a),
                 const char **why);

/* The same for an address at hand.  -1 and errno. */
int address_open_one(const struct address *a, int type, int (*take)(int fd, const struct address *a));

/* The first address of the name.  May wait.  -1 and *why (translated). */
int address_resolve(struct address *a, const char *host, const char *port, const char **why);

#endif
