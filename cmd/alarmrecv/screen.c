/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event/show.h"
#include "text/terminal.h"
#include "util/file.h"

static void show_lines(struct buf *in, struct buf *out, bool colour)
{
	static struct record record;
	struct span rest = buf_view(in), line;
	const char *why;
	/* Only whole lines: the last one may still be coming. */
	while (span_find(rest, '\n') >= 0 && span_line(&rest, &line)) {
		if (record_parse(&record, line, &why) == 0) {
			record_show(out, &record, colour);
		} else {
			terminal_text(out, false, C_NONE, line);
			buf_byte(out, '\n');
		}
	}
	buf_consume(in, in->n - rest.n);
}

static int show(int from)
{
	struct buf in = { 0 }, out = { 0 };
	bool colour = terminal_colour(STDOUT_FILENO);
	ssize_t n;
	while ((n = read(from, buf_reserve(&in, 65536), 65536)) > 0 || (n < 0 && errno == EINTR)) {
		in.n += n > 0 ? (size_t)n : 0;
		show_lines(&in, &out, colour);
		if (write_all(STDOUT_FILENO, buf_view(&out)) < 0)
			return 1;
		buf_reset(&out);
	}
	buf_free(&in);
	buf_free(&out);
	return 0;
}

pid_t screen_begin(void)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid_t screen = fork();
	if (screen == 0) {
		/* ^C is reception's to hear; the screen ends with what it is given. */
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		close(ends[1]);
		_exit(show(ends[0]));
	}
	if (screen > 0 && dup2(ends[1], STDOUT_FILENO) < 0)
		screen = -1;
	int saved = errno;
	close(ends[0]);
	close(ends[1]);
	errno = saved;
	return screen;
}

void screen_end(pid_t screen)
{
	close(STDOUT_FILENO);
	while (waitpid(screen, NULL, 0) < 0 && errno == EINTR)
		;
}
