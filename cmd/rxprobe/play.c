/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays a receiver, so that a centre can rehearse: one record at a time, sent
 * again as the family does until it is acknowledged or given up, and a
 * heartbeat when there is nothing else to say.  Each record's fate is a
 * `delivery` record. */
#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "delivery.h"
#include "util/lines.h"
#include "util/log.h"

#define PACE 20		/* ms between characters of a receiver that is slow */
#define UNTIL_UP 100	/* ms until a connection is looked for again */

struct play {
	struct probe *probe;
	const struct protocol *proto;
	const struct family *family;
	struct lines in;
	struct watch input;
	bool reading, pipe, waiting;	/* records may come; out of something that can be waited for; and are waited for */
	/* the record that is being sent */
	struct buf frame, cause, account, wanted[2], got;
	bool busy, beat, ack_lost;
	unsigned tries, refused;
	msec began;
	struct buf slow;	/* what has not left yet */
	struct timer wait, life, trickle;
	/* results */
	struct deliveries deliveries;
	int status;
	struct record record;
};

static msec wait_time(const struct play *p)
{
	return p->probe->settings->wait ? p->probe->settings->wait : p->family->wait;
}

static void put_delivery(struct play *p, enum answer reply)
{
	struct delivery d = {
		.account = buf_view(&p->account), .frame = buf_view(&p->frame), .cause = buf_view(&p->cause), .reply = reply,
		.latency = p->probe->loop.now - p->began, .tries = p->tries,
	};
	deliveries_put(&p->deliveries, &d);
}

static void begin_frame(struct play *p, bool beat)
{
	struct signal s;
	struct context cx = { .now = p->probe->loop.now };
	p->busy = true;
	p->beat = beat;
	p->tries = p->refused = 0;
	p->ack_lost = false;
	buf_reset(&p->account);
	buf_reset(&p->wanted[0]);
	buf_reset(&p->wanted[1]);
	if (p->proto->read(buf_view(&p->frame), &s) != V_OK)
		s = (struct signal){ .frame = buf_view(&p->frame) };
	buf_span(&p->account, s.account);
	p->proto->answer(&s, &cx, A_ACK, &p->wanted[0]);
	p->proto->answer(&s, &cx, A_NAK, &p->wanted[1]);
}

static void trickle(struct timer *t)
{
	struct play *p = OWNER(t, struct play, trickle);
	if (p->slow.n == 0)
		return;
	line_send(&p->probe->line, span_of(p->slow.p, 1));
	buf_consume(&p->slow, 1);
	timer_set(&p->probe->loop, t, p->probe->loop.now + PACE);
}

/* With what is wrong about this receiver. */
static void send_frame(struct play *p)
{
	enum play_fault fault = p->probe->settings->fault;
	struct span frame = buf_view(&p->frame);
	struct buf bytes = { 0 };
	if (fault == PLAY_GARBAGE && p->tries == 0)
		buf_lit(&bytes, "\xA5\x7F#\xF0");
	buf_span(&bytes, fault == PLAY_CUT && p->tries == 0 ? span_sub(frame, 0, frame.n / 2) : frame);
	for (size_t i = 0; fault == PLAY_PARITY && i < bytes.n; i++)
		bytes.p[i] |= __builtin_parity(bytes.p[i] & 0x7F) ? 0x80 : 0;
	p->tries++;
	p->began = p->tries == 1 ? p->probe->loop.now : p->began;
	buf_reset(&p->got);
	if (fault == PLAY_SLOW) {
		buf_reset(&p->slow);
		buf_span(&p->slow, buf_view(&bytes));
		trickle(&p->trickle);
	} else if (!line_send(&p->probe->line, buf_view(&bytes))) {
		info("%s", _("not all of a record could leave"));
	}
	timer_set(&p->probe->loop, &p->wait, p->probe->loop.now + wait_time(p) + (fault == PLAY_SLOW ? (msec)(PACE * bytes.n) : 0));
	buf_free(&bytes);
}

static void next(struct play *p);

static void done(struct play *p, enum answer reply)
{
	timer_clear(&p->probe->loop, &p->wait);
	p->busy = false;
	if (p->beat && reply != A_ACK)
		warn("%s", _("a heartbeat was not acknowledged"));
	if (!p->beat)
		put_delivery(p, reply);
	if (reply != A_ACK)
		p->status = EXIT_NO;
	next(p);
}

static void no_answer(struct timer *t)
{
	struct play *p = OWNER(t, struct play, wait);
	if (!line_is_up(&p->probe->line))
		timer_set(&p->probe->loop, t, p->probe->loop.now + UNTIL_UP);
	else if (p->tries < p->family->tries || p->tries == 0)
		send_frame(p);
	else
		done(p, A_NONE);
}

static void answered(struct play *p, enum answer reply)
{
	bool lost = p->probe->settings->fault == PLAY_LOST_ACK && !p->ack_lost && reply == A_ACK;
	if (lost) {
		p->ack_lost = true;
		return;
	}
	if (reply == A_NAK && ++p->refused < p->family->nak_tries) {
		send_frame(p);
		return;
	}
	done(p, reply);
}

static void heard(struct line *l, struct span bytes, const uint8_t *faults)
{
	struct play *p = OWNER(l, struct probe, line)->play;
	(void)faults;
	buf_span(&p->got, bytes);
	for (unsigned k = 0; k < 2 && p->busy; k++) {
		struct span wanted = buf_view(&p->wanted[k]);
		if (wanted.n == 0 || p->got.n < wanted.n || !span_starts(buf_view(&p->got), wanted))
			continue;
		buf_reset(&p->got);
		answered(p, k ? A_NAK : A_ACK);
		return;
	}
	/* Anything else is no answer, and the next try begins without it. */
	if (p->got.n > 64)
		buf_reset(&p->got);
}

/* A record to send, out of a line: false where it is none of ours. */
static bool take_line(struct play *p, struct span line)
{
	const char *why;
	struct buf scratch = { 0 };
	bool good = record_parse(&p->record, line, &why) == 0, wanted = false;
	buf_reset(&p->frame);
	if (!good) {
		warn(_("a line on standard input is no record: %s"), why);
	} else if (record_is(&p->record, "type", "frame")) {
		good = wanted = record_bytes(&p->record, &p->frame) == 0 && p->frame.n;
	} else if (record_is(&p->record, "type", "event")) {
		good = wanted = p->family->event && p->family->event(&p->record, &p->frame);
		if (!good)
			warn(_("an event that %s has no record for"), p->proto->name);
	}
	buf_reset(&p->cause);
	buf_span(&p->cause, record_text(&p->record, "id", &scratch));
	if (!good)
		p->status = EXIT_NO;
	buf_free(&scratch);
	return wanted;
}

static bool next_line(struct play *p)
{
	struct span line;
	while (p->reading) {
		while (lines_next(&p->in, &line))
			if (take_line(p, span_trim(line)))
				return true;
		if (p->pipe && !p->in.ended) {
			if (!p->waiting)
				loop_watch(&p->probe->loop, &p->input, EPOLLIN);
			p->waiting = true;
			return false;
		}
		p->reading = lines_wait(&p->in);
	}
	return false;
}

static void next(struct play *p)
{
	struct loop *l = &p->probe->loop;
	timer_clear(l, &p->life);
	if (p->busy)
		return;
	if (next_line(p)) {
		begin_frame(p, false);
		no_answer(&p->wait);
	} else if (!p->reading && !p->probe->settings->listen) {
		l->stop = true;
	} else if (p->family->heartbeat) {
		timer_set(l, &p->life, l->now + p->probe->settings->every);
	}
}

static void heartbeat(struct timer *t)
{
	struct play *p = OWNER(t, struct play, life);
	buf_reset(&p->frame);
	p->family->heartbeat(p->probe->loop.now, &p->frame);
	begin_frame(p, true);
	no_answer(&p->wait);
}

static void input_ready(struct watch *w, uint32_t got)
{
	struct play *p = OWNER(w, struct play, input);
	(void)got;
	loop_forget(&p->probe->loop, w);
	p->waiting = false;
	p->reading = lines_wait(&p->in);
	next(p);
}

static void time_is_up(struct timer *t)
{
	OWNER(t, struct probe, end)->loop.stop = true;
}

static void begin(struct play *p)
{
	struct probe *probe = p->probe;
	deliveries_begin(&p->deliveries, probe);
	p->wait.due = no_answer;
	p->life.due = heartbeat;
	p->trickle.due = trickle;
	p->reading = !isatty(STDIN_FILENO);
	p->input = (struct watch){ .ready = input_ready, .fd = STDIN_FILENO };
	p->pipe = p->waiting = p->reading && loop_watch(&probe->loop, &p->input, EPOLLIN) == 0;	/* else a file */
	probe->end.due = time_is_up;
	if (probe->settings->listen)
		timer_set(&probe->loop, &probe->end, probe->loop.now + probe->settings->listen);
	probe->line.heard = heard;
	probe->play = p;
}

static void end(struct play *p)
{
	if (p->busy && !p->beat) {
		put_delivery(p, A_NONE);
		p->status = EXIT_NO;
	}
	line_close(&p->probe->line);
	timer_clear(&p->probe->loop, &p->wait);
	timer_clear(&p->probe->loop, &p->life);
	timer_clear(&p->probe->loop, &p->trickle);
	timer_clear(&p->probe->loop, &p->probe->end);
	lines_free(&p->in);
	deliveries_free(&p->deliveries);
	struct buf *all[] = { &p->frame, &p->cause, &p->account, &p->wanted[0], &p->wanted[1], &p->got, &p->slow };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}

int probe_play(struct probe *probe)
{
	struct play *p = xcalloc(1, sizeof *p);
	const char *why = NULL;
	*p = (struct play){ .probe = probe, .proto = probe->settings->simulate, .family = family_find(probe->settings->simulate) };
	p->in.fd = STDIN_FILENO;
	int status = EXIT_WORK;
	if (line_open(&probe->line, &why) < 0) {
		warn("%s: %s", probe->settings->source.url, why ? why : strerror(errno));
	} else {
		info(_("a %s receiver on %s"), p->proto->name, probe->settings->source.url);
		begin(p);
		next(p);
		loop_run(&probe->loop);
		if (probe->exam.refused)
			warn("%s: %s", probe->settings->source.url, probe->exam.refused);
		end(p);
		status = probe->exam.refused || probe->exam.gone ? EXIT_WORK : p->status;
	}
	free(p);
	return status;
}
