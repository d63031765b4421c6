/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "json/write.h"
#include "text/text.h"
#include "util/log.h"

const char *check_state_word(enum check_state s)
{
	static const char *const words[] = { "ok", "warning", "critical", "unknown" };
	return words[s];
}

/* "10", "~" or nothing, which is open. */
static bool read_end(struct span s, double open, double *value)
{
	char text[32], *end;
	*value = open;
	if (s.n == 0 || span_is(s, "~"))
		return true;
	snprintf(text, sizeof text, "%.*s", (int)s.n, (const char *)s.p);
	*value = strtod(text, &end);
	return *end == '\0' && isfinite(*value);
}

int range_parse(struct range *r, struct span text)
{
	struct span s = text;
	*r = (struct range){ .set = true };
	if (text.n == 0 || text.n >= sizeof r->text)
		return -1;
	memcpy(r->text, text.p, text.n);
	if (s.p[0] == '@') {
		r->inside = true;
		s = span_from(s, 1);
	}
	ptrdiff_t colon = span_find(s, ':');
	struct span low = span_sub(s, 0, colon < 0 ? 0 : (size_t)colon), high = span_from(s, (size_t)(colon + 1));
	if (!read_end(low, colon < 0 ? 0 : -INFINITY, &r->low) || !read_end(high, INFINITY, &r->high))
		return -1;
	return s.n && r->low <= r->high ? 0 : -1;
}

bool range_is_broken(const struct range *r, double value)
{
	bool within = value >= r->low && value <= r->high;
	return r->set && within == r->inside;
}

void check_judge(struct check *c, double value, const char *unit)
{
	c->has_value = true;
	c->value = value;
	c->unit = unit;
	c->state = range_is_broken(&c->critical, value) ? CHECK_CRITICAL : range_is_broken(&c->warning, value) ? CHECK_WARNING : CHECK_OK;
}

void checks_begin(struct checks *all, bool nagios, msec now)
{
	uint32_t chance;
	*all = (struct checks){ .nagios = nagios, .now = now };
	random_bytes(&chance, sizeof chance);
	epoch_new(all->epoch, now, chance);
	node_name(&all->node);
}

/* What a value looks like: no more digits than it has. */
static void put_number(struct buf *out, double value)
{
	if (fabs(value) < 1e15 && value == floor(value))
		buf_signed(out, (int64_t)value);
	else
		buf_printf(out, "%.3f", value);
}

/* "31 30 14" */
static void put_bytes(struct buf *out, struct span bytes)
{
	struct buf digits = { 0 };
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(&digits, "%s%02X", i ? " " : "", bytes.p[i]);
	json_str(out, KEY("bytes"), buf_view(&digits));
	buf_free(&digits);
}

static void put_record(struct checks *all, const struct check *c, struct buf *out)
{
	struct buf text = { 0 };
	json_begin(out);
	json_str(out, KEY("type"), SPAN("check"));
	buf_printf(&text, "%s.%s-%llu", buf_cstr(&all->node), all->epoch, (unsigned long long)++all->seq);
	json_str(out, KEY("id"), buf_view(&text));
	json_time(out, KEY("at"), all->now);
	if (c->device.n)
		json_str(out, KEY("device"), c->device);
	json_str(out, KEY("check"), span_str(c->check));
	json_str(out, KEY("state"), span_str(check_state_word(c->state)));
	if (c->has_value) {
		buf_reset(&text);
		put_number(&text, c->value);
		json_raw(out, KEY("value"), buf_view(&text));
		if (*c->unit)
			json_str(out, KEY("unit"), span_str(c->unit));
	}
	if (c->text.n)
		json_str(out, KEY("text"), c->text);
	if (c->confidence)
		json_int(out, KEY("confidence"), c->confidence);
	if (c->bytes.n)
		put_bytes(out, c->bytes);
	json_end(out);
	buf_byte(out, '\n');
	buf_free(&text);
}

/* Names of figures may hold anything but quotes and =. */
static void put_name(struct buf *out, const struct check *c)
{
	buf_byte(out, '\'');
	for (struct span s = c->device; s.n; s = span_from(s, 1))
		buf_byte(out, s.p[0] == '\'' || s.p[0] == '=' || s.p[0] < ' ' ? '_' : s.p[0]);
	if (c->device.n)
		buf_byte(out, ' ');
	buf_str(out, c->check);
	buf_byte(out, '\'');
}

/* 'disk'=12%;10;5 */
static void put_figure(struct buf *out, const struct check *c)
{
	buf_byte(out, ' ');
	put_name(out, c);
	buf_byte(out, '=');
	put_number(out, c->value);
	buf_str(out, c->unit);
	buf_printf(out, ";%s;%s", c->warning.text, c->critical.text);
}

/* A bar would begin the performance data. */
static void put_words(struct buf *out, struct span s)
{
	for (; s.n; s = span_from(s, 1))
		buf_byte(out, s.p[0] == '|' || s.p[0] < ' ' ? ' ' : s.p[0]);
}

/* A person must act on critical first; unknown is worse than a warning. */
static unsigned badness(enum check_state s)
{
	static const unsigned order[] = { [CHECK_OK] = 0, [CHECK_WARNING] = 1, [CHECK_UNKNOWN] = 2, [CHECK_CRITICAL] = 3 };
	return order[s];
}

void checks_put(struct checks *all, const struct check *c, struct buf *out)
{
	all->n++;
	if (badness(c->state) > badness(all->worst))
		all->worst = c->state;
	if (!all->nagios) {
		put_record(all, c, out);
		return;
	}
	if (c->has_value)
		put_figure(&all->perf, c);
	if (c->state == CHECK_OK)
		return;
	buf_str(&all->said, all->said.n ? "; " : "");
	if (c->device.n) {
		put_words(&all->said, c->device);
		buf_lit(&all->said, ": ");
	}
	put_words(&all->said, c->text.n ? c->text : span_str(c->check));
}

int checks_end(struct checks *all, struct buf *out)
{
	static const char *const states[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	enum check_state worst = all->n ? all->worst : CHECK_UNKNOWN;
	if (all->nagios) {
		buf_printf(out, "VIGIE %s: ", states[worst]);
		if (all->said.n)
			buf_span(out, buf_view(&all->said));
		else
			buf_printf(out, _("%u checks"), all->n);
		if (all->perf.n) {
			buf_lit(out, " |");
			buf_span(out, buf_view(&all->perf));
		}
		buf_byte(out, '\n');
	}
	bool nagios = all->nagios;
	buf_free(&all->node);
	buf_free(&all->said);
	buf_free(&all->perf);
	return nagios ? (int)worst : worst == CHECK_OK ? EXIT_OK : EXIT_NO;
}
