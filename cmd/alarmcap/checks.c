/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report as records of type `check`: the capture, each receiver, each panel. */
#include "report.h"

#include <stdio.h>

#include "json/write.h"

static void begin(const struct whole *w, struct buf *out, const char *check, bool good)
{
	struct observer *o = w->observer;
	buf_reset(&o->id);
	buf_span(&o->id, buf_view(&o->node));
	buf_printf(&o->id, ".%s-%llu", *o->epoch ? o->epoch : "0", (unsigned long long)++o->seq);
	json_begin(out);
	json_str(out, KEY("type"), SPAN("check"));
	json_str(out, KEY("id"), buf_view(&o->id));
	json_time(out, KEY("at"), o->tally.last_us / 1000);
	json_str(out, KEY("check"), span_str(check));
	json_str(out, KEY("state"), good ? SPAN("ok") : SPAN("warning"));
}

static void end(struct buf *out)
{
	json_end(out);
	buf_byte(out, '\n');
}

static void put_ms(struct buf *out, struct span key, int64_t us)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%.3f", (double)us / 1000);
	json_raw(out, key, span_of(text, (size_t)n));
}

static void put_tenths(struct buf *out, struct span key, int32_t ms)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%.1f", (double)ms / 1000);
	json_raw(out, key, span_of(text, (size_t)n));
}

static void put_number(struct buf *out, struct span key, uint64_t n)
{
	json_int(out, key, (int64_t)n);
}

/* The first malformed frame, its time and why. */
static void put_example(struct buf *out, const struct counts *c)
{
	if (!c->malformed)
		return;
	json_begin_in(out, KEY("example"));
	json_time(out, KEY("at"), c->malformed_us / 1000);
	json_str(out, KEY("detail"), span_str(c->malformed_why));
	json_bytes(out, span_of(c->example, c->example_n));
	json_end(out);
}

static void put_counts(const struct whole *w, struct buf *out, struct counts *c)
{
	int64_t from, silence = counts_silence(c, w->observer->tally.last_us, &from);
	put_number(out, KEY("connections"), c->connections);
	put_number(out, KEY("frames"), c->frames);
	put_number(out, KEY("polls"), c->polls);
	put_number(out, KEY("answered"), c->answered);
	put_number(out, KEY("unanswered"), c->unanswered);
	put_number(out, KEY("naks"), c->naks);
	put_number(out, KEY("duhs"), c->duhs);
	put_number(out, KEY("retries"), c->repeats);
	put_number(out, KEY("malformed"), c->malformed);
	if (c->answered) {
		put_ms(out, KEY("p50_ms"), delays_at(&c->delay, 500));
		put_ms(out, KEY("p99_ms"), delays_at(&c->delay, 990));
		put_ms(out, KEY("max_ms"), c->delay.most_us);
	}
	if (c->frames) {
		json_int(out, KEY("silence_s"), (silence + 500000) / 1000000);
		json_time(out, KEY("silence_from"), (from ? from : c->last_us) / 1000);
	}
}

static bool is_good(const struct counts *c)
{
	return c->unanswered + c->naks + c->duhs + c->malformed + c->closed_keys == 0;
}

static void put_receiver(const struct whole *w, struct buf *out, struct receiver *r)
{
	struct buf name = { 0 };
	endpoint_put(&name, &r->end);
	begin(w, out, "receiver", is_good(&r->count) && !r->gaps && !r->foreign && !r->one_way);
	json_str(out, KEY("receiver"), buf_view(&name));
	json_str(out, KEY("via"), r->protocol == IP_TCP ? SPAN("tcp") : SPAN("udp"));
	if (r->proto)
		json_str(out, KEY("proto"), span_str(r->proto->name));
	if (r->source)
		json_str(out, KEY("source"), span_str(r->source));
	put_number(out, KEY("panels"), r->panels);
	put_counts(w, out, &r->count);
	put_number(out, KEY("open_before"), r->open_before);
	put_number(out, KEY("resets"), r->resets);
	put_number(out, KEY("refused"), r->refused);
	put_number(out, KEY("one_way"), r->one_way);
	put_number(out, KEY("other_protocol"), r->foreign);
	put_number(out, KEY("tcp_again"), r->again);
	put_number(out, KEY("gaps"), r->gaps);
	put_number(out, KEY("gap_bytes"), r->gap_bytes);
	put_number(out, KEY("stray_answers"), r->stray);
	put_number(out, KEY("clear_answers"), r->in_clear);
	if (r->has_drift)
		put_tenths(out, KEY("drift_s"), r->drift_ms);
	put_example(out, &r->count);
	end(out);
	buf_free(&name);
}

static void put_panel(const struct whole *w, struct buf *out, struct panel *p)
{
	begin(w, out, "panel", is_good(&p->count));
	if (p->account && *p->source)
		json_str(out, KEY("source"), span_str(p->source));
	if (p->account)
		json_str(out, KEY("account"), span_str(p->account));
	if (p->receiver) {
		struct buf name = { 0 };
		endpoint_put(&name, &p->receiver->end);
		json_str(out, KEY("receiver"), buf_view(&name));
		buf_free(&name);
	}
	put_counts(w, out, &p->count);
	put_number(out, KEY("unopened"), p->count.closed_keys);
	if (panel_period(p))
		json_int(out, KEY("poll_s"), panel_period(p));
	if (p->has_drift) {
		put_tenths(out, KEY("drift_s"), p->drift_ms);
		put_tenths(out, KEY("drift_least_s"), p->drift_least_ms);
		put_tenths(out, KEY("drift_most_s"), p->drift_most_ms);
	}
	put_example(out, &p->count);
	end(out);
}

static void put_capture(const struct whole *w, struct buf *out)
{
	const struct observer *o = w->observer;
	const struct packet_counts *c = &o->packets.count;
	uint64_t trouble = w->dropped + c->wrong_sum + c->cut + c->malformed + o->flows.gap_bytes + o->flows.forgotten;
	begin(w, out, "capture", !trouble && !w->torn);
	if (c->packets)
		json_time(out, KEY("from"), o->tally.first_us / 1000);
	put_number(out, KEY("packets"), c->packets);
	put_number(out, KEY("bytes"), c->bytes);
	put_number(out, KEY("other"), c->other);
	put_number(out, KEY("dropped"), w->dropped);
	put_number(out, KEY("wrong_checksum"), c->wrong_sum);
	put_number(out, KEY("offloaded"), c->offloaded);
	put_number(out, KEY("cut"), c->cut);
	put_number(out, KEY("contradictory"), c->malformed);
	put_number(out, KEY("captured_twice"), o->flows.twice);
	put_number(out, KEY("fragments"), c->fragments);
	put_number(out, KEY("fragmented_lost"), o->packets.fragments.lost + o->packets.fragments.n);
	put_number(out, KEY("gap_bytes"), o->flows.gap_bytes);
	put_number(out, KEY("connections_most"), o->flows.n_most);
	put_number(out, KEY("connections_forgotten"), o->flows.forgotten);
	put_number(out, KEY("squeezed"), o->flows.squeezed);
	if (w->torn)
		json_bool(out, KEY("torn"), true);
	end(out);
}

void report_records(const struct whole *w, struct buf *out)
{
	struct tally *t = &w->observer->tally;
	report_sort(t);
	put_capture(w, out);
	for (unsigned i = 0; i < t->receivers; i++)
		put_receiver(w, out, t->receiver[i]);
	for (size_t i = 0; i < t->panels; i++)
		put_panel(w, out, t->panel[i]);
	if (t->others)
		put_panel(w, out, t->others);
}
