/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least a receiver could do: parses nothing, stores nothing, writes one
 * fixed acknowledgement for each CR it reads.  What this reaches is what the
 * machine, the kernel and the sender allow; a real receiver is measured
 * against it.  Prints its port, runs until stdin ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/log.h"
#include "util/span.h"

#define ACK "\n5A2F0014\"ACK\"0101R1L0#1002[]\r"
#define EVENTS 512

static int listen_anywhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 4096) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		die(EXIT_WORK, "listen: %s", strerror(errno));
	printf("%u\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static void watch(int epoll, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static void take_in(int epoll, int listener)
{
	for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
		watch(epoll, fd);
}

static void serve(int fd)
{
	uint8_t in[4096];
	ssize_t n = recv(fd, in, sizeof in, 0);
	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			close(fd);
		return;
	}
	struct span rest = span_of(in, (size_t)n);
	for (ptrdiff_t at; (at = span_find(rest, '\r')) >= 0; rest = span_from(rest, (size_t)at + 1))
		if (send(fd, ACK, sizeof ACK - 1, MSG_NOSIGNAL) < 0)
			return;
}

int main(void)
{
	log_name = "baseline";
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener = listen_anywhere();
	struct epoll_event events[EVENTS];
	watch(epoll, listener);
	watch(epoll, STDIN_FILENO);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			if (fd == STDIN_FILENO)
				return EXIT_OK;
			if (fd == listener)
				take_in(epoll, fd);
			else
				serve(fd);
		}
	}
}
