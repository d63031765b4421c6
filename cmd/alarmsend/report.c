/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "run.h"
#include "text/terminal.h"
#include "util/file.h"
#include "util/log.h"

static void begin_record(struct run *run, struct buf *out, const char *type)
{
	struct buf id = { 0 };
	buf_printf(&id, "%.*s.%s-%llu", (int)run->node.n, (const char *)run->node.p, run->epoch,
	           (unsigned long long)++run->reports);
	json_begin(out);
	json_str(out, KEY("type"), span_str(type));
	json_str(out, KEY("id"), buf_view(&id));
	json_time(out, KEY("at"), clock_now());
	buf_free(&id);
}

static void end_record(struct buf *out)
{
	json_end(out);
	buf_byte(out, '\n');
}

static void put_ms(struct buf *out, struct span key, int64_t us)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%.2f", (double)us / 1000);
	json_raw(out, key, span_of(text, (size_t)n));
}

static const char *destination(const struct run *run, const struct outcome *o)
{
	return o->target ? o->target->url : run->plan->target[0].url;
}

static void delivery_record(struct run *run, const struct message *m, const struct outcome *o)
{
	struct buf *out = &run->out;
	char seq[16];
	snprintf(seq, sizeof seq, "%04u", m->seq);
	begin_record(run, out, "delivery");
	json_str(out, KEY("destination"), span_str(destination(run, o)));
	if (m->account.n)
		json_str(out, KEY("account"), buf_view(&m->account));
	if (m->seq <= DC09_SEQ_MOST)
		json_str(out, KEY("seq"), span_str(seq));
	json_str(out, KEY("reply"), span_str(answer_word(o->answer)));
	if (o->fate == FATE_UNCONNECTED)
		json_bool(out, KEY("connected"), false);
	if (o->answer != A_NONE)
		put_ms(out, KEY("latency_ms"), o->latency_us);
	json_int(out, KEY("tries"), o->sent);
	end_record(out);
}

static const char *words(const struct outcome *o)
{
	switch (o->fate) {
	case FATE_ACKNOWLEDGED:
		return _("acknowledged");
	case FATE_REFUSED:
		return o->answer == A_NAK ? _("refused for its time (NAK)") : _("refused (DUH)");
	case FATE_UNANSWERED:
		return _("no answer");
	default:
		return _("no connection");
	}
}

/* "acknowledged  1002 0101  3.2 ms  dc09+tcp://192.0.2.1:6001" */
static void delivery_line(struct run *run, const struct message *m, const struct outcome *o)
{
	struct buf *out = &run->out, rest = { 0 };
	bool colour = terminal_colour(STDOUT_FILENO);
	terminal_text(out, colour, o->fate == FATE_ACKNOWLEDGED ? C_GREEN : C_RED, span_str(words(o)));
	buf_lit(&rest, "  ");
	buf_span(&rest, buf_view(&m->account));
	if (m->seq <= DC09_SEQ_MOST)
		buf_printf(&rest, " %04u", m->seq);
	if (o->answer != A_NONE)
		buf_printf(&rest, "  %.1f ms", (double)o->latency_us / 1000);
	if (o->sent > 1)
		buf_printf(&rest, _("  sent %u times"), o->sent);
	buf_printf(&rest, "  %s\n", destination(run, o));
	terminal_text(out, false, C_NONE, span_sub(buf_view(&rest), 0, rest.n - 1));
	buf_byte(out, '\n');
	buf_free(&rest);
}

void report_delivery(struct run *run, const struct message *m, const struct outcome *o)
{
	if (run->plan->show)
		delivery_line(run, m, o);
	else
		delivery_record(run, m, o);
}

void report_error(struct run *run, const char *error, const char *detail)
{
	begin_record(run, &run->out, "error");
	json_str(&run->out, KEY("error"), span_str(error));
	json_str(&run->out, KEY("detail"), span_str(detail));
	end_record(&run->out);
}

static void load_record(struct run *run, double seconds)
{
	const struct tally *t = &run->tally;
	const struct histogram *h = &t->latency;
	struct buf *out = &run->out;
	char text[32];
	begin_record(run, out, "load");
	json_str(out, KEY("destination"), span_str(run->plan->target[0].url));
	json_int(out, KEY("connections"), run->plan->connections);
	json_int(out, KEY("acked"), (int64_t)t->acked);
	json_int(out, KEY("naks"), (int64_t)t->naks);
	json_int(out, KEY("duhs"), (int64_t)t->duhs);
	json_int(out, KEY("timeouts"), (int64_t)t->timeouts);
	json_int(out, KEY("unconnected"), (int64_t)t->unconnected);
	snprintf(text, sizeof text, "%.3f", seconds);
	json_raw(out, KEY("seconds"), span_str(text));
	snprintf(text, sizeof text, "%.1f", (double)t->acked / seconds);
	json_raw(out, KEY("frames_per_s"), span_str(text));
	put_ms(out, KEY("p50_ms"), (int64_t)histogram_at(h, 500));
	put_ms(out, KEY("p99_ms"), (int64_t)histogram_at(h, 990));
	put_ms(out, KEY("max_ms"), (int64_t)h->most);
	end_record(out);
}

static void load_lines(struct run *run, double seconds)
{
	const struct tally *t = &run->tally;
	const struct histogram *h = &t->latency;
	buf_printf(&run->out, _("%llu acknowledged in %.1f s: %.0f frames/s; latency p50 %.1f ms, p99 %.1f ms, most %.1f ms\n"),
	           (unsigned long long)t->acked, seconds, (double)t->acked / seconds,
	           (double)histogram_at(h, 500) / 1000, (double)histogram_at(h, 990) / 1000, (double)h->most / 1000);
	if (t->naks + t->duhs + t->timeouts + t->unconnected)
		buf_printf(&run->out, _("%llu NAK, %llu DUH, %llu without an answer, %llu without a connection\n"),
		           (unsigned long long)t->naks, (unsigned long long)t->duhs,
		           (unsigned long long)t->timeouts, (unsigned long long)t->unconnected);
}

void report_load(struct run *run)
{
	int64_t us = clock_steady_us() - run->tally.began_us;
	double seconds = us > 0 ? (double)us / 1e6 : 1e-6;
	if (run->plan->show)
		load_lines(run, seconds);
	else
		load_record(run, seconds);
	report_flush(run);
}

void report_flush(struct run *run)
{
	if (run->out.n && write_all(STDOUT_FILENO, buf_view(&run->out)) < 0)
		die(EXIT_WORK, _("stdout: %s"), strerror(errno));
	buf_reset(&run->out);
}
