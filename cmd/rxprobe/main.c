/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this receiver's line alive, at the right speed and parity, acknowledged?
 * Listens, and writes nothing unless it is told to. */
#include "rxprobe.h"

#include <errno.h>
#include <unistd.h>

#include "text/terminal.h"
#include "util/log.h"

enum { OPT_FOR = 256, OPT_NAGIOS, OPT_JSON, OPT_TEXT, OPT_UNTIL };

static const struct opt options[] = {
	{ OPT_FOR, "for", "TIME", N_("listen for so long (until all is clear, 70s at most)") },
	{ OPT_UNTIL, "until", "TIME", N_("with wire: judge as of this time, past the last line") },
	{ 'w', "warning", "FIGURE=RANGE", N_("warn outside this range, such as age=60") },
	{ 'c', "critical", "FIGURE=RANGE", N_("critical outside this range") },
	{ OPT_NAGIOS, "nagios", NULL, N_("print one line as a plugin of Nagios, with its exit status") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	{ OPT_TEXT, "text", NULL, N_("print lines for people, even into a pipe") },
	OPT_COMMON, { 0 }
};

static const struct tool tool = {
	.name = "rxprobe", .usage = "[OPTION…] SOURCE",
	.purpose = N_("is this receiver line alive, at the right speed and parity, acknowledged?"), .options = options,
};

/* "age=60" */
static void set_range(struct range ranges[], const struct opts *o)
{
	static const char *const names[FIGURES] = { [AGE] = "age", [ERRORS] = "errors" };
	struct span given = span_str(o->value);
	ptrdiff_t eq = span_find(given, '=');
	for (unsigned i = 0; i < FIGURES && eq > 0; i++)
		if (span_is(span_sub(given, 0, (size_t)eq), names[i]) && range_parse(&ranges[i], span_from(given, (size_t)eq + 1)) == 0)
			return;
	opts_refuse(o, _("%s: FIGURE=RANGE is wanted, such as age=60 or errors=5"), o->value);
}

static msec time_of(const struct opts *o)
{
	msec t = clock_parse(span_str(o->value));
	if (t == CLOCK_NONE)
		opts_refuse(o, _("%s: a time such as 2026-01-13T20:14:03Z is wanted"), o->value);
	return t;
}

static void read_options(struct settings *s, struct opts *o)
{
	const char *why;
	for (int id; (id = opts_next(o)) != OPT_END;)
		switch (id) {
		case OPT_FOR: s->listen = opts_duration(o); break;
		case OPT_UNTIL: s->until = time_of(o); break;
		case 'w': set_range(s->warning, o); break;
		case 'c': set_range(s->critical, o); break;
		case OPT_NAGIOS: s->nagios = true; break;
		case OPT_JSON: s->text = false; break;
		case OPT_TEXT: s->text = true; break;
		}
	const char *url = opts_operand(o);
	if (!url)
		opts_refuse(o, "%s", _("SOURCE is missing, such as serial:///dev/ttyUSB0?baud=9600&mode=8n1"));
	if (source_parse_any(&s->source, url, &why) < 0)
		opts_refuse(o, "%s: %s", url, why);
	if (s->source.transport == OVER_UDP)
		opts_refuse(o, _("%s: receivers speak over serial lines and TCP"), url);
	if (opts_operand(o))
		opts_refuse(o, "%s", _("one SOURCE at a time"));
}

static int run(struct probe *p)
{
	const struct settings *s = p->settings;
	const char *why = NULL;
	if (s->source.transport == OVER_WIRE) {
		int status = probe_wire(p);
		int found = status == EXIT_WORK ? status : probe_report(p);
		return found ? found : status;
	}
	if (probe_listen(p, &why) < 0)
		return probe_report_failure(p, why ? why : strerror(errno));
	return probe_report(p);
}

int main(int argc, char **argv)
{
	text_init("rxprobe");
	struct settings s = { .text = terminal_is(STDOUT_FILENO), .until = CLOCK_NONE };
	static struct probe p;
	struct opts o = opts_begin(&tool, argc, argv);
	read_options(&s, &o);
	p.settings = &s;
	if (loop_init(&p.loop, clock_now) < 0)
		die(EXIT_WORK, "%s", strerror(errno));
	p.loop.now = clock_now();
	exam_begin(&p.exam, s.source.proto, &s.source.serial, p.loop.now);
	p.exam.over_tcp = s.source.transport == OVER_TCP || s.source.transport == OVER_TCP_CONNECT;
	p.line = (struct line){ .loop = &p.loop, .source = &s.source, .exam = &p.exam };
	buf_str(&p.device, *s.source.name ? s.source.name : s.source.path ? s.source.path : s.source.url);
	int status = run(&p);
	exam_free(&p.exam);
	loop_free(&p.loop);
	buf_free(&p.device);
	buf_free(&p.out);
	source_free(&s.source);
	return status;
}
