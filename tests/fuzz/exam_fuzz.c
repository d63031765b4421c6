/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes on a line, with any faults and in both directions: the judgement
 * is in order, the same again, and a plan has no setting twice. */
#include <stdlib.h>

#include "link/exam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PLAN 24

static void feed(struct exam *x, const uint8_t *data, size_t size)
{
	msec at = 0;
	for (size_t i = 0; i + 1 < size;) {
		size_t n = (data[i] & 0x1F) + 1u;
		uint8_t faults[32];
		bool host = data[i] & 0x20, faulty = data[i] & 0x40;
		at += data[i++] & 0x80 ? 4000 : 10;
		n = n < size - i ? n : size - i;
		for (size_t k = 0; k < n; k++)
			faults[k] = faulty ? data[i + k] % 4 : FAULT_NONE;
		exam_take(x, at, host ? FROM_HOST : FROM_RECEIVER, span_of(data + i, n), faults);
		if (x->over_tcp && data[i] == 0xFE)
			exam_opened(x, at);
		else if (x->over_tcp && data[i] == 0xFF)
			exam_closed(x, at);
		i += n;
	}
}

static void check(const struct findings *f)
{
	if (f->n > FINDINGS_MOST || f->events + f->heartbeats > f->frames || (f->frames && !f->proto))
		abort();
	for (unsigned i = 0; i < f->n; i++)
		if (f->finding[i].confidence > 100 || (i && f->finding[i].symptom < f->finding[i - 1].symptom))
			abort();
}

static void check_plan(const struct exam *x)
{
	struct serial_settings plan[PLAN];
	size_t n = exam_plan(x, plan, PLAN);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (plan[i].baud == plan[k].baud && memcmp(plan[i].mode, plan[k].mode, 2) == 0)
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct serial_settings settings[] = { { 9600, "8n1", 0, 0, 0 }, { 1200, "7e1", 0, 0, 0 }, { 19200, "7o1", 0, 0, 0 } };
	static struct findings first, again;
	struct exam x;
	if (size == 0)
		return 0;
	exam_begin(&x, data[0] & 0x80 ? protocols[data[0] % 15] : NULL, &settings[data[0] % 3], 0);
	x.over_tcp = data[0] & 0x40;
	feed(&x, data + 1, size - 1);
	exam_judge(&x, MINUTE, &first);
	exam_judge(&x, MINUTE, &again);
	check(&first);
	if (first.n != again.n || first.proto != again.proto)
		abort();
	check_plan(&x);
	exam_free(&x);
	return 0;
}
