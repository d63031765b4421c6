/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crowd of panels on one thread: each connection sends an event, waits for
 * its acknowledgement, checks that it is its own, and sends the next.  Every
 * event differs from every other, so that none is a repetition.  Prints the
 * figures as JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "proto/dc09_panel.h"
#include "util/histogram.h"
#include "util/log.h"

#define USAGE "load [-c CONNECTIONS] [-m] [-t SECONDS] [-n COUNT] [-r RATE] [-e] [-p] [-u] [-i] PORT\n" \
	"  -m  a connection for each event      -e  encrypted, with the key 00112233445566778899AABBCCDDEEFF\n" \
	"  -p  polls, not events                -u  take any answer (for baseline)\n" \
	"  -i  one event each, then stay connected until stdin ends\n"

#define EVENTS 512
#define SOURCES 200	/* loopback addresses that connections come from, so that ports do not run short */
#define ANSWER_MOST 512

static const struct key key = {
	.bytes = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF },
	.n = 16,
};

struct panel {
	int fd;			/* -1: not connected */
	bool busy;		/* an event waits for its acknowledgement */
	unsigned number;
	uint32_t sent;
	int64_t due_us;
	size_t got;
	uint8_t in[ANSWER_MOST];
};

static struct {
	unsigned connections;
	long count;
	double seconds, rate;
	bool each, encrypted, polls, unchecked, idle;
	in_port_t port;
} o = { .connections = 1, .seconds = 5 };

static struct panel *panels;
static struct panel **idle;
static unsigned idle_n;
static int epoll;
static int64_t began_us, end_us;
static uint64_t begun, acked, failed, wrong;
static struct histogram latency;
static struct buf frame;
static uint8_t chance[16];

static unsigned seq_of(const struct panel *p)
{
	return p->sent % DC09_SEQ_MOST + 1;
}

/* Zone and partition change when the sequence number begins anew. */
static void compose(struct panel *p)
{
	char account[8], body[40];
	unsigned round = p->sent / DC09_SEQ_MOST;
	snprintf(account, sizeof account, "%05X", 0x10000 + p->number);
	if (o.polls)
		snprintf(body, sizeof body, "]");
	else
		snprintf(body, sizeof body, "#%s|1130 %02u %03u]", account, round / 1000 % 100, round % 1000);
	struct dc09_message m = {
		.token = o.polls ? SPAN("NULL") : SPAN("ADM-CID"), .seq = o.polls ? 0 : seq_of(p),
		.line = SPAN("0"), .account = span_str(account), .body = span_str(body), .sent = clock_now(),
	};
	buf_reset(&frame);
	if (dc09_compose(&m, o.encrypted ? &key : NULL, chance, &frame) < 0)
		die(EXIT_WORK, "frame too long");
}

static void want(struct panel *p, uint32_t events, int how)
{
	struct epoll_event e = { .events = events, .data.ptr = p };
	epoll_ctl(epoll, how, p->fd, &e);
}

static void hang_up(struct panel *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->got = 0;
}

static void lost(struct panel *p)
{
	failed += p->busy;
	hang_up(p);
	if (p->busy)
		idle[idle_n++] = p;
	p->busy = false;
}

/* A frame fits into the empty send buffer of a new or acknowledged connection. */
static void transmit(struct panel *p)
{
	compose(p);
	if (send(p->fd, frame.p, frame.n, MSG_NOSIGNAL) != (ssize_t)frame.n)
		lost(p);
}

static int dial(struct panel *p)
{
	static uint32_t turn;
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
	int on = 1;
	from.sin_addr.s_addr = htonl(0x7F000002 + turn++ % SOURCES);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = o.port;
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		die(EXIT_WORK, "socket: %s (ulimit -n?)", strerror(errno));
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(p->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	if (bind(p->fd, (struct sockaddr *)&from, sizeof from) < 0)
		return -1;
	return connect(p->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS ? -1 : 0;
}

static void begin(struct panel *p, int64_t due_us)
{
	p->busy = true;
	p->due_us = due_us;
	begun++;
	if (p->fd >= 0)
		transmit(p);
	else if (dial(p) < 0)
		lost(p);
	else
		want(p, EPOLLOUT, EPOLL_CTL_ADD);
}

/* An ACK carries the number; an encrypted one's content is opened and checked. */
static bool is_ours(struct panel *p, struct span answer)
{
	struct dc09_message m = {
		.seq = o.polls ? 0 : seq_of(p), .account = { 0 }, .line = SPAN("0"),
	};
	static struct buf opened;
	struct dc09_reply reply;
	if (o.unchecked)
		return true;
	buf_reset(&opened);
	return dc09_reply_read(answer, &m, o.encrypted ? &key : NULL, &opened, &reply) == MATCH_YES &&
	       reply.answer == A_ACK && !reply.clear;
}

static void acknowledged(struct panel *p, struct span answer)
{
	if (is_ours(p, answer)) {
		acked++;
		histogram_add(&latency, (uint64_t)(clock_steady_us() - p->due_us));
	} else {
		wrong++;
	}
	p->sent++;
	p->got = 0;
	p->busy = false;
	idle[idle_n++] = p;
	if (o.each)
		hang_up(p);
}

static void ready(struct panel *p, uint32_t events)
{
	if (events & EPOLLOUT) {
		want(p, EPOLLIN, EPOLL_CTL_MOD);
		transmit(p);
		return;
	}
	ssize_t n = recv(p->fd, p->in + p->got, sizeof p->in - p->got, 0);
	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			lost(p);
		return;
	}
	p->got += (size_t)n;
	struct span in = span_of(p->in, p->got);
	ptrdiff_t cr = span_find(in, '\r');
	if (cr >= 0 && p->busy)
		acknowledged(p, span_sub(in, 0, (size_t)cr + 1));
}

static bool all_begun(int64_t now)
{
	return now >= end_us || (o.count && begun >= (uint64_t)o.count);
}

static int64_t next_due(void)
{
	return began_us + (int64_t)((double)begun * 1e6 / o.rate);
}

/* At a fixed rate an event is due at its time, whether or not a connection is free for it. */
static void hand_out(void)
{
	int64_t now = clock_steady_us();
	for (unsigned n = idle_n; n && idle_n && !all_begun(now); n--) {
		int64_t due = o.rate > 0 ? next_due() : now;
		if (due > now)
			return;
		begin(idle[--idle_n], due);
	}
}

static int64_t wait_us(void)
{
	if (o.rate <= 0 || !idle_n)
		return 100000;
	int64_t us = next_due() - clock_steady_us();
	return us < 0 ? 0 : us > 100000 ? 100000 : us;
}

static void turn(void)
{
	struct epoll_event events[EVENTS];
	struct timespec wait = { .tv_nsec = (long)wait_us() * 1000 };
	int n = epoll_pwait2(epoll, events, EVENTS, &wait, NULL);
	for (int i = 0; i < n; i++)
		ready(events[i].data.ptr, events[i].events);
	hand_out();
}

static void report(void)
{
	double seconds = (double)(clock_steady_us() - began_us) / 1e6;
	printf("{\"connections\":%u,\"acked\":%llu,\"failed\":%llu,\"wrong\":%llu,\"seconds\":%.3f,"
	       "\"frames_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
	       o.connections, (unsigned long long)acked, (unsigned long long)failed, (unsigned long long)wrong,
	       seconds, (double)acked / seconds, (double)histogram_at(&latency, 500) / 1000,
	       (double)histogram_at(&latency, 990) / 1000, (double)latency.most / 1000);
	fflush(stdout);
}

static void hold(void)
{
	char byte;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void options(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "c:mt:n:r:epui")) != -1;) {
		switch (c) {
		case 'c': o.connections = (unsigned)atoi(optarg); break;
		case 'm': o.each = true; break;
		case 't': o.seconds = atof(optarg); break;
		case 'n': o.count = atol(optarg); o.seconds = 600; break;
		case 'r': o.rate = atof(optarg); break;
		case 'e': o.encrypted = true; break;
		case 'p': o.polls = true; break;
		case 'u': o.unchecked = true; break;
		case 'i': o.idle = true; break;
		default: die(EXIT_CALL, "%s", USAGE);
		}
	}
	if (optind + 1 != argc || o.connections == 0)
		die(EXIT_CALL, "%s", USAGE);
	o.port = htons((in_port_t)atoi(argv[optind]));
	if (o.idle)
		o.count = (long)o.connections;
}

int main(int argc, char **argv)
{
	log_name = "load";
	options(argc, argv);
	random_bytes(chance, sizeof chance);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	panels = xcalloc(o.connections, sizeof *panels);
	idle = xcalloc(o.connections, sizeof *idle);
	for (unsigned i = o.connections; i-- > 0;) {
		panels[i] = (struct panel){ .fd = -1, .number = i };
		idle[idle_n++] = &panels[i];
	}
	began_us = clock_steady_us();
	end_us = began_us + (int64_t)(o.seconds * 1e6);
	hand_out();
	while (!all_begun(clock_steady_us()) || (idle_n < o.connections && clock_steady_us() < end_us + 10 * 1000000))
		turn();
	report();
	if (o.idle)
		hold();
	return failed || wrong ? EXIT_NO : EXIT_OK;
}
