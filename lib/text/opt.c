/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/opt.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/charset.h"
#include "util/log.h"

static const struct opt common[] = { OPT_COMMON, { 0 } };

static const struct opt *options_of(const struct opts *o)
{
	const struct opt *own = o->verb ? o->verb->options : o->tool->options;
	return own ? own : common;
}

static void spaces(unsigned n)
{
	printf("%*s", (int)n, "");
}

/* "usage: alarmspool follow [-c NAME] DIR", a line for each line of `usage`. */
static void print_usage(FILE *out, const char *tool, const char *verb, const char *usage)
{
	const char *head = _("usage: ");
	for (bool first = true; usage; first = false) {
		const char *end = strchr(usage, '\n');
		int n = end ? (int)(end - usage) : (int)strlen(usage);
		fprintf(out, "%*s%s%s%s%s%.*s\n", (int)utf8_width(span_str(head)), first ? head : "", tool,
		        verb ? " " : "", verb ? verb : "", n ? " " : "", n, usage);
		usage = end ? end + 1 : NULL;
	}
}

/* "  -c, --cursor NAME" */
static struct span option_head(const struct opt *opt, struct buf *scratch)
{
	buf_reset(scratch);
	if (opt->id < 256)
		buf_printf(scratch, "  -%c, --%s", opt->id, opt->name);
	else
		buf_printf(scratch, "      --%s", opt->name);
	if (opt->argument)
		buf_printf(scratch, " %s", opt->argument);
	return buf_view(scratch);
}

static void print_columns(const char *left, unsigned width, const char *right)
{
	fputs(left, stdout);
	spaces(width - (unsigned)utf8_width(span_str(left)));
	puts(right);
}

static void print_options(const struct opt *options)
{
	struct buf head = { 0 };
	unsigned width = 0;
	for (const struct opt *opt = options; opt->name; opt++) {
		unsigned n = (unsigned)option_head(opt, &head).n + 2;
		if (n > width)
			width = n;
	}
	for (const struct opt *opt = options; opt->name; opt++) {
		option_head(opt, &head);
		print_columns(buf_cstr(&head), width, _(opt->help));
	}
	buf_free(&head);
}

static void print_help(const struct opts *o)
{
	if (o->verb) {
		print_usage(stdout, o->tool->name, o->verb->name, o->verb->usage);
		printf("%s\n\n", _(o->verb->purpose));
	} else {
		print_usage(stdout, o->tool->name, NULL, o->tool->usage);
		printf("%s\n\n", _(o->tool->purpose));
	}
	print_options(options_of(o));
}

static void print_tool_help(const struct tool *tool)
{
	unsigned width = 0;
	for (const struct verb *v = tool->verbs; v->name; v++)
		if (strlen(v->name) > width)
			width = (unsigned)strlen(v->name);
	print_usage(stdout, tool->name, NULL, _("VERB [OPTION…] …"));
	printf("%s\n\n", _(tool->purpose));
	for (const struct verb *v = tool->verbs; v->name; v++) {
		printf("  ");
		print_columns(v->name, width + 2, _(v->purpose));
	}
	printf(_("\n%s VERB --help tells the options of a verb.\n"), tool->name);
}

static void finish_stdout(void)
{
	if (fflush(stdout) != 0)
		exit(EXIT_WORK);
	exit(EXIT_OK);
}

static void print_version(const struct tool *tool)
{
	printf("%s (vigie) %s\n", tool->name, VIGIE_VERSION);
}

/* getopt's tables from ours. */
static void translate(const struct opt *options, struct buf *letters, struct buf *names)
{
	for (const struct opt *opt = options; opt->name; opt++) {
		struct option name = {
			.name = opt->name, .val = opt->id,
			.has_arg = opt->argument ? required_argument : no_argument,
		};
		buf_add(names, &name, sizeof name);
		if (opt->id < 256)
			buf_printf(letters, "%c%s", opt->id, opt->argument ? ":" : "");
	}
	buf_add(names, &(struct option){ 0 }, sizeof(struct option));
}

struct opts opts_begin(const struct tool *tool, int argc, char **argv)
{
	optind = 0;	/* glibc: begin anew */
	return (struct opts){ .tool = tool, .argc = argc, .argv = argv, .next = 1 };
}

int opts_next(struct opts *o)
{
	struct buf letters = { 0 }, names = { 0 };
	translate(options_of(o), &letters, &names);
	int id = getopt_long(o->argc, o->argv, buf_cstr(&letters), (struct option *)(void *)names.p, NULL);
	buf_free(&letters);
	buf_free(&names);
	o->value = optarg;
	o->next = optind;
	switch (id) {
	case 'h':
		print_help(o);
		finish_stdout();
		break;
	case 'V':
		print_version(o->tool);
		finish_stdout();
		break;
	case 'v':
		log_verbose++;
		return opts_next(o);
	case '?':	/* getopt has said what */
		print_usage(stderr, o->tool->name, o->verb ? o->verb->name : NULL,
		            o->verb ? o->verb->usage : o->tool->usage);
		exit(EXIT_CALL);
	default:
		break;
	}
	return id;
}

const char *opts_operand(struct opts *o)
{
	return o->next < o->argc ? o->argv[o->next++] : NULL;
}

void opts_refuse(const struct opts *o, const char *format, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	warn("%s", text);
	print_usage(stderr, o->tool->name, o->verb ? o->verb->name : NULL,
	            o->verb ? o->verb->usage : o->tool->usage);
	exit(EXIT_CALL);
}

long opts_number(const struct opts *o, long least, long most)
{
	char *end;
	long value = strtol(o->value, &end, 10);
	if (end == o->value || *end || value < least || value > most)
		opts_refuse(o, _("%s: a whole number from %ld to %ld is wanted"), o->value, least, most);
	return value;
}

msec opts_duration(const struct opts *o)
{
	msec length = clock_duration(span_str(o->value));
	if (length == CLOCK_NONE)
		opts_refuse(o, _("%s: a duration is wanted, such as 30s, 15m, 36h or 90d"), o->value);
	return length;
}

int tool_run(const struct tool *tool, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		print_tool_help(tool);
		finish_stdout();
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		print_version(tool);
		finish_stdout();
	}
	for (const struct verb *v = tool->verbs; v->name; v++) {
		if (strcmp(name, v->name) != 0)
			continue;
		struct opts o = opts_begin(tool, argc - 1, argv + 1);
		o.verb = v;
		return v->run(&o);
	}
	if (*name)
		warn(_("%s: no such verb; %s --help lists them"), name, tool->name);
	else
		warn(_("a verb is wanted; %s --help lists them"), tool->name);
	return EXIT_CALL;
}
