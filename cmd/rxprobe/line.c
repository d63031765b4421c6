/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <errno.h>
#include <unistd.h>

#include "link/tcp.h"
#include "util/log.h"

#define READ_MOST 4096

static bool is_serial(const struct line *l)
{
	return l->source->transport == OVER_SERIAL;
}

static void give(struct line *l, struct span bytes, const uint8_t *faults)
{
	exam_take(l->exam, l->loop->now, FROM_RECEIVER, bytes, faults);
	if (l->heard)
		l->heard(l, bytes, faults);
}

static void port_ready(struct watch *w, uint32_t got)
{
	struct line *l = OWNER(w, struct line, watch);
	uint8_t bytes[READ_MOST], faults[READ_MOST];
	ssize_t n = serial_read(&l->serial, bytes, faults, sizeof bytes);
	(void)got;
	if (n > 0) {
		give(l, span_of(bytes, (size_t)n), faults);
	} else if (n == 0 || errno != EAGAIN) {
		l->exam->gone = true;
		l->loop->stop = true;
		loop_forget(l->loop, &l->watch);
	}
}

static void drop(struct line *l)
{
	loop_forget(l->loop, &l->watch);
	close(l->watch.fd);
	l->watch.fd = -1;
	exam_closed(l->exam, l->loop->now);
	if (l->listener.fd < 0)
		timer_set(l->loop, &l->again, l->loop->now + SECOND);
}

static void connection_ready(struct watch *w, uint32_t got)
{
	struct line *l = OWNER(w, struct line, watch);
	uint8_t bytes[READ_MOST];
	ssize_t n = read(w->fd, bytes, sizeof bytes);
	(void)got;
	if (n > 0)
		give(l, span_of(bytes, (size_t)n), NULL);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		drop(l);
}

static void connected(struct line *l)
{
	l->watch.ready = connection_ready;
	exam_opened(l->exam, l->loop->now);
}

static void refused(struct line *l, int error)
{
	l->exam->refused = strerror(error);
	if (l->watch.fd >= 0)
		close(l->watch.fd);
	l->watch.fd = -1;
	l->loop->stop = true;
}

static void dialled(struct watch *w, uint32_t got)
{
	struct line *l = OWNER(w, struct line, watch);
	int error = tcp_dialled(w->fd);
	(void)got;
	if (error) {
		loop_forget(l->loop, w);
		refused(l, error);
		return;
	}
	loop_change(l->loop, w, EPOLLIN);
	connected(l);
}

static void dial(struct timer *t)
{
	struct line *l = OWNER(t, struct line, again);
	l->watch = (struct watch){ .ready = dialled, .fd = tcp_dial(&l->to) };
	if (l->watch.fd < 0 || loop_watch(l->loop, &l->watch, EPOLLOUT) < 0)
		refused(l, errno);
}

/* One at a time: a receiver that dials twice has given the first up. */
static void accepted(struct watch *w, uint32_t got)
{
	struct line *l = OWNER(w, struct line, listener);
	struct address from;
	int fd = tcp_accept(w->fd, &from);
	(void)got;
	if (fd < 0)
		return;
	if (l->watch.fd >= 0)
		drop(l);
	l->watch = (struct watch){ .fd = fd };
	connected(l);
	loop_watch(l->loop, &l->watch, EPOLLIN);
}

static int open_port(struct line *l, const char **why)
{
	if (serial_open(&l->serial, l->source->path, &l->exam->line, !l->writes, why) < 0)
		return -1;
	l->watch = (struct watch){ .ready = port_ready, .fd = l->serial.fd };
	return loop_watch(l->loop, &l->watch, EPOLLIN);
}

static int open_listener(struct line *l, const char **why)
{
	l->listener = (struct watch){ .ready = accepted, .fd = tcp_listen(l->source->host, l->source->port, why) };
	if (l->listener.fd < 0)
		return -1;
	struct address own = address_of_socket(l->listener.fd);
	struct buf text = { 0 };
	address_put(&text, &own);
	info("%s", buf_cstr(&text));
	buf_free(&text);
	return loop_watch(l->loop, &l->listener, EPOLLIN);
}

int line_open(struct line *l, const char **why)
{
	l->watch.fd = l->listener.fd = l->serial.fd = -1;
	l->serial.lock = -1;
	l->again.due = dial;
	if (is_serial(l))
		return open_port(l, why);
	if (l->source->transport == OVER_TCP)
		return open_listener(l, why);
	if (address_resolve(&l->to, l->source->host, l->source->port, why) < 0)
		return -1;
	dial(&l->again);
	return 0;
}

int line_set(struct line *l, const struct serial_settings *set, const char **why)
{
	return serial_change(&l->serial, set, why);
}

bool line_is_up(const struct line *l)
{
	return l->watch.fd >= 0 && (is_serial(l) || l->watch.ready == connection_ready);
}

bool line_send(struct line *l, struct span bytes)
{
	if (!l->writes || !line_is_up(l))
		return false;
	ssize_t n = is_serial(l) ? serial_write(&l->serial, bytes) : send(l->watch.fd, bytes.p, bytes.n, MSG_NOSIGNAL);
	if (n > 0)
		exam_take(l->exam, l->loop->now, FROM_HOST, span_sub(bytes, 0, (size_t)n), NULL);
	return n == (ssize_t)bytes.n;
}

void line_close(struct line *l)
{
	timer_clear(l->loop, &l->again);
	if (is_serial(l)) {
		if (l->serial.fd >= 0)
			loop_forget(l->loop, &l->watch);
		serial_close(&l->serial);
	} else if (l->watch.fd >= 0) {
		loop_forget(l->loop, &l->watch);
		close(l->watch.fd);
	}
	if (l->listener.fd >= 0) {
		loop_forget(l->loop, &l->listener);
		close(l->listener.fd);
	}
	l->watch.fd = l->listener.fd = -1;
}
