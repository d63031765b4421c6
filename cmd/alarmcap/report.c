/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page: 80 columns, in the language of the screen, local time. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "text/terminal.h"
#include "text/text.h"
#include "util/charset.h"
#include "util/hex.h"

#define NAME 15	/* columns */

static int by_account(const void *a, const void *b)
{
	const struct panel *p = *(struct panel *const *)a, *q = *(struct panel *const *)b;
	int order = strcmp(p->source, q->source);
	return order ? order : strcmp(p->account, q->account);
}

void report_sort(struct tally *t)
{
	if (t->panels)
		qsort(t->panel, t->panels, sizeof(struct panel *), by_account);
}

/* A cell of a table: filled with blanks in front (a number) or behind (text). */
static void put_cell(struct buf *out, struct span text, int columns)
{
	int fill = abs(columns) - (int)utf8_width(text);
	for (int i = 0; columns > 0 && i < fill; i++)
		buf_byte(out, ' ');
	terminal_text(out, false, C_NONE, text);
	for (int i = 0; columns < 0 && i < fill; i++)
		buf_byte(out, ' ');
}

static void cell(struct buf *out, int columns, const char *text)
{
	put_cell(out, span_str(text), columns);
}

__attribute__((format(printf, 3, 4))) static void cellf(struct buf *out, int columns, const char *format, ...)
{
	char text[128];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	cell(out, columns, text);
}

/* A zero is a dot: what is there stands out. */
static void number(struct buf *out, int columns, uint64_t n)
{
	if (n)
		cellf(out, columns, "%llu", (unsigned long long)n);
	else
		cell(out, columns, "·");
}

static void ms(struct buf *out, int columns, const struct counts *c, int64_t us)
{
	if (c->answered)
		cellf(out, columns, us < 9999950 ? "%.1f" : "%.0f", (double)us / 1000);
	else
		cell(out, columns, "·");
}

/* "58 s", "12 min", "3 h 05", "2 d 4 h" */
static void duration(struct buf *out, int columns, int64_t us)
{
	long long s = (us + 500000) / 1000000;
	if (s < 120)
		cellf(out, columns, _("%lld s"), s);
	else if (s < 7200)
		cellf(out, columns, _("%lld min"), s / 60);
	else if (s < 172800)
		cellf(out, columns, _("%lld h %02lld"), s / 3600, s / 60 % 60);
	else
		cellf(out, columns, _("%lld d %lld h"), s / 86400, s / 3600 % 24);
}

enum shown { DAY_MINUTE, DAY_SECOND, YEAR_SECOND };

/* "13/01/2026 20:14:03", local time. */
static void moment(struct buf *out, int64_t us, enum shown shown)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;
	if (!localtime_r(&seconds, &tm))
		return;
	buf_printf(out, "%02d/%02d", tm.tm_mday, tm.tm_mon + 1);
	if (shown == YEAR_SECOND)
		buf_printf(out, "/%d", tm.tm_year + 1900);
	buf_printf(out, " %02d:%02d", tm.tm_hour, tm.tm_min);
	if (shown != DAY_MINUTE)
		buf_printf(out, ":%02d", tm.tm_sec);
}

/* "+0.4 s", "-3 h 02", "+2 d 4 h" */
static void drift(struct buf *out, int columns, int32_t value)
{
	struct buf text = { 0 };
	int64_t size = value < 0 ? -(int64_t)value : value;
	buf_byte(&text, value < 0 ? '-' : '+');
	if (size < 120000)
		buf_printf(&text, _("%.1f s"), (double)size / 1000);
	else
		duration(&text, 0, size * 1000);
	put_cell(out, buf_view(&text), columns);
	buf_free(&text);
}

static void heading(struct buf *out, const char *text)
{
	buf_byte(out, '\n');
	buf_str(out, text);
	buf_byte(out, '\n');
}

static void row(struct buf *out, const char *label)
{
	buf_lit(out, "  ");
	cell(out, -22, label);
}

static void row_number(struct buf *out, const char *label, uint64_t n)
{
	if (n == 0)
		return;
	row(out, label);
	buf_printf(out, "%llu\n", (unsigned long long)n);
}

/* The bytes of an example: text where it can be read. */
static void put_bytes(struct buf *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] >= ' ' && bytes.p[i] < 0x7F)
			buf_byte(out, bytes.p[i]);
		else
			buf_printf(out, "<%02X>", bytes.p[i]);
}

static void put_example(struct buf *out, const struct counts *c)
{
	struct buf text = { 0 };
	if (!c->malformed)
		return;
	row(out, _("for example"));
	moment(out, c->malformed_us, DAY_SECOND);
	buf_printf(out, "  %s\n", _(c->malformed_why));
	put_bytes(&text, span_of(c->example, c->example_n));
	for (struct span rest = buf_view(&text); rest.n; rest = span_from(rest, 72)) {
		buf_lit(out, "      ");
		buf_span(out, span_sub(rest, 0, 72));
		buf_byte(out, '\n');
	}
	buf_free(&text);
}

static void put_capture(const struct whole *w, struct buf *out)
{
	const struct observer *o = w->observer;
	const struct packet_counts *c = &o->packets.count;
	const char *place = o->settings->device ? o->settings->device : o->settings->file;
	buf_str(out, _("WHAT THE WIRE SHOWS"));
	buf_byte(out, '\n');
	row(out, _("capture"));
	terminal_text(out, false, C_NONE, span_str(place));
	buf_byte(out, '\n');
	if (c->packets) {
		row(out, _("from, to"));
		moment(out, o->tally.first_us, YEAR_SECOND);
		buf_lit(out, "   ");
		moment(out, o->tally.last_us, YEAR_SECOND);
		buf_lit(out, "   ");
		duration(out, 0, o->tally.last_us - o->tally.first_us);
		buf_byte(out, '\n');
	}
	row(out, _("packets"));
	buf_printf(out, "%llu\n", (unsigned long long)c->packets);
	row_number(out, _("dropped by the system"), w->dropped);
	row_number(out, _("wrong checksum"), c->wrong_sum);
	row_number(out, _("cut short"), c->cut);
	row_number(out, _("contradictory"), c->malformed);
	row_number(out, _("bytes not captured"), o->flows.gap_bytes);
	row_number(out, _("followed no longer"), o->flows.forgotten);
	if (w->torn) {
		row(out, _("ends early"));
		buf_printf(out, "%s\n", w->torn);
	}
}

static void put_silence(const struct whole *w, struct buf *out, const struct counts *c)
{
	int64_t from, silence = counts_silence(c, w->observer->tally.last_us, &from);
	if (!silence)
		return;
	row(out, _("longest silence"));
	duration(out, 0, silence);
	buf_printf(out, " %s ", _("since"));
	moment(out, from, DAY_SECOND);
	buf_byte(out, '\n');
}

static void put_connections(struct buf *out, const struct receiver *r)
{
	row(out, _("connections"));
	buf_printf(out, "%llu", (unsigned long long)r->count.connections);
	const struct { uint64_t n; const char *text; } parts[] = {
		{ r->open_before, _("open before the capture") }, { r->resets, _("reset") }, { r->refused, _("refused") },
		{ r->one_way, _("one direction only") }, { r->foreign, r->foreign_name ? _(r->foreign_name) : _("another protocol") },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].n)
			buf_printf(out, ", %s %llu", parts[i].text, (unsigned long long)parts[i].n);
	buf_byte(out, '\n');
}

static void put_receiver(const struct whole *w, struct buf *out, struct receiver *r)
{
	struct counts *c = &r->count;
	struct buf title = { 0 };
	buf_printf(&title, "%s ", _("RECEIVER"));
	endpoint_put(&title, &r->end);
	buf_printf(&title, "  %s  %s%s%s", r->protocol == IP_TCP ? "tcp" : "udp", r->proto ? r->proto->name : "",
	           r->source ? "  " : "", r->source ? r->source : "");
	heading(out, buf_cstr(&title));
	buf_free(&title);
	row_number(out, _("panels"), r->panels);
	put_connections(out, r);
	row(out, _("frames, link tests"));
	buf_printf(out, "%llu, %llu\n", (unsigned long long)c->frames, (unsigned long long)c->polls);
	row(out, _("answered"));
	buf_printf(out, "%llu", (unsigned long long)c->answered);
	if (c->answered + c->unanswered)
		buf_printf(out, "   %.2f %%", 100.0 * (double)c->answered / (double)(c->answered + c->unanswered));
	buf_byte(out, '\n');
	if (c->answered) {
		row(out, _("after, ms"));
		buf_printf(out, "p50 %.1f   p99 %.1f   max %.1f\n", (double)delays_at(&c->delay, 500) / 1000,
		           (double)delays_at(&c->delay, 990) / 1000, (double)c->delay.most_us / 1000);
	}
	row_number(out, _("without an answer"), c->unanswered);
	row_number(out, "NAK", c->naks);
	row_number(out, "DUH", c->duhs);
	row_number(out, _("sent again by panels"), c->repeats);
	row_number(out, _("sent again by TCP"), r->again);
	row_number(out, _("bytes not captured"), r->gap_bytes);
	row_number(out, _("answers to nothing"), r->stray);
	row_number(out, _("bytes, no answer"), r->strange);
	row_number(out, _("clear to encrypted"), r->in_clear);
	if (r->has_drift) {
		row(out, _("its clock"));
		drift(out, 0, r->drift_ms);
		buf_byte(out, '\n');
	}
	put_silence(w, out, c);
	row_number(out, _("malformed"), c->malformed);
	put_example(out, c);
}

/* Source and account, the source where there are several. */
static void put_name(struct buf *out, const struct panel *p)
{
	struct buf name = { 0 };
	if (!p->account)
		buf_str(&name, _("(others)"));
	else if (*p->source)
		buf_printf(&name, "%s %s", p->source, p->account);
	else
		buf_str(&name, p->account);
	put_cell(out, buf_view(&name), -NAME);
	if (utf8_width(buf_view(&name)) >= NAME)	/* a long one has a line of its own */
		buf_printf(out, "\n%*s", NAME, "");
	buf_free(&name);
}

/* One line of each table for every panel. */
static void put_answers(struct buf *out, struct panel *p)
{
	struct counts *c = &p->count;
	put_name(out, p);
	number(out, 8, c->frames);
	number(out, 8, c->answered);
	ms(out, 8, c, delays_at(&c->delay, 500));
	ms(out, 8, c, delays_at(&c->delay, 990));
	ms(out, 9, c, c->delay.most_us);
	number(out, 7, c->unanswered);
	number(out, 5, c->naks);
	number(out, 5, c->duhs);
	number(out, 7, c->repeats);
	buf_byte(out, '\n');
}

static void put_since(struct buf *out, int64_t silence, int64_t from)
{
	struct buf since = { 0 };
	if (from) {
		duration(out, 10, silence);
		moment(&since, from, DAY_MINUTE);
		put_cell(out, buf_view(&since), 13);
	} else {
		cell(out, 10, "·");
		cell(out, 13, "·");
	}
	buf_free(&since);
}

static void put_rhythm(const struct whole *w, struct buf *out, struct panel *p)
{
	int64_t from, silence = counts_silence(&p->count, w->observer->tally.last_us, &from);
	put_name(out, p);
	number(out, 6, p->count.connections);
	number(out, 7, p->count.polls);
	if (panel_period(p))
		duration(out, 9, (int64_t)panel_period(p) * 1000000);
	else
		cell(out, 9, "·");
	put_since(out, silence, p->count.frames ? from ? from : p->count.last_us : 0);
	if (p->has_drift)
		drift(out, 10, p->drift_ms);
	else
		cell(out, 10, "·");
	number(out, 10, p->count.malformed);
	buf_byte(out, '\n');
}

static void put_heads(struct buf *out, const int widths[], const char *const heads[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cell(out, widths[i], heads[i]);
	buf_byte(out, '\n');
}

static void put_all_answers(const struct tally *t, struct buf *out)
{
	static const int widths[] = { -NAME, 8, 8, 8, 8, 9, 7, 5, 5, 7 };
	const char *const heads[] = { "", _("frames"), _("answ."), "p50 ms", "p99 ms", "max ms", _("unans."), "NAK", "DUH", _("again") };
	heading(out, _("PANELS: ANSWERS"));
	put_heads(out, widths, heads, sizeof widths / sizeof *widths);
	for (size_t i = 0; i < t->panels; i++)
		put_answers(out, t->panel[i]);
	if (t->others)
		put_answers(out, t->others);
}

static void put_all_rhythms(const struct whole *w, struct buf *out)
{
	static const int widths[] = { -NAME, 6, 7, 9, 10, 13, 10, 10 };
	const char *const heads[] = {
		"", _("conn."), _("tests"), _("every"), _("silence"), _("since"), _("clock"), _("malformed"),
	};
	const struct tally *t = &w->observer->tally;
	heading(out, _("PANELS: RHYTHM"));
	put_heads(out, widths, heads, sizeof widths / sizeof *widths);
	for (size_t i = 0; i < t->panels; i++)
		put_rhythm(w, out, t->panel[i]);
	if (t->others)
		put_rhythm(w, out, t->others);
}

/* What a panel has of its own that somebody should look at. */
static void put_notes(struct buf *out, const struct panel *p)
{
	const struct counts *c = &p->count;
	int32_t spread = p->drift_most_ms - p->drift_least_ms;
	if (!c->malformed && !c->closed_keys && !(p->has_drift && spread > 10000))
		return;
	put_name(out, p);
	buf_byte(out, '\n');
	row_number(out, _("not opened: no key"), c->closed_keys);
	if (p->has_drift && spread > 10000) {
		row(out, _("its clock"));
		drift(out, 0, p->drift_least_ms);
		buf_lit(out, " … ");
		drift(out, 0, p->drift_most_ms);
		buf_byte(out, '\n');
	}
	row_number(out, _("malformed"), c->malformed);
	put_example(out, c);
}

void report_text(const struct whole *w, struct buf *out)
{
	struct tally *t = &w->observer->tally;
	report_sort(t);
	put_capture(w, out);
	for (unsigned i = 0; i < t->receivers; i++)
		put_receiver(w, out, t->receiver[i]);
	if (!t->panels)
		return;
	put_all_answers(t, out);
	put_all_rhythms(w, out);
	size_t before = out->n;
	heading(out, _("PANELS: TO LOOK AT"));
	size_t empty = out->n;
	for (size_t i = 0; i < t->panels; i++)
		put_notes(out, t->panel[i]);
	if (out->n == empty)
		out->n = before;
}
