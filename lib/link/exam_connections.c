/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What shows in how a connection, or the port itself, comes and goes. */
#include "link/exam_view.h"
#include "text/text.h"

#define AT_ONCE (2 * SECOND)

static bool closed_at_once(const struct connection *c)
{
	return c->closed != CLOCK_NONE && c->bytes == 0 && c->closed - c->opened <= AT_ONCE;
}

static void judge_closing(struct view *v)
{
	unsigned at_once = 0, later = 0;
	for (unsigned i = 0; i < v->x->connections; i++) {
		const struct connection *c = &v->x->connection[i];
		at_once += closed_at_once(c);
		later += c->closed != CLOCK_NONE && c->bytes;
	}
	if (at_once)
		detail(find(v, SY_TWO_MASTERS, at_once > 1 ? 85 : 70, (struct span){ 0 }), _("%u of %u connections"), at_once, v->x->connections);
	if (later > 1) {
		double every = (double)(v->x->connection[v->x->connections - 1].opened - v->x->connection[0].opened) / SECOND;
		detail(find(v, SY_RECONNECTS, later > 2 ? 85 : 60, (struct span){ 0 }), _("%u times, every %.0f s"), later, every / (v->x->connections - 1));
	}
}

static void judge_tcp(struct view *v)
{
	const struct exam *x = v->x;
	if (x->refused) {
		detail(find(v, SY_REFUSED, 99, (struct span){ 0 }), "%s", x->refused);
		return;
	}
	if (!x->connections) {
		find(v, SY_NOBODY, 90, (struct span){ 0 });
		return;
	}
	judge_closing(v);
	const struct connection *last = &x->connection[x->connections - 1];
	bool quiet = view_n(v) == 0 && v->now - last->opened >= 2 * usual_period(x->expected);
	bool other = findings_find(v->out, SY_UNKNOWN_PROTOCOL) != NULL;
	if (last->closed == CLOCK_NONE && (quiet || other))
		find(v, SY_WRONG_PORT, quiet ? 70 : 60, buf_view(&v->bytes));
	else if (view_n(v) == 0 && !findings_find(v->out, SY_TWO_MASTERS))
		find(v, SY_NOTHING, 50, (struct span){ 0 });
}

void rules_connections(struct view *v)
{
	const struct exam *x = v->x;
	if (x->gone)
		find(v, SY_PORT_GONE, 99, (struct span){ 0 });
	if (x->over_tcp) {
		judge_tcp(v);
		return;
	}
	if (view_n(v))
		return;
	bool is_685 = x->expected && strcmp(x->expected->name, "ademco-685") == 0;
	double seconds = (double)(v->now - x->began) / SECOND;
	struct finding *f = find(v, is_685 ? SY_NO_DTR : SY_NOTHING, v->now - x->began >= usual_period(x->expected) ? 90 : 40, (struct span){ 0 });
	detail(f, _("in %.0f s"), seconds);
}
