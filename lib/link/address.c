/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <unistd.h>

#include "util/checksum.h"

/* The bytes that name the host: 4 for IPv4, within IPv6 too, else 16. */
static struct span host_bytes(const struct address *a)
{
	if (a->n == 0)
		return (struct span){ 0 };
	if (a->any.sa_family == AF_INET)
		return span_of(&a->in.sin_addr, 4);
	if (IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		return span_of((const uint8_t *)&a->in6.sin6_addr + 12, 4);
	return span_of(&a->in6.sin6_addr, 16);
}

static void put_host(struct buf *out, struct span host, bool brackets)
{
	if (host.n == 4) {
		for (size_t i = 0; i < 4; i++) {
			if (i)
				buf_byte(out, '.');
			buf_unsigned(out, host.p[i]);
		}
		return;
	}
	char text[INET6_ADDRSTRLEN];
	if (host.n != 16 || !inet_ntop(AF_INET6, host.p, text, sizeof text))
		return;
	if (brackets)
		buf_byte(out, '[');
	buf_str(out, text);
	if (brackets)
		buf_byte(out, ']');
}

void address_put_host(struct buf *out, const struct address *a)
{
	put_host(out, host_bytes(a), false);
}

void address_put(struct buf *out, const struct address *a)
{
	put_host(out, host_bytes(a), true);
	if (a->n) {
		buf_byte(out, ':');
		buf_unsigned(out, address_port(a));
	}
}

unsigned address_port(const struct address *a)
{
	if (a->n == 0)
		return 0;
	return ntohs(a->any.sa_family == AF_INET ? a->in.sin_port : a->in6.sin6_port);
}

bool address_same_host(const struct address *a, const struct address *b)
{
	return span_eq(host_bytes(a), host_bytes(b));
}

uint64_t address_hash_host(const struct address *a)
{
	return hash_bytes(HASH_START, host_bytes(a));
}

struct address address_of_socket(int fd)
{
	struct address a;
	a.n = sizeof a.in6;
	if (getsockname(fd, &a.any, &a.n) < 0 || a.n > sizeof a.in6)
		a.n = 0;
	return a;
}

static bool is_any6(const struct address *a)
{
	return a->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr);
}

static int open_socket(const struct address *a, int type, bool both, int (*take)(int fd, const struct address *a))
{
	int fd = socket(a->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* [::] beside 0.0.0.0 must be possible: only without a host is it both. */
	int only6 = !both;
	if ((is_any6(a) && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof only6) < 0) || take(fd, a) < 0) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int address_open_one(const struct address *a, int type, int (*take)(int fd, const struct address *a))
{
	return open_socket(a, type, false, take);
}

static struct addrinfo *resolve(const char *host, const char *port, int type, const char **why)
{
	struct addrinfo hints = { .ai_socktype = type, .ai_flags = AI_NUMERICSERV | AI_PASSIVE }, *list = NULL;
	int error = getaddrinfo(host, port, &hints, &list);
	if (error)
		*why = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
	return error ? NULL : list;
}

static struct address taken_from(const struct addrinfo *i)
{
	struct address a = { .n = i->ai_addrlen };
	memcpy(&a.any, i->ai_addr, i->ai_addrlen < sizeof a.in6 ? i->ai_addrlen : sizeof a.in6);
	return a;
}

static int open_first(const char *host, const char *port, int type, bool both,
                      int (*take)(int fd, const struct address *a), const char **why)
{
	struct addrinfo *list = resolve(host, port, type, why);
	if (!list)
		return -1;
	int fd = -1;
	for (const struct addrinfo *i = list; i && fd < 0; i = i->ai_next) {
		struct address a = taken_from(i);
		fd = open_socket(&a, type, both, take);
	}
	if (fd < 0)
		*why = strerror(errno);
	int saved = errno;
	freeaddrinfo(list);
	errno = saved;
	return fd;
}

int address_open(const char *host, const char *port, int type, int (*take)(int fd, const struct address *a),
                 const char **why)
{
	if (*host)
		return open_first(host, port, type, false, take, why);
	int fd = open_first("::", port, type, true, take, why);
	/* A system without IPv6. */
	if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
		fd = open_first("0.0.0.0", port, type, false, take, why);
	return fd;
}

int address_resolve(struct address *a, const char *host, const char *port, const char **why)
{
	struct addrinfo *list = resolve(host, port, SOCK_STREAM, why);
	if (!list)
		return -1;
	*a = taken_from(list);
	freeaddrinfo(list);
	return 0;
}
