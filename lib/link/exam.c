/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/exam.h"

#include <stdio.h>
#include <stdlib.h>

#include "link/exam_view.h"

void exam_begin(struct exam *x, const struct protocol *expected, const struct serial_settings *line, msec now)
{
	*x = (struct exam){ .expected = expected, .line = serial_usual(*line), .began = now };
}

static void forget_half(struct exam *x)
{
	x->n -= MOMENTS_MOST / 2;
	memmove(x->moment, x->moment + MOMENTS_MOST / 2, x->n * sizeof *x->moment);
}

static struct moment *add(struct exam *x)
{
	if (x->n == MOMENTS_MOST)
		forget_half(x);
	if (x->n == x->room) {
		x->room = x->room ? x->room * 2 : 1024;
		x->moment = xrealloc(x->moment, x->room * sizeof *x->moment);
	}
	return &x->moment[x->n++];
}

void exam_take(struct exam *x, msec at, enum way way, struct span bytes, const uint8_t *faults)
{
	for (size_t i = 0; i < bytes.n; i++)
		*add(x) = (struct moment){ .at = at, .byte = bytes.p[i], .fault = faults ? faults[i] : FAULT_NONE, .way = (uint8_t)way };
	if (way == FROM_RECEIVER && x->connections)
		x->connection[x->connections - 1].bytes += bytes.n;
}

void exam_opened(struct exam *x, msec at)
{
	if (x->connections == CONNECTIONS_MOST)
		memmove(x->connection, x->connection + 1, --x->connections * sizeof *x->connection);
	x->connection[x->connections++] = (struct connection){ .opened = at, .closed = CLOCK_NONE };
}

void exam_closed(struct exam *x, msec at)
{
	if (x->connections)
		x->connection[x->connections - 1].closed = at;
}

static bool may_repeat(enum symptom s)
{
	return s == SY_STATUS || s == SY_STATUS_BAD || s == SY_STATUS_OVER;
}

const struct finding *findings_find(const struct findings *f, enum symptom s)
{
	for (unsigned i = 0; i < f->n; i++)
		if (f->finding[i].symptom == s)
			return &f->finding[i];
	return NULL;
}

struct finding *findings_add(struct findings *all, enum symptom s, unsigned confidence)
{
	if (all->n == FINDINGS_MOST || (!may_repeat(s) && findings_find(all, s)))
		return NULL;
	struct finding *f = &all->finding[all->n++];
	*f = (struct finding){ .symptom = s, .confidence = confidence, .unit = "" };
	return f;
}

struct finding *find(struct view *v, enum symptom s, unsigned confidence, struct span evidence)
{
	struct finding *f = findings_add(v->out, s, confidence);
	if (!f)
		return &v->spare;
	f->evidence_n = (uint8_t)(evidence.n < EVIDENCE ? evidence.n : EVIDENCE);
	if (f->evidence_n)
		memcpy(f->evidence, evidence.p, f->evidence_n);
	return f;
}

void detail(struct finding *f, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(f->detail, sizeof f->detail, format, ap);
	va_end(ap);
}

void value(struct finding *f, double v, const char *unit)
{
	f->has_value = true;
	f->value = v;
	f->unit = unit;
}

static int by_size(const void *a, const void *b)
{
	msec x = *(const msec *)a, y = *(const msec *)b;
	return (x > y) - (x < y);
}

msec middle(msec *of, size_t n)
{
	if (n)
		qsort(of, n, sizeof *of, by_size);
	return n ? of[n / 2] : 0;
}

bool contains(struct span s, struct span word)
{
	for (; s.n >= word.n; s = span_from(s, 1))
		if (span_starts(s, word))
			return true;
	return false;
}

bool is_family(const struct view *v, const char *name)
{
	return v->out->proto && strcmp(v->out->proto->name, name) == 0;
}

msec usual_period(const struct protocol *p)
{
	bool is_685 = p && (p == protocol_find(SPAN("ademco-685")) || p == protocol_find(SPAN("caps")));
	bool radionics = p && (p == protocol_find(SPAN("radionics-6500")) || p == protocol_find(SPAN("bosch-sia")));
	return is_685 ? 45 * SECOND : radionics ? 60 * SECOND : 30 * SECOND;
}

void view_begin(struct view *v, const struct exam *x, msec now, struct findings *out)
{
	*v = (struct view){ .x = x, .out = out, .now = now };
	*out = (struct findings){ .age = CLOCK_NONE };
	v->moment = xcalloc(x->n + 1, sizeof *v->moment);
	for (size_t i = 0; i < x->n; i++) {
		const struct moment *m = &x->moment[i];
		if (m->way == FROM_HOST) {
			v->host++;
			continue;
		}
		v->moment[v->raw.n] = i;
		buf_byte(&v->raw, m->byte);
		buf_byte(&v->faults, m->fault);
	}
	buf_span(&v->bytes, buf_view(&v->raw));
}

void view_end(struct view *v)
{
	buf_free(&v->bytes);
	buf_free(&v->raw);
	buf_free(&v->faults);
	event_list_free(&v->list);
	free(v->moment);
	free(v->heard);
	free(v->run);
}

static int by_table(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	return x->symptom != y->symptom ? (x->symptom > y->symptom) - (x->symptom < y->symptom) : strcmp(x->detail, y->detail);
}

void exam_judge(const struct exam *x, msec now, struct findings *out)
{
	struct view v;
	view_begin(&v, x, now, out);
	view_line(&v);
	view_frames(&v);
	view_runs(&v);
	rules_records(&v);
	rules_answers(&v);
	rules_connections(&v);
	qsort(out->finding, out->n, sizeof *out->finding, by_table);
	view_end(&v);
}

/* Two periods or five records; or bytes that speak for other settings. */
bool findings_are_clear(const struct findings *f)
{
	static const enum symptom sure[] = { SY_PARITY_7E1, SY_PARITY_7O1, SY_PARITY_7O2, SY_PARITY_MARK, SY_PARITY_NONE, SY_PARITY_OPPOSITE, SY_SPEED };
	if (f->heartbeats >= 3 || f->frames >= 5)
		return true;
	for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
		const struct finding *found = findings_find(f, sure[i]);
		if (found && found->confidence >= 90)
			return true;
	}
	return false;
}

void exam_free(struct exam *x)
{
	free(x->moment);
	*x = (struct exam){ 0 };
}
