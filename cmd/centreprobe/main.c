/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The centre's own health, for cron: each thing that it stands on is looked
 * at once, and a test signal may go all the way through. */
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "centreprobe.h"
#include "event/show.h"
#include "text/terminal.h"
#include "util/file.h"
#include "util/log.h"

enum { OPT_NAGIOS = 256, OPT_JSON, OPT_TEXT, OPT_SPOOL, OPT_LOGBOOK, OPT_LOOP, OPT_WITHIN, OPT_ALL };

static const struct opt options[] = {
	{ OPT_SPOOL, "spool", "DIR", N_("the journal") },
	{ OPT_LOGBOOK, "logbook", "FILE", N_("the main courante") },
	{ OPT_LOOP, "loop", "DESTINATION", N_("send a test signal there and wait until the logbook has it") },
	{ 'a', "account", "ACCOUNT", N_("the account of the test signal") },
	{ 'k', "keys", "FILE", N_("the key that the test signal is sent with") },
	{ OPT_WITHIN, "within", "TIME", N_("how long the test signal may take (10s)") },
	{ OPT_ALL, "all", NULL, N_("check all of the logbook, not only its newest entries") },
	{ 'w', "warning", "CHECK=RANGE", N_("warn outside this range, such as disk=20:") },
	{ 'c', "critical", "CHECK=RANGE", N_("critical outside this range") },
	{ OPT_NAGIOS, "nagios", NULL, N_("print one line as a plugin of Nagios, with its exit status") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	{ OPT_TEXT, "text", NULL, N_("print lines for people, even into a pipe") },
	OPT_COMMON, { 0 }
};

static const struct tool tool = {
	.name = "centreprobe", .usage = "[OPTION…] [CHECK…]",
	.purpose = N_("is the centre itself well? clock, disk, journal, logbook, and the whole way of a signal"),
	.options = options,
};

/* By enum figure.  Defaults are ours, not a standard's. */
static const struct {
	const char *name, *warning, *critical;
} figures[FIGURES] = {
	[CLOCK] = { "clock", "100", "1000" },		/* ms that it may be wrong */
	[DISK] = { "disk", "10:", "5:" },		/* % free */
	[FSYNC] = { "fsync", "50", "500" },		/* ms */
	[WRITER] = { "writer", "", "" },
	[AGE] = { "age", "93600", "" },			/* s since the newest record: a daily test is late at 26 h */
	[CURSOR] = { "cursor", "60", "300" },		/* s behind */
	[LINK] = { "link", "", "0" },			/* paths that are down */
	[LOGBOOK] = { "logbook", "", "" },
	[LOOP] = { "loop", "5", "" },			/* s */
};

static const struct {
	const char *name;
	void (*run)(struct probe *p);
} checks[] = {
	{ "clock", probe_clock }, { "disk", probe_disk }, { "journal", probe_journal }, { "cursors", probe_cursors },
	{ "links", probe_links }, { "logbook", probe_logbook }, { "loop", probe_loop },
};
#define CHECKS (sizeof checks / sizeof *checks)

struct check probe_check(const struct probe *p, enum figure f, struct span device)
{
	return (struct check){ .check = figures[f].name, .device = device, .warning = p->warning[f], .critical = p->critical[f] };
}

static void say(struct probe *p, struct check *c, const char *format, va_list more) __attribute__((format(printf, 3, 0)));
static void say(struct probe *p, struct check *c, const char *format, va_list more)
{
	buf_reset(&p->text);
	buf_vprintf(&p->text, format, more);
	c->text = buf_view(&p->text);
}

void probe_value(struct probe *p, struct check *c, double value, const char *unit, const char *format, ...)
{
	va_list more;
	va_start(more, format);
	say(p, c, format, more);
	va_end(more);
	check_judge(c, value, unit);
	checks_put(&p->checks, c, &p->out);
}

void probe_state(struct probe *p, struct check *c, enum check_state state, const char *format, ...)
{
	va_list more;
	va_start(more, format);
	say(p, c, format, more);
	va_end(more);
	c->state = state;
	checks_put(&p->checks, c, &p->out);
}

/* "disk=20:" */
static void set_range(struct range ranges[], const struct opts *o)
{
	struct span given = span_str(o->value);
	ptrdiff_t eq = span_find(given, '=');
	for (unsigned i = 0; i < FIGURES && eq > 0; i++)
		if (span_is(span_sub(given, 0, (size_t)eq), figures[i].name)) {
			if (range_parse(&ranges[i], span_from(given, (size_t)eq + 1)) < 0)
				break;
			return;
		}
	opts_refuse(o, _("%s: CHECK=RANGE is wanted, such as disk=20: or fsync=100"), o->value);
}

static void set_defaults(struct probe *p)
{
	for (unsigned i = 0; i < FIGURES; i++) {
		if (*figures[i].warning)
			range_parse(&p->warning[i], span_str(figures[i].warning));
		if (*figures[i].critical)
			range_parse(&p->critical[i], span_str(figures[i].critical));
	}
}

struct manner {
	bool nagios, text;
};

static struct manner read_options(struct probe *p, struct settings *s, struct opts *o)
{
	struct manner m = { .text = terminal_is(STDOUT_FILENO) };
	for (int id; (id = opts_next(o)) != OPT_END;)
		switch (id) {
		case OPT_SPOOL: free(s->spool); s->spool = xstrdup(o->value); break;
		case OPT_LOGBOOK: free(s->logbook); s->logbook = xstrdup(o->value); break;
		case OPT_LOOP: s->loop = o->value; break;
		case 'a': s->account = o->value; break;
		case 'k': s->keys = o->value; break;
		case OPT_WITHIN: s->within = opts_duration(o); break;
		case OPT_ALL: s->all = true; break;
		case 'w': set_range(p->warning, o); break;
		case 'c': set_range(p->critical, o); break;
		case OPT_NAGIOS: m.nagios = true; break;
		case OPT_JSON: m.text = false; break;
		case OPT_TEXT: m.text = true; break;
		}
	if (s->loop && !s->account)
		opts_refuse(o, _("--loop: say with --account whose test it is"));
	return m;
}

/* All, but for the loop where nobody said which way it goes. */
static void run(struct probe *p, struct opts *o)
{
	bool wanted[CHECKS] = { false }, some = false;
	for (const char *name; (name = opts_operand(o));) {
		size_t i = 0;
		while (i < CHECKS && strcmp(checks[i].name, name) != 0)
			i++;
		if (i == CHECKS)
			opts_refuse(o, _("%s: no such check; there are clock, disk, journal, cursors, links, logbook and loop"), name);
		some = wanted[i] = true;
		if (checks[i].run == probe_loop && !p->settings->loop)
			opts_refuse(o, _("loop: --loop says where the test signal is sent"));
	}
	for (size_t i = 0; i < CHECKS; i++)
		if (wanted[i] || (!some && (checks[i].run != probe_loop || p->settings->loop)))
			checks[i].run(p);
}

static void show(struct probe *p, bool text)
{
	struct buf lines = { 0 };
	if (text)
		records_show(&lines, buf_view(&p->out), terminal_colour(STDOUT_FILENO));
	if (write_all(STDOUT_FILENO, text ? buf_view(&lines) : buf_view(&p->out)) < 0)
		die(EXIT_WORK, "%s", _("standard output failed"));
	buf_free(&lines);
}

int main(int argc, char **argv)
{
	text_init("centreprobe");
	struct settings s = { .spool = path_state("spool"), .logbook = path_state("mcourante.db"), .within = 10 * SECOND };
	struct probe p = { .settings = &s, .now = clock_now() };
	struct opts o = opts_begin(&tool, argc, argv);
	set_defaults(&p);
	struct manner m = read_options(&p, &s, &o);
	checks_begin(&p.checks, m.nagios, p.now);
	run(&p, &o);
	int status = checks_end(&p.checks, &p.out);
	show(&p, m.text && !m.nagios);
	buf_free(&p.out);
	buf_free(&p.text);
	free(s.spool);
	free(s.logbook);
	return status;
}
