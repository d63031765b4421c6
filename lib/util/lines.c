/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/lines.h"

#include <errno.h>
#include <unistd.h>

#define READ_SIZE ((size_t)1 << 18)

bool lines_next(struct lines *l, struct span *line)
{
	struct span rest = span_from(buf_view(&l->in), l->taken);
	ptrdiff_t lf = span_find(rest, '\n');
	size_t most = l->most ? l->most : LINES_MOST;
	size_t n = lf >= 0 ? (size_t)lf + 1 : l->ended || rest.n >= most ? rest.n : 0;
	if (n == 0)
		return false;
	l->within = l->torn;
	l->torn = lf < 0;
	*line = span_sub(rest, 0, n);
	l->taken += n;
	return true;
}

bool lines_wait(struct lines *l)
{
	if (l->ended)
		return false;
	buf_consume(&l->in, l->taken);
	l->taken = 0;
	ssize_t n;
	do
		n = read(l->fd, buf_reserve(&l->in, READ_SIZE), READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		l->in.n += (size_t)n;
	l->error = n < 0 ? errno : 0;
	l->ended = n <= 0;
	return true;
}

void lines_free(struct lines *l)
{
	buf_free(&l->in);
}
