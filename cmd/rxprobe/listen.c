/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rxprobe.h"

#include "text/terminal.h"
#include "util/log.h"

#define LISTEN_USUAL (70 * SECOND)	/* two periods of most receivers and a little */
#define LOOK (SECOND / 2)

static void time_is_up(struct timer *t)
{
	OWNER(t, struct probe, end)->loop.stop = true;
}

static void look(struct timer *t)
{
	struct probe *p = OWNER(t, struct probe, look);
	msec all = p->end.at - p->exam.began, done = p->loop.now - p->exam.began;
	exam_judge(&p->exam, p->loop.now, &p->findings);
	progress_show(_("listening"), (uint64_t)done, (uint64_t)all);
	if (findings_are_clear(&p->findings) && !p->settings->listen)
		p->loop.stop = true;
	timer_set(&p->loop, t, p->loop.now + LOOK);
}

int probe_listen(struct probe *p, const char **why)
{
	if (line_open(&p->line, why) < 0)
		return -1;
	info(_("listening on %s"), p->settings->source.url);
	p->end.due = time_is_up;
	p->look.due = look;
	timer_set(&p->loop, &p->end, p->loop.now + (p->settings->listen ? p->settings->listen : LISTEN_USUAL));
	timer_set(&p->loop, &p->look, p->loop.now + LOOK);
	loop_run(&p->loop);
	progress_end();
	exam_judge(&p->exam, p->loop.now, &p->findings);
	timer_clear(&p->loop, &p->end);
	timer_clear(&p->loop, &p->look);
	line_close(&p->line);
	return 0;
}
