/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings as records of type `check`, as lines for a person, or as the one
 * line of a monitoring system. */
#include "rxprobe.h"

#include <stdio.h>
#include <unistd.h>

#include "event/show.h"
#include "text/terminal.h"
#include "util/file.h"
#include "util/log.h"

struct report {
	struct probe *probe;
	struct checks checks;
	struct buf text;
};

static struct check check_of(const struct report *r, const char *name)
{
	return (struct check){ .check = name, .device = buf_view(&r->probe->device), .unit = "" };
}

static void put(struct report *r, struct check *c)
{
	c->text = buf_view(&r->text);
	checks_put(&r->checks, c, &r->probe->out);
}

/* What it means, and what exactly was seen: the detail, or the figure. */
static void put_words(struct buf *out, const struct finding *f)
{
	const char *meaning = _(symptom_meaning(f->symptom));
	char figure[64] = "";
	bool whole = f->value == (double)(long)f->value;
	if (f->has_value)
		snprintf(figure, sizeof figure, whole ? "%.0f%s%s" : "%.1f%s%s", f->value, *f->unit ? " " : "", f->unit);
	const char *seen = *f->detail ? f->detail : figure;
	buf_reset(out);
	if (*seen)
		buf_printf(out, _("%s: %s"), meaning, seen);
	else
		buf_str(out, meaning);
}

static void set_range(struct check *c, const struct settings *s, enum figure f, const char *warning, const char *critical)
{
	c->warning = s->warning[f];
	c->critical = s->critical[f];
	if (!c->warning.set)
		range_parse(&c->warning, span_str(warning));
	if (!c->critical.set)
		range_parse(&c->critical, span_str(critical));
}

/* Who has said how old the newest sign of life may be is not told otherwise. */
static bool is_overruled(const struct report *r, const struct finding *f)
{
	return f->symptom == SY_SILENT && r->probe->settings->critical[AGE].set;
}

static void put_finding(struct report *r, const struct finding *f)
{
	struct check c = check_of(r, symptom_word(f->symptom));
	put_words(&r->text, f);
	c.state = symptom_state(f->symptom);
	c.confidence = f->confidence;
	c.bytes = span_of(f->evidence, f->evidence_n);
	if (f->symptom == SY_ERRORS) {
		set_range(&c, r->probe->settings, ERRORS, "0", "5");
		check_judge(&c, f->value, "%");
	} else if (f->has_value && (f->symptom == SY_HEARTBEAT || !r->checks.nagios)) {
		c.has_value = true;
		c.value = f->value;
		c.unit = f->unit;
	}
	put(r, &c);
}

/* Since anything sound was heard, against two and three periods. */
static void put_age(struct report *r)
{
	const struct findings *f = &r->probe->findings;
	const struct exam *x = &r->probe->exam;
	struct check c = check_of(r, "age");
	char warning[24], critical[24];
	long period = (long)((f->period >= SECOND ? f->period : 30 * SECOND) / SECOND);
	msec age = f->age == CLOCK_NONE ? r->probe->loop.now - x->began : f->age;
	snprintf(warning, sizeof warning, "%ld", 2 * period);
	snprintf(critical, sizeof critical, "%ld", 3 * period);
	set_range(&c, r->probe->settings, AGE, warning, critical);
	buf_reset(&r->text);
	buf_printf(&r->text, f->age == CLOCK_NONE ? _("no sound record in %.0f s") : _("the newest sound record is %.0f s old"), (double)age / SECOND);
	check_judge(&c, (double)(age / SECOND), "s");
	put(r, &c);
}

static void begin(struct report *r, struct probe *p)
{
	*r = (struct report){ .probe = p };
	checks_begin(&r->checks, p->settings->nagios, p->loop.now);
}

void probe_print(const struct probe *p, struct span lines)
{
	struct buf shown = { 0 };
	bool text = p->settings->text && !p->settings->nagios;
	if (text)
		records_show(&shown, lines, terminal_colour(STDOUT_FILENO));
	if (write_all(STDOUT_FILENO, text ? buf_view(&shown) : lines) < 0)
		die(EXIT_WORK, "%s", _("standard output failed"));
	buf_free(&shown);
}

static int end(struct report *r)
{
	struct probe *p = r->probe;
	int status = checks_end(&r->checks, &p->out);
	probe_print(p, buf_view(&p->out));
	buf_reset(&p->out);
	buf_free(&r->text);
	return status;
}

int probe_report(struct probe *p)
{
	struct report r;
	begin(&r, p);
	for (unsigned i = 0; i < p->findings.n; i++)
		if (!is_overruled(&r, &p->findings.finding[i]))
			put_finding(&r, &p->findings.finding[i]);
	put_age(&r);
	return end(&r);
}

int probe_report_failure(struct probe *p, const char *why)
{
	struct report r;
	if (!p->settings->nagios) {
		warn("%s: %s", p->settings->source.url, why);
		return EXIT_WORK;
	}
	begin(&r, p);
	struct check c = check_of(&r, "line");
	c.state = CHECK_UNKNOWN;
	buf_str(&r.text, why);
	put(&r, &c);
	return end(&r);
}
