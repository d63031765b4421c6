/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/span.h"

static uint8_t fold(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

bool span_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	if (span_eq(a, b))
		return true;
	for (size_t i = 0; i < a.n; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span a)
{
	while (a.n && is_blank(a.p[0]))
		a = span_from(a, 1);
	while (a.n && is_blank(a.p[a.n - 1]))
		a.n--;
	return a;
}

bool span_word(struct span *rest, struct span *word)
{
	*rest = span_trim(*rest);
	size_t n = 0;
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	*word = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return n > 0;
}

bool span_line(struct span *rest, struct span *line)
{
	if (rest->n == 0)
		return false;
	ptrdiff_t lf = span_find(*rest, '\n');
	*line = span_sub(*rest, 0, lf < 0 ? rest->n : (size_t)lf);
	*rest = span_from(*rest, line->n + 1);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}
