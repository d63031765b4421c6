/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tool says to people, on stderr: "tool: thing: reason".  No time
 * stamps and no syslog; the supervisor stamps and keeps it.  Libraries do
 * not call these: only commands speak. */
#ifndef VIGIE_UTIL_LOG_H
#define VIGIE_UTIL_LOG_H

/* Exit statuses that all tools share. */
enum {
	EXIT_OK = 0,
	EXIT_NO = 1,	/* the answer is no, or some input was bad */
	EXIT_CALL = 2,	/* called or configured wrongly */
	EXIT_WORK = 3,	/* could not do the work */
	EXIT_EMPTY = 4,	/* nothing left */
};

extern const char *log_name;	/* the tool's name; text_init() sets it */
extern int log_verbose;		/* info() speaks when it is above 0: -v */

/* Control bytes in the text are shown as \xHH: what a panel sent must not
 * reach the terminal as an escape sequence. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die(int status, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

#endif
