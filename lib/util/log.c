/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/charset.h"

const char *log_name = "vigie";
int log_verbose;

/* One write a line, so that lines of several processes do not mix. */
static __attribute__((format(printf, 1, 0))) void say(const char *format, va_list ap)
{
	int saved = errno;
	char text[2048];
	int n = vsnprintf(text, sizeof text, format, ap);
	if (n >= (int)sizeof text)
		n = sizeof text - 1;

	struct buf line = { 0 };
	buf_printf(&line, "%s: ", log_name);
	for (struct span rest = span_of(text, n < 0 ? 0 : (size_t)n); rest.n;) {
		size_t control = rest.p[0] == '\n' || rest.p[0] == '\t' ? 0 : control_length(rest);
		if (control)
			buf_printf(&line, "\\x%02X", rest.p[control - 1]);
		else
			buf_byte(&line, rest.p[0]);
		rest = span_from(rest, control ? control : 1);
	}
	buf_byte(&line, '\n');
	if (write(STDERR_FILENO, line.p, line.n) < 0)
		errno = 0;	/* nobody listens; the work goes on */
	buf_free(&line);
	errno = saved;
}

void warn(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void info(const char *format, ...)
{
	if (log_verbose < 1)
		return;
	va_list ap;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void die(int status, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	exit(status);
}
