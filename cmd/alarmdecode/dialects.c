/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makers' and centres' own code tables: vigie-dialects(5). */
#include "decode.h"

#include <stdlib.h>
#include <unistd.h>

#include "event/explain.h"
#include "text/opt.h"
#include "util/file.h"
#include "util/log.h"

static bool knows(struct span format)
{
	const struct format *f = format_find(format);
	return (f && !f->speaks) || format_is_received(format);
}

static const struct code *standard(struct span format, struct span code)
{
	const struct code *row = format_row(format, code);
	return row ? row : receiver_meaning(format, code);
}

void dialects_begin(struct decoder *d, const char *path)
{
	static const struct vocabulary vocabulary = { knows, standard };
	char *usual = path_etc("dialects.conf");
	const char *why;
	if (!path && access(usual, F_OK) == 0)
		path = usual;
	if (path && dialects_load(&d->dialects, path, &vocabulary, &why) < 0)
		die(EXIT_CALL, "%s", why);
	free(usual);
}

bool dialect_event(struct decoder *d, const struct frame_in *f, struct event *ev)
{
	const struct dialect *dialect = dialects_find(&d->dialects, f->source, event_get(ev, F_LINE), event_get(ev, F_ACCOUNT));
	return dialect && format_by_dialect(ev, dialect, d->language);
}

void dialects_explain(struct decoder *d)
{
	for (unsigned i = 0; i < d->list.n; i++) {
		const struct event *ev = &d->list.event[i];
		struct span name = event_data_text(ev, SPAN("dialect")), code = event_get(ev, F_CODE), label = event_get(ev, F_LABEL);
		struct span kind = event_get(ev, F_KIND), category = event_get(ev, F_CATEGORY);
		if (name.n)
			explain_say(&d->out, _("dialect"), "%.*s: %.*s %.*s (%.*s %.*s)", (int)name.n, name.p, (int)code.n, code.p,
			            (int)label.n, label.p, (int)kind.n, kind.p, (int)category.n, category.p);
	}
}
