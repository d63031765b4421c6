/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/loop.h"
#include "text/terminal.h"
#include "util/file.h"
#include "util/log.h"

#define BATCH ((size_t)128 << 10)	/* bytes of output gathered */
#define TURN 1024			/* packets between looks at anything else */

/* A run over packets. */
struct reading {
	struct capture *capture;
	struct observer *observer;
	const struct settings *settings;
	uint64_t number;	/* packets so far */
	bool stop, live_file;	/* a pipe that packets are still written to */
	const char *torn;
	int status;
	/* an interface */
	struct loop loop;
	struct watch packets, signals;
	struct timer tick, last_look;
};

static volatile sig_atomic_t told_to_stop;

static void stop_reading(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

static struct capture *open_live(const struct settings *s)
{
	struct capture *c;
	const char *why;
	if (capture_open_live(&c, s->device, s->promiscuous, &why) < 0)
		die(errno == ENODEV ? EXIT_CALL : EXIT_WORK, "%s: %s", s->device, why);
	struct buf filter = { 0 };
	if (s->filter)
		buf_str(&filter, s->filter);
	else
		settings_filter(s, &filter);
	/* One made of the ports only saves work: where the link knows no tags, all comes through. */
	if (filter.n && capture_filter(c, buf_cstr(&filter), &why) < 0 && s->filter)
		die(EXIT_CALL, "%s: %s", s->filter, why);
	buf_free(&filter);
	return c;
}

struct capture *run_open(const struct settings *s)
{
	struct capture *c;
	const char *why, *name = s->file && strcmp(s->file, "-") == 0 ? "stdin" : s->file;
	if (s->device)
		return open_live(s);
	errno = 0;
	if (capture_open_file(&c, s->file, &why) < 0)
		die(errno == ENOENT || errno == EACCES || errno == EISDIR ? EXIT_WORK : EXIT_NO, "%s: %s", name, why);
	if (s->filter && capture_filter(c, s->filter, &why) < 0)
		die(EXIT_CALL, "%s: %s", s->filter, why);
	return c;
}

static void flush(struct reading *r)
{
	struct buf *out = &r->observer->out;
	if (out->n && write_all(STDOUT_FILENO, buf_view(out)) < 0)
		die(EXIT_WORK, _("stdout: %s"), strerror(errno));
	buf_reset(out);
}

/* Nothing more waits in the pipe: who reads us gets what there is. */
static bool is_idle(const struct reading *r)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	return r->live_file && poll(&in, 1, 0) == 0;
}

static void take(struct reading *r, const struct captured *p)
{
	struct observer *o = r->observer;
	observer_take(o, p->link, p->bytes, p->wire_n, p->at_us, ++r->number);
	if (o->out.n >= BATCH || (o->out.n && is_idle(r)))
		flush(r);
}

static const char *file_name(const struct reading *r)
{
	return strcmp(r->settings->file, "-") == 0 ? "stdin" : r->settings->file;
}

static void show_progress(const struct reading *r)
{
	uint64_t size = capture_size(r->capture);
	if (size)
		progress_show(_("reading the capture"), capture_place(r->capture), size);
}

static void read_file(struct reading *r)
{
	struct captured p;
	const char *why;
	enum capture_got got;
	struct sigaction action = { .sa_handler = stop_reading };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	r->live_file = strcmp(r->settings->file, "-") == 0 && capture_size(r->capture) == 0;
	while ((got = capture_next(r->capture, &p, &why)) == CAPTURE_PACKET && !told_to_stop) {
		take(r, &p);
		if (r->number % TURN == 0)
			show_progress(r);
	}
	progress_end();
	if (told_to_stop) {
		r->torn = _("stopped before its end");
		warn("%s: %s", file_name(r), r->torn);
	} else if (got == CAPTURE_TORN) {
		warn(_("%s: behind packet %llu: %s; all before it was read"), file_name(r), (unsigned long long)r->number, why);
		r->torn = why;
		r->status = EXIT_NO;
	} else if (got == CAPTURE_FAILED) {
		warn("%s: %s", file_name(r), why);
		r->status = EXIT_WORK;
	}
}

static void packets_ready(struct watch *w, uint32_t got)
{
	struct reading *r = OWNER(w, struct reading, packets);
	struct captured p;
	const char *why;
	(void)got;
	for (unsigned i = 0; i < TURN; i++)
		switch (capture_next(r->capture, &p, &why)) {
		case CAPTURE_PACKET:
			take(r, &p);
			break;
		case CAPTURE_NOTHING:
			flush(r);
			return;
		default:
			warn("%s: %s", r->settings->device, why);
			r->status = EXIT_WORK;
			r->loop.stop = true;
			return;
		}
	flush(r);
}

/* Answers are waited for by the clock when no packet tells the time. */
static void tick(struct timer *t)
{
	struct reading *r = OWNER(t, struct reading, tick);
	observer_tick(r->observer, (r->loop.now - SECOND) * 1000);
	flush(r);
	timer_set(&r->loop, t, r->loop.now + SECOND);
}

static void end_live(struct timer *t)
{
	struct reading *r = OWNER(t, struct reading, last_look);
	packets_ready(&r->packets, 0);
	r->loop.stop = true;
}

/* What passed before is on its way through the kernel still; who is in a hurry says it twice. */
static void signal_ready(struct watch *w, uint32_t got)
{
	struct reading *r = OWNER(w, struct reading, signals);
	(void)got;
	if (!loop_signal_read(w->fd))
		return;
	if (timer_is_set(&r->last_look))
		r->loop.stop = true;
	else
		timer_set(&r->loop, &r->last_look, r->loop.now + 3 * CAPTURE_DELAY);
}

static void read_live(struct reading *r)
{
	static const int signals[] = { SIGINT, SIGTERM };
	if (loop_init(&r->loop, clock_now) < 0)
		die(EXIT_WORK, "%s", strerror(errno));
	r->signals = (struct watch){ .ready = signal_ready, .fd = loop_signals(signals, 2) };
	r->packets = (struct watch){ .ready = packets_ready, .fd = capture_fd(r->capture) };
	r->tick.due = tick;
	r->last_look.due = end_live;
	if (r->signals.fd < 0 || loop_watch(&r->loop, &r->signals, EPOLLIN) < 0 || loop_watch(&r->loop, &r->packets, EPOLLIN) < 0)
		die(EXIT_WORK, "%s", strerror(errno));
	timer_set(&r->loop, &r->tick, clock_now() + SECOND);
	info(_("%s: captures until told to stop"), r->settings->device);
	if (loop_run(&r->loop) < 0)
		die(EXIT_WORK, "%s", strerror(errno));
	loop_free(&r->loop);
	close(r->signals.fd);
}

#define TELL(count, text) do { if (count) warn((text), (unsigned long long)(count)); } while (0)

static uint64_t one_way(const struct tally *t)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < t->receivers; i++)
		n += t->receiver[i]->one_way;
	return n;
}

/* What was not seen, or not believed: said once, at the end. */
static void tell(const struct reading *r, uint64_t dropped)
{
	const struct observer *o = r->observer;
	const struct packet_counts *c = &o->packets.count;
	TELL(c->wrong_sum, _("%llu packets with a wrong checksum were left out; --any-checksum takes them"));
	TELL(c->cut, _("%llu packets were captured without their end: capture with a larger snapshot length"));
	TELL(c->malformed, _("%llu packets have headers that contradict each other"));
	TELL(o->packets.fragments.lost + o->packets.fragments.n, _("%llu fragmented datagrams are incomplete"));
	TELL(o->flows.gap_bytes, _("%llu bytes are missing from connections that are followed: the capture lost packets"));
	TELL(one_way(&o->tally), _("%llu connections were captured in one direction only: answers cannot be seen"));
	TELL(o->flows.forgotten, _("%llu connections too many were followed no longer; --max-connections"));
	TELL(o->flows.squeezed, _("%llu times too many bytes waited for missing ones; --max-held, --max-stream"));
	TELL(o->queue.early, _("%llu frames too many waited for their answer and were printed without"));
	TELL(dropped, _("%llu packets were dropped by the system before they could be read"));
	TELL(c->offloaded, _("%llu packets were captured before their checksum was computed; they were taken"));
	if (o->tally.receivers == 0)
		warn(o->settings->places ? _("no connection with these ports was seen") : _("nothing was recognised; name the protocol: dc09+tcp://:6001"));
}

int run(struct capture *c, struct observer *o, const struct settings *s)
{
	struct reading r = { .capture = c, .observer = o, .settings = s };
	observer_begin(o, s);
	if (s->device)
		read_live(&r);
	else
		read_file(&r);
	observer_end(o);
	struct whole whole = { .observer = o, .dropped = capture_dropped(c), .torn = r.torn };
	if (s->report && s->json)
		report_records(&whole, &o->out);
	else if (s->report)
		report_text(&whole, &o->out);
	flush(&r);
	tell(&r, whole.dropped);
	capture_close(c);
	return r.status;
}
