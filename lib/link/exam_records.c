/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the records tell: signs of life, events, and the receiver's own state. */
#include <stdlib.h>

#include "link/exam_view.h"
#include "text/text.h"

#define MISSED 3	/* periods without a sign of life */

/* The usual time between two heartbeats, between which nothing else came: traffic restarts the timer. */
static msec period(const struct view *v)
{
	msec *gap = xcalloc(v->records + 1, sizeof *gap);
	size_t n = 0;
	for (size_t i = 1; i < v->records; i++)
		if (v->heard[i].sort == HEARD_HEARTBEAT && v->heard[i - 1].sort == HEARD_HEARTBEAT)
			gap[n++] = v->heard[i].at - v->heard[i - 1].at;
	msec median = middle(gap, n);
	free(gap);
	return median;
}

static const struct heard *first(const struct view *v, enum sort sort)
{
	for (size_t i = 0; i < v->records; i++)
		if (v->heard[i].sort == sort)
			return &v->heard[i];
	return NULL;
}

static void rule_heartbeat(struct view *v)
{
	const struct heard *h = first(v, HEARD_HEARTBEAT);
	v->out->period = period(v);
	if (!h || v->out->period < SECOND)
		return;
	double seconds = (double)((v->out->period + 500) / SECOND);
	struct finding *f = find(v, SY_HEARTBEAT, v->out->heartbeats > 2 ? 95 : 80, h->frame);
	value(f, seconds, "s");
	detail(f, _("%.0f; supervise it with interval=%.0fs in the accounts file, an alarm after %.0f s"), seconds, seconds, MISSED * seconds);
}

/* Heard for long enough to say that something does not come. */
static bool heard_for(const struct view *v, msec time)
{
	return v->now - v->x->began >= time;
}

static msec period_of(const struct view *v)
{
	return v->out->period >= SECOND ? v->out->period : usual_period(v->out->proto);
}

static void rule_silence(struct view *v)
{
	if (v->records == 0)
		return;
	msec usual = period_of(v);
	const struct heard *last = &v->heard[v->records - 1];
	v->out->age = v->now - last->at;
	if (!v->out->heartbeats && !is_family(v, "radionics-6500"))
		return;
	if (v->out->age < MISSED * usual)
		return;
	struct finding *f = find(v, is_family(v, "radionics-6500") ? SY_MANUAL : SY_SILENT, 95, last->frame);
	value(f, (double)v->out->age / SECOND, "s");
	detail(f, _("for %.0f s"), (double)v->out->age / SECOND);
}

/* A host's question, S of the 685, and an answer within the 5 s that it has. */
static bool asked_and_answered(const struct view *v)
{
	for (size_t i = 0; i < v->x->n; i++) {
		const struct moment *m = &v->x->moment[i];
		for (size_t k = 0; m->way == FROM_HOST && m->byte == 'S' && k < v->records; k++)
			if (v->heard[k].moment > i && v->heard[k].at - m->at <= 5 * SECOND && v->heard[k].sort == HEARD_HEARTBEAT)
				return true;
	}
	return false;
}

static void rule_events(struct view *v)
{
	const struct heard *life = first(v, HEARD_HEARTBEAT), *status = first(v, HEARD_STATUS), *event = first(v, HEARD_EVENT);
	struct findings *out = v->out;
	if (event && !out->heartbeats && heard_for(v, 2 * usual_period(out->proto)))
		find(v, SY_NO_HEARTBEAT, out->events > 1 ? 80 : 60, event->frame);
	if (life && asked_and_answered(v) && !event)
		find(v, SY_PHONE_SIDE, 80, life->frame);
	else if (life && out->heartbeats > 1 && !event && !status)
		find(v, SY_NO_EVENTS, 90, life->frame);
	if (status && !event)
		find(v, SY_INTERNAL_ONLY, 80, status->frame);
	if (event)
		value(find(v, SY_EVENTS, 95, event->frame), out->events, "");
}

static void rule_widths(struct view *v)
{
	unsigned header_least = 255, header_most = 0, least = 255, most = 0;
	const struct heard *odd = NULL;
	for (size_t i = 0; i < v->records; i++) {
		const struct heard *h = &v->heard[i];
		if (h->sort == HEARD_HOST || h->header == 0)
			continue;
		odd = header_most && h->header != header_most && !odd ? h : odd;
		header_least = h->header < header_least ? h->header : header_least;
		header_most = h->header > header_most ? h->header : header_most;
		if (h->sort == HEARD_EVENT && h->account) {
			least = h->account < least ? h->account : least;
			most = h->account > most ? h->account : most;
		}
	}
	if (header_most && is_family(v, "surgard")) {
		value(find(v, SY_HEADER, 90, v->heard[0].frame), header_most, "");
		if (odd)
			detail(find(v, SY_HEADER_WIDTH, 80, odd->frame), _("%u and %u characters"), header_least, header_most);
	}
	if (most)
		detail(find(v, SY_ACCOUNT, 90, (struct span){ 0 }), least == most ? "%u" : _("%u to %u"), least, most);
}

/* Was the line dead for so long that the receiver had to keep what came? */
static bool is_behind_outage(const struct view *v, size_t i)
{
	return i && v->out->heartbeats && v->heard[i].at - v->heard[i - 1].at >= MISSED * period_of(v);
}

static void rule_outage(struct view *v)
{
	for (size_t i = 1; i < v->records; i++)
		if (is_behind_outage(v, i)) {
			double seconds = (double)(v->heard[i].at - v->heard[i - 1].at) / SECOND;
			struct finding *f = find(v, SY_OUTAGE, 90, v->heard[i].frame);
			value(f, seconds, "s");
			detail(f, _("for %.0f s"), seconds);
		}
}

/* Four in a row, each within seconds: nobody has so many alarms at once, and
 * every one of them was acknowledged.  Behind an outage two are enough. */
static void rule_backlog(struct view *v)
{
	unsigned row = 0, enough = 4;
	for (size_t i = 0; i < v->records; i++) {
		const struct heard *h = &v->heard[i];
		bool follows = i && h->at - v->heard[i - 1].at <= 2 * SECOND && h->hash != v->heard[i - 1].hash;
		enough = is_behind_outage(v, i) ? 2 : follows ? enough : 4;
		if (h->sort != HEARD_EVENT)
			continue;
		row = follows ? row + 1 : 1;
		if (row == enough) {
			find(v, SY_BACKLOG, enough == 2 ? 90 : 60, h->frame);
			return;
		}
	}
}

static bool is_over(const struct event *ev)
{
	return span_is(event_get(ev, F_QUALIFIER), "R") || contains(event_get(ev, F_KIND), SPAN("restoral"));
}

/* 05 of the units that print type 1, YC and YK in SIA: the host was away, or slow. */
static bool is_output(const struct event *ev)
{
	struct span code = event_get(ev, F_CODE);
	bool by_number = span_is(event_get(ev, F_ZONE), "05") && (span_is(code, "A") || span_is(code, "R"));
	return by_number || span_is(code, "YC") || span_is(code, "YK");
}

static void put_status(struct view *v, const struct heard *h, const struct event *ev)
{
	struct span label = event_get(ev, F_LABEL), severity = event_get(ev, F_SEVERITY);
	struct span code = event_get(ev, F_CODE), text = event_get(ev, F_TEXT);
	int grade = severity.n ? severity.p[0] - '0' : 0;
	enum symptom s = grade >= 4 ? SY_QUEUE_FULL : is_over(ev) || !grade ? SY_STATUS_OVER : grade >= 3 ? SY_STATUS_BAD : SY_STATUS;
	struct finding f = { 0 };
	detail(&f, "%.*s%s%.*s%s%.*s", (int)code.n, (const char *)code.p, code.n ? " " : "", (int)label.n, (const char *)label.p,
	       text.n ? " " : "", (int)text.n, (const char *)text.p);
	for (unsigned i = 0; i < v->out->n; i++)
		if (v->out->finding[i].symptom == s && strcmp(v->out->finding[i].detail, f.detail) == 0)
			return;
	detail(find(v, s, 95, h->frame), "%s", f.detail);
}

static void rule_status(struct view *v)
{
	unsigned absent = 0, back = 0;
	for (size_t i = 0; i < v->records; i++) {
		const struct heard *h = &v->heard[i];
		struct signal s;
		event_list_reset(&v->list);
		if (h->sort != HEARD_STATUS || v->out->proto->read(h->frame, &s) != V_OK)
			continue;
		if (contains(h->frame, SPAN("REJECT COMMAND")))
			find(v, SY_REJECT, 95, h->frame);
		v->out->proto->events(&s, text_language(), &v->list);
		for (unsigned k = 0; k < v->list.n; k++) {
			const struct event *ev = &v->list.event[k];
			absent += is_output(ev) && !is_over(ev);
			back += is_output(ev) && is_over(ev);
			put_status(v, h, ev);
		}
	}
	if (absent > 1 && back)
		find(v, SY_COM_ABSENT, 85, v->heard[0].frame);
}

static void rule_b32(struct view *v)
{
	for (size_t i = 0; i < v->records; i++)
		if (v->heard[i].strange)
			find(v, SY_B32, 95, v->heard[i].frame);
}

static bool is_clean(struct span s)
{
	size_t high = 0;
	for (size_t i = 0; i < s.n; i++)
		high += s.p[i] >> 7;
	return high == 0;
}

static void rule_damage(struct view *v)
{
	struct findings *out = v->out;
	bool checked = is_family(v, "ademco-8000") || is_family(v, "sk9000");
	bool lf = out->damaged && contains(buf_view(&v->bytes), SPAN("\r\n"));
	if (checked && out->damaged > 1 && out->damaged > out->frames && (lf || is_clean(v->damaged)))
		find(v, SY_CONVERTER, 80, v->damaged);
	else if (out->damaged)
		value(find(v, SY_DAMAGED, 90, v->damaged), out->damaged, "");
}

/* 2C in front of the check byte says that another packet of this number follows. */
static bool goes_on(const struct heard *h)
{
	return h->frame.n > 3 && h->frame.p[h->frame.n - 3] == ',';
}

static void rule_split(struct view *v)
{
	if (!is_family(v, "ademco-8000") && !is_family(v, "sk9000"))
		return;
	for (size_t i = 0; i < v->records; i++) {
		const struct heard *h = &v->heard[i];
		bool whole = !goes_on(h) || h->sort != HEARD_EVENT;
		for (size_t k = i + 1; k < v->records && !whole; k++)
			whole = v->heard[k].sort == HEARD_EVENT && span_eq(v->heard[k].seq, h->seq) && v->heard[k].hash != h->hash;
		if (!whole && (i + 1 < v->records || v->now - h->at > 10 * SECOND))
			find(v, SY_SPLIT, 80, h->frame);
	}
}

void rules_records(struct view *v)
{
	rule_heartbeat(v);
	rule_silence(v);
	rule_events(v);
	rule_widths(v);
	rule_outage(v);
	rule_backlog(v);
	rule_status(v);
	rule_b32(v);
	rule_damage(v);
	rule_split(v);
}
