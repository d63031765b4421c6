/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

int target_parse(struct target *t, const char *url, const char **why)
{
	*t = (struct target){ .url = url };
	if (source_parse(&t->source, url, why) < 0)
		return -1;
	const struct source *s = &t->source;
	t->udp = s->transport == OVER_UDP;
	bool network = s->transport != OVER_SERIAL && s->transport != OVER_WIRE;
	if (network && s->proto == protocol_find(SPAN("dc09")) && *s->host && strcmp(s->port, "0") != 0)
		return 0;
	target_free(t);
	*why = _("a destination is dc09+tcp://HOST:PORT or dc09+udp://HOST:PORT");
	return -1;
}

void target_free(struct target *t)
{
	source_free(&t->source);
}
