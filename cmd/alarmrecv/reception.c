/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reception.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "peer.h"
#include "util/log.h"
#include "wire.h"

#define PATIENCE (2 * SECOND)

static void tell(struct intake *in, const char *text)
{
	struct reception *r = OWNER(in, struct reception, intake);
	if (!r->current || notice_may(&r->notices, r->current, r->loop.now))
		warn("%s", text);
}

static void journal_tell(struct journal *j, const char *text)
{
	(void)j;
	warn("%s", text);
}

static void end_with(struct reception *r, int status)
{
	r->status = status;
	r->loop.stop = true;
}

static void resume(struct reception *r)
{
	if (reception_is_full(r))
		return;
	while (r->paused.next != &r->paused)
		peer_resume(OWNER(r->paused.next, struct peer, paused_link));
	for (unsigned i = 0; i < r->listeners; i++)
		if (r->listener[i].source->transport == OVER_UDP && !r->stopping)
			listener_resume(&r->listener[i]);
}

static void stored(struct journal *j, int error)
{
	struct reception *r = OWNER(j, struct reception, journal);
	intake_stored(&r->intake, error);
	if (error)
		replies_failed(&r->replies);
	else
		replies_stored(&r->replies, j->stored);
	/* Nobody reads what we print, and nobody ever will. */
	if (error == EPIPE && !r->settings->journal.dir)
		end_with(r, EXIT_WORK);
	resume(r);
}

/* The next batch is on its way to the disk before the answers of the last leave. */
static void after(struct loop *l)
{
	struct reception *r = OWNER(l, struct reception, loop);
	journal_flush(&r->journal);
	replies_send(&r->replies);
	peers_free_dead(&r->dead);
	if (r->stopping && r->crowd.n == 0 && replies_waiting(&r->replies) == 0)
		l->stop = true;
}

static void each_peer(struct reception *r, void (*what)(struct peer *p))
{
	for (unsigned i = 0; i <= KNOWN_ACCOUNT; i++)
		for (struct link *head = &r->crowd.standing[i], *l = head->next, *next; l != head; l = next) {
			next = l->next;
			what(OWNER(l, struct peer, standing_link));
		}
}

static void out_of_patience(struct timer *t)
{
	OWNER(t, struct reception, patience)->loop.stop = true;
}

static void stop(struct reception *r)
{
	if (r->stopping)
		return;
	r->stopping = true;
	for (unsigned i = 0; i < r->listeners; i++)
		listener_stop(&r->listener[i]);
	each_peer(r, peer_finish);
	r->patience.due = out_of_patience;
	timer_set(&r->loop, &r->patience, r->loop.now + PATIENCE);
}

/* The usual files need not be there, and may come later; once read, a file must stay. */
static const char *present(const char *path, bool given)
{
	return given || access(path, F_OK) == 0 ? path : NULL;
}

static void find_files(struct reception *r)
{
	const struct settings *s = r->settings;
	if (!r->intake.keys_path)
		r->intake.keys_path = present(s->keys, s->keys_given);
	if (!r->intake.accounts_path)
		r->intake.accounts_path = present(s->accounts, s->accounts_given);
}

static void reload(struct reception *r)
{
	const char *why;
	find_files(r);
	if (intake_reload(&r->intake, &why) < 0)
		warn(_("%s; the old ones stay"), why);
	else
		warn(_("keys and accounts read again"));
}

static void signalled(struct watch *w, uint32_t got)
{
	struct reception *r = OWNER(w, struct reception, signals);
	(void)got;
	for (int signal; (signal = loop_signal_read(w->fd));) {
		if (signal == SIGHUP)
			reload(r);
		else
			stop(r);
	}
}

void reception_open(struct reception *r, const struct settings *s)
{
	const char *why;
	*r = (struct reception){ .settings = s, .listeners = s->sources };
	r->listener = xcalloc(s->sources, sizeof *r->listener);
	for (unsigned i = 0; i < s->sources; i++) {
		struct listener *l = &r->listener[i];
		l->reception = r;
		l->source = &s->source[i];
		if (listener_open(l, &why) < 0)
			die(EXIT_WORK, "%s: %s", l->source->url, why);
	}
}

static void begin_signals(struct reception *r)
{
	static const int wanted[] = { SIGTERM, SIGINT, SIGHUP };
	r->signals = (struct watch){ .ready = signalled, .fd = loop_signals(wanted, 3) };
	if (r->signals.fd < 0 || loop_watch(&r->loop, &r->signals, EPOLLIN) < 0)
		die(EXIT_WORK, _("signals: %s"), strerror(errno));
}

static void begin_journal(struct reception *r)
{
	const char *why;
	r->journal.loop = &r->loop;
	r->journal.done = stored;
	r->journal.tell = journal_tell;
	if (journal_open(&r->journal, &r->settings->journal, &why) < 0)
		die(EXIT_WORK, "%s", why);
}

static void begin_intake(struct reception *r)
{
	const struct settings *s = r->settings;
	const char *why;
	r->intake.loop = &r->loop;
	r->intake.journal = &r->journal;
	r->intake.policy = s->policy;
	find_files(r);
	r->intake.tell = tell;
	if (intake_init(&r->intake, s->journal.dir, &why) < 0)
		die(EXIT_CALL, "%s", why);
}

static void begin_loop(struct reception *r, msec (*clock)(void))
{
	if (loop_init(&r->loop, clock) < 0)
		die(EXIT_WORK, "epoll: %s", strerror(errno));
	r->loop.after = after;
	r->signals.fd = -1;
}

static void begin(struct reception *r)
{
	begin_loop(r, clock_now);
	link_init(&r->paused);
	crowd_init(&r->crowd, &r->settings->limits);
	begin_signals(r);	/* before the journal's thread: it must not get them */
	begin_journal(r);
	begin_intake(r);
	if (!r->settings->journal.dir)
		warn(_("no --spool: signals are acknowledged once they are written to standard output; a crash can lose them"));
	for (unsigned i = 0; i < r->listeners; i++)
		if (listener_begin(&r->listener[i]) < 0)
			die(EXIT_WORK, "%s: %s", r->listener[i].source->url, strerror(errno));
}

static void cut_short(struct peer *p)
{
	peer_close(p, "reception was stopped within this frame");
}

/* What is queued reaches the disk, and its answers leave. */
static void finish(struct reception *r)
{
	r->stopping = true;
	journal_drain(&r->journal);
	replies_send(&r->replies);
	each_peer(r, cut_short);
	journal_drain(&r->journal);
	peers_free_dead(&r->dead);
	for (const struct receiver *x = r->intake.receivers.first; x; x = x->next)
		info(_("%s: heartbeats answered: %llu"), x->source, (unsigned long long)x->beats);
}

int reception_run(struct reception *r)
{
	begin(r);
	if (loop_run(&r->loop) < 0)
		die(EXIT_WORK, "epoll: %s", strerror(errno));
	finish(r);
	return r->status;
}

static void nobody(struct journal *j, int error)
{
	struct reception *r = OWNER(j, struct reception, journal);
	intake_stored(&r->intake, error);
	if (error)
		r->status = EXIT_WORK;
}

int reception_read_wire(struct reception *r, const struct settings *s)
{
	*r = (struct reception){ .settings = s };
	begin_loop(r, NULL);
	begin_journal(r);
	begin_intake(r);
	r->journal.done = nobody;
	int status = wire_run(&r->intake, &r->loop, &s->source[0], s->until, s->show_replies);
	journal_drain(&r->journal);
	return r->status ? r->status : status;
}

int reception_check(struct reception *r, const struct settings *s)
{
	*r = (struct reception){ .settings = s };
	begin_loop(r, clock_now);
	begin_intake(r);
	return EXIT_OK;
}

void reception_free(struct reception *r)
{
	for (unsigned i = 0; i < r->listeners; i++)
		listener_close(&r->listener[i]);
	free(r->listener);
	intake_free(&r->intake);
	if (!r->settings->check)
		journal_close(&r->journal);
	replies_free(&r->replies);
	buf_free(&r->in);
	buf_free(&r->faults);
	buf_free(&r->answer);
	if (r->signals.fd >= 0)
		close(r->signals.fd);
	loop_free(&r->loop);
}
