/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "plan.h"
#include "util/cursor.h"
#include "util/hex.h"

static const struct { struct span scheme; bool udp; } schemes[] = {
	{ SPAN("dc09+tcp://"), false }, { SPAN("dc09+tcp-connect://"), false }, { SPAN("dc09+udp://"), true },
};

static char *copy(struct span s)
{
	char *text = xcalloc(1, s.n + 1);
	memcpy(text, s.p, s.n);
	return text;
}

int target_parse(struct target *t, const char *url, const char **why)
{
	struct span rest = span_str(url);
	size_t i = 0;
	while (i < 3 && !span_starts(rest, schemes[i].scheme))
		i++;
	*why = _("a destination is dc09+tcp://HOST:PORT or dc09+udp://HOST:PORT");
	if (i == 3)
		return -1;
	rest = span_from(rest, schemes[i].scheme.n);
	const char *colon = strrchr((const char *)rest.p, ':');
	if (!colon || colon == (const char *)rest.p || atoi(colon + 1) < 1 || atoi(colon + 1) > 65535)
		return -1;
	*t = (struct target){ .url = url, .udp = schemes[i].udp };
	t->host = copy(span_of(rest.p, (size_t)(colon - (const char *)rest.p)));
	t->port = xstrdup(colon + 1);
	return 0;
}

void target_free(struct target *t)
{
	free(t->host);
	free(t->port);
}
