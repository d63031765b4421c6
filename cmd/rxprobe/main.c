/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this receiver's line alive, at the right speed and parity, acknowledged?
 * Listens, and writes nothing unless it is told to. */
#include "play.h"
#include "rxprobe.h"

#include <errno.h>
#include <unistd.h>

#include "text/terminal.h"
#include "util/log.h"

enum { OPT_FOR = 256, OPT_NAGIOS, OPT_JSON, OPT_TEXT, OPT_UNTIL, OPT_TRY, OPT_ASK, OPT_ANSWER, OPT_SIMULATE, OPT_EVERY, OPT_WAIT, OPT_FAULT };

static const struct opt options[] = {
	{ OPT_FOR, "for", "TIME", N_("listen for so long (until all is clear, 70s at most)") },
	{ OPT_UNTIL, "until", "TIME", N_("with wire: judge as of this time, past the last line") },
	{ OPT_TRY, "try", NULL, N_("try other speeds and modes until one reads something sound") },
	{ OPT_ASK, "ask", NULL, N_("WRITES: send the family's link test (685, ITI, 8000, SK9000)") },
	{ OPT_ANSWER, "answer", NULL, N_("WRITES: acknowledge, and print what that takes off the receiver") },
	{ OPT_SIMULATE, "simulate", "PROTOCOL", N_("WRITES: play a receiver, and send the records on standard input") },
	{ OPT_EVERY, "every", "TIME", N_("with --simulate: between heartbeats") },
	{ OPT_WAIT, "wait", "TIME", N_("with --simulate: how long an answer may take") },
	{ OPT_FAULT, "fault", "FAULT", N_("with --simulate: lost-ack, garbage, parity, cut or slow") },
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

static enum play_fault fault_of(const struct opts *o)
{
	static const char *const words[] = {
		[PLAY_LOST_ACK] = "lost-ack", [PLAY_GARBAGE] = "garbage", [PLAY_PARITY] = "parity", [PLAY_CUT] = "cut", [PLAY_SLOW] = "slow",
	};
	for (unsigned i = PLAY_LOST_ACK; i <= PLAY_SLOW; i++)
		if (strcmp(o->value, words[i]) == 0)
			return (enum play_fault)i;
	opts_refuse(o, _("%s: no such fault; there are lost-ack, garbage, parity, cut and slow"), o->value);
}

static const struct protocol *played(const struct opts *o)
{
	const struct protocol *p = protocol_find(span_str(o->value));
	if (!p || !family_find(p))
		opts_refuse(o, _("%s: no receiver that can be played; alarmdecode --list names them, surgard is one"), o->value);
	return p;
}

/* What goes together, and what does not. */
static void check_options(struct settings *s, const struct opts *o)
{
	const struct source *from = &s->source;
	bool recorded = from->transport == OVER_WIRE, writes = s->ask || s->answer || s->simulate;
	if (from->transport == OVER_UDP)
		opts_refuse(o, _("%s: receivers speak over serial lines and TCP"), from->url);
	if (recorded && (s->try || writes))
		opts_refuse(o, "%s", _("a recorded line can only be looked at"));
	if (s->try && from->transport != OVER_SERIAL)
		opts_refuse(o, "%s", _("--try is for serial ports: TCP has no speed"));
	if (s->try + s->answer + (s->simulate != NULL) > 1)
		opts_refuse(o, "%s", _("one of --try, --answer and --simulate at a time"));
	if (s->nagios && (s->answer || s->simulate))
		opts_refuse(o, "%s", _("--nagios prints one line; --answer and --simulate print records"));
	if (s->ask && !question_exists(from->proto))
		opts_refuse(o, _("%s: this family has no harmless question: an unexpected byte would count as a bad answer"), from->url);
	if (s->simulate && !s->every)
		s->every = usual_period(s->simulate);
}

static void read_options(struct settings *s, struct opts *o)
{
	const char *why;
	for (int id; (id = opts_next(o)) != OPT_END;)
		switch (id) {
		case OPT_FOR: s->listen = opts_duration(o); break;
		case OPT_UNTIL: s->until = time_of(o); break;
		case OPT_TRY: s->try = true; break;
		case OPT_ASK: s->ask = true; break;
		case OPT_ANSWER: s->answer = true; break;
		case OPT_SIMULATE: s->simulate = played(o); break;
		case OPT_EVERY: s->every = opts_duration(o); break;
		case OPT_WAIT: s->wait = opts_duration(o); break;
		case OPT_FAULT: s->fault = fault_of(o); break;
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
	if (opts_operand(o))
		opts_refuse(o, "%s", _("one SOURCE at a time"));
	check_options(s, o);
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
	if (s->simulate)
		return probe_play(p);
	if ((s->try ? probe_try(p, &why) : probe_listen(p, &why)) < 0)
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
	p.line = (struct line){
		.loop = &p.loop, .source = &s.source, .exam = &p.exam, .writes = s.ask || s.answer || s.simulate,
	};
	buf_str(&p.device, *s.source.name ? s.source.name : s.source.path ? s.source.path : s.source.url);
	int status = run(&p);
	exam_free(&p.exam);
	loop_free(&p.loop);
	buf_free(&p.device);
	buf_free(&p.out);
	source_free(&s.source);
	return status;
}
