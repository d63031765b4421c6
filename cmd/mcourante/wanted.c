/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wanted.h"

#include "when.h"

static msec read_time(const struct opts *o, bool end)
{
	msec at = when_parse(o->value, clock_now(), end);
	if (at == CLOCK_NONE)
		opts_refuse(o, _("%s: a time is wanted, such as 21:14, 2026-01-13 21:14:03 or 2h (ago)"), o->value);
	return at;
}

bool wanted_read(struct search *s, int id, const struct opts *o)
{
	switch (id) {
	case OPT_SINCE:
		s->since = read_time(o, false);
		return true;
	case OPT_UNTIL:
		s->until = read_time(o, true);
		return true;
	case 'a':
		s->account = span_str(o->value);
		return true;
	case 's':
		s->site = span_str(o->value);
		return true;
	case 'k':
		s->kind = span_str(o->value);
		if (!kind_find(s->kind))
			opts_refuse(o, _("%s: no kind of entry"), o->value);
		return true;
	case 'i':
		s->incident = span_str(o->value);
		return true;
	default:
		return false;
	}
}
