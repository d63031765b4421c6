/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/charset.h"
#include "util/clock.h"

bool terminal_is(int fd)
{
	return isatty(fd) == 1;
}

bool terminal_colour(int fd)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return terminal_is(fd) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

unsigned terminal_width(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static unsigned put_safe(struct buf *out, struct span text)
{
	unsigned columns = 0;
	while (text.n) {
		size_t control = control_length(text);
		if (control) {
			buf_printf(out, "\\x%02X", text.p[control - 1]);
			columns += 4;
		} else {
			buf_byte(out, text.p[0]);
			columns += (text.p[0] & 0xC0) != 0x80;
		}
		text = span_from(text, control ? control : 1);
	}
	return columns;
}

static unsigned put_coloured(struct buf *out, bool on, enum colour colour, struct span text)
{
	static const char *const codes[] = { "", "\033[1m", "\033[2m", "\033[1;31m", "\033[32m", "\033[33m", "\033[34m" };
	if (!on || colour == C_NONE)
		return put_safe(out, text);
	buf_str(out, codes[colour]);
	unsigned columns = put_safe(out, text);
	buf_str(out, "\033[0m");
	return columns;
}

void terminal_text(struct buf *out, bool on, enum colour colour, struct span text)
{
	put_coloured(out, on, colour, text);
}

void terminal_cell(struct buf *out, bool on, enum colour colour, struct span text, unsigned columns)
{
	for (unsigned used = put_coloured(out, on, colour, text); used < columns; used++)
		buf_byte(out, ' ');
}

static msec shown_at = CLOCK_NONE;

void progress_show(const char *label, uint64_t done, uint64_t all)
{
	msec now = clock_steady();
	if (!terminal_is(STDERR_FILENO) || (shown_at != CLOCK_NONE && now - shown_at < 100))
		return;
	shown_at = now;
	fprintf(stderr, "\r%s %3u %%", label, all ? (unsigned)(done * 100 / all) : 100);
	fflush(stderr);
}

void progress_end(void)
{
	if (shown_at != CLOCK_NONE)
		fputs("\r\033[K", stderr);
	shown_at = CLOCK_NONE;
}
