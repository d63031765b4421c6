/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/udp.h"

#define RECEIVE_ROOM (4 << 20)	/* a district's panels after a power cut; the system may allow less */

union control {
	struct cmsghdr align;
	char v4[CMSG_SPACE(sizeof(struct in_pktinfo))];
	char v6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static int take(int fd, const struct address *a)
{
	int on = 1, room = RECEIVE_ROOM;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (a->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
	else
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
	return bind(fd, &a->any, a->n);
}

int udp_listen(const char *host, const char *port, const char **why)
{
	return address_open(host, port, SOCK_DGRAM, take, why);
}

static void read_destination(struct msghdr *m, struct address *to)
{
	to->n = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof info);
			to->in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = info.ipi_spec_dst };
			to->n = sizeof to->in;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof info);
			to->in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = info.ipi6_addr,
			                                 .sin6_scope_id = info.ipi6_ifindex };
			to->n = sizeof to->in6;
		}
	}
}

ssize_t udp_receive(int fd, uint8_t *p, size_t room, struct route *route)
{
	union control control;
	struct iovec bytes = { p, room };
	struct msghdr m = { .msg_name = &route->from.any, .msg_namelen = sizeof route->from.in6, .msg_iov = &bytes,
	                    .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n = recvmsg(fd, &m, 0);
	if (n < 0)
		return -1;
	route->from.n = m.msg_namelen;
	read_destination(&m, &route->to);
	return n;
}

static size_t put_control(struct cmsghdr *c, int level, int type, const void *info, size_t n)
{
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), info, n);
	return CMSG_SPACE(n);
}

static size_t write_source(struct cmsghdr *c, const struct address *to)
{
	if (to->n == 0)
		return 0;
	if (to->any.sa_family == AF_INET) {
		struct in_pktinfo info = { .ipi_spec_dst = to->in.sin_addr };
		return put_control(c, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	}
	struct in6_pktinfo info = { .ipi6_addr = to->in6.sin6_addr };
	/* Only a link-local address means nothing without its interface. */
	if (IN6_IS_ADDR_LINKLOCAL(&to->in6.sin6_addr))
		info.ipi6_ifindex = to->in6.sin6_scope_id;
	return put_control(c, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
}

int udp_send(int fd, struct span bytes, const struct route *route)
{
	union control control = { .v6 = "" };
	struct address from = route->from;
	struct iovec out = { (void *)(uintptr_t)bytes.p, bytes.n };
	size_t n = write_source(&control.align, &route->to);
	struct msghdr m = { .msg_name = &from.any, .msg_namelen = from.n, .msg_iov = &out, .msg_iovlen = 1,
	                    .msg_control = n ? &control : NULL, .msg_controllen = n };
	return sendmsg(fd, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}
