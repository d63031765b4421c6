/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answer.h"
#include "text/terminal.h"
#include "util/log.h"

#define LISTEN_USUAL (70 * SECOND)	/* two periods of most receivers and a little */
#define LOOK (SECOND / 4)
#define QUIET (SECOND / 2)		/* behind a burst */

static void time_is_up(struct timer *t)
{
	OWNER(t, struct probe, end)->loop.stop = true;
}

/* A burst has come and gone, and nothing of it made sense. */
static bool is_hopeless(const struct probe *p)
{
	const struct exam *x = &p->exam;
	bool quiet = x->n >= 3 && p->loop.now - x->moment[x->n - 1].at >= QUIET;
	return quiet && (!p->findings.frames || p->findings.fault_rate > 5);
}

static bool is_enough(const struct probe *p)
{
	if (p->trying)
		return is_hopeless(p) || (p->findings.frames && p->findings.fault_rate <= 5 && !p->findings.fitting.baud);
	return findings_are_clear(&p->findings) && !p->settings->listen && !p->answers;
}

static void look(struct timer *t)
{
	struct probe *p = OWNER(t, struct probe, look);
	msec all = p->end.at - p->exam.began, done = p->loop.now - p->exam.began;
	exam_judge(&p->exam, p->loop.now, &p->findings);
	progress_show(_("listening"), (uint64_t)done, (uint64_t)all);
	if (is_enough(p))
		p->loop.stop = true;
	timer_set(&p->loop, t, p->loop.now + LOOK);
}

static void heard(struct line *l, struct span bytes, const uint8_t *faults)
{
	answers_take(OWNER(l, struct probe, line)->answers, bytes, faults);
}

void probe_hear(struct probe *p, msec most)
{
	p->end.due = time_is_up;
	p->look.due = look;
	p->loop.stop = false;
	p->exam.began = p->loop.now;
	timer_set(&p->loop, &p->end, p->loop.now + most);
	timer_set(&p->loop, &p->look, p->loop.now + LOOK);
	loop_run(&p->loop);
	progress_end();
	exam_judge(&p->exam, p->loop.now, &p->findings);
	timer_clear(&p->loop, &p->end);
	timer_clear(&p->loop, &p->look);
}

int probe_listen(struct probe *p, const char **why)
{
	struct answers answers;
	if (p->settings->answer) {
		answers_begin(&answers, p);
		p->answers = &answers;
		p->line.heard = heard;
	}
	int failed = line_open(&p->line, why);
	if (!failed) {
		info(_("listening on %s"), p->settings->source.url);
		if (p->settings->ask)
			question_begin(p);
		probe_hear(p, p->settings->listen ? p->settings->listen : LISTEN_USUAL);
		timer_clear(&p->loop, &p->question);
		line_close(&p->line);
	}
	if (p->answers)
		answers_end(p->answers);
	p->answers = NULL;
	return failed;
}
