/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Some families answer a question of the host's, whatever else they do.  On
 * others an unexpected byte counts as a bad answer, so it is asked only when
 * somebody says so. */
#include "rxprobe.h"

#define PAUSE (11 * SECOND)	/* a 685 takes no notice of a second S for 10 s */

static const struct question {
	const char *family;
	uint8_t byte;
} questions[] = {
	{ "ademco-685", 'S' }, { "caps", 'S' }, { "iti-generic", 'S' }, { "ademco-8000", '\r' }, { "sk9000", 0 },
};
#define QUESTIONS (sizeof questions / sizeof *questions)

/* Of a family; of all, where it is not known, one after the other. */
static const struct question *question_of(const struct protocol *p, unsigned turn)
{
	static const uint8_t turns[] = { 0, 3, 4 };
	for (size_t i = 0; p && i < QUESTIONS; i++)
		if (strcmp(questions[i].family, p->name) == 0)
			return &questions[i];
	return p ? NULL : &questions[turns[turn % sizeof turns]];
}

bool question_exists(const struct protocol *p)
{
	return question_of(p, 0);
}

static void put_question(struct timer *t)
{
	struct probe *p = OWNER(t, struct probe, question);
	const struct protocol *known = p->exam.expected ? p->exam.expected : p->findings.proto;
	const struct question *q = question_of(known, p->asked);
	if (!q)
		return;
	p->asked += line_send(&p->line, span_of(&q->byte, 1));
	timer_set(&p->loop, t, p->loop.now + (known ? PAUSE : PAUSE / 2));
}

void question_begin(struct probe *p)
{
	p->question.due = put_question;
	timer_set(&p->loop, &p->question, p->loop.now + SECOND / 2);
}
