/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options.  One table parses, prints --help, and is what the tests hold the
 * manual and the completions against. */
#ifndef VIGIE_TEXT_OPT_H
#define VIGIE_TEXT_OPT_H

#include "text/text.h"
#include "util/clock.h"

struct opt {
	int id;			/* the short letter, or a number above 255 where there is none */
	const char *name;	/* the long name */
	const char *argument;	/* NULL when it takes none */
	const char *help;	/* N_() */
};

/* Every table ends with these and { 0 }; opts_next() handles them itself. */
#define OPT_COMMON \
	{ 'v', "verbose", NULL, N_("say more on stderr") }, \
	{ 'h', "help", NULL, N_("show this help and exit") }, \
	{ 'V', "version", NULL, N_("show the version and exit") }

/* A command line being read. */
struct opts {
	const struct tool *tool;
	const struct verb *verb;	/* NULL outside a verb */
	int argc;
	char **argv;
	int next;		/* internal */
	const char *value;	/* argument of the option just returned */
};

/* `alarmspool follow`: follow is a verb, with its own usage and options. */
struct verb {
	const char *name;
	const char *usage;	/* what follows the name: "[-c NAME] DIR" */
	const char *purpose;	/* N_() */
	const struct opt *options;
	int (*run)(struct opts *o);	/* gives the exit status */
};

struct tool {
	const char *name;
	const char *usage;	/* lines after the name, NULL when it has verbs */
	const char *purpose;	/* N_(), one clause */
	const struct opt *options;	/* NULL when it has verbs */
	const struct verb *verbs;	/* ends with { 0 }; NULL when it has none */
};

#define OPT_END (-1)

struct opts opts_begin(const struct tool *tool, int argc, char **argv);

/* The id of the next option, its argument in o->value; OPT_END when only
 * operands are left.  A wrong call is told and exits 2. */
int opts_next(struct opts *o);

/* The next operand, NULL when none is left. */
const char *opts_operand(struct opts *o);

/* Exits 2 with a message and the usage line. */
void opts_refuse(const struct opts *o, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* The option's argument as a number within bounds, or as a duration ("36h"), or exits 2. */
long opts_number(const struct opts *o, long least, long most);
msec opts_duration(const struct opts *o);

/* Runs the verb that the first argument names; gives its exit status. */
int tool_run(const struct tool *tool, int argc, char **argv);

#endif
