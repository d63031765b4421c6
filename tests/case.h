/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a case of tests/corpus expects of a frame: pairs key="value", held
 * against fields and data of events. */
#ifndef VIGIE_TESTS_CASE_H
#define VIGIE_TESTS_CASE_H

#include "event/event.h"
#include "json/write.h"
#include "quoted.h"

/* key="value", the key with a NUL behind it; false at the end. */
static inline bool take_pair(struct span *rest, struct buf *key, struct buf *value)
{
	*rest = span_trim(*rest);
	ptrdiff_t eq = span_find(*rest, '=');
	buf_reset(key);
	buf_reset(value);
	if (eq < 0)
		return false;
	buf_span(key, span_sub(*rest, 0, (size_t)eq));
	*rest = span_from(*rest, (size_t)eq + 1);
	take_quoted(rest, value);
	return true;
}

static inline bool data_has(const struct event *ev, struct span key, struct span value)
{
	struct buf want = { 0 };
	json_quote(&want, key);
	buf_byte(&want, ':');
	json_quote(&want, value);
	bool found = ev->data_n && memmem(ev->list->data.p + ev->data_at, ev->data_n, want.p, want.n) != NULL;
	buf_free(&want);
	return found;
}

/* False: the key is no field's. */
static inline bool event_field(const struct event *ev, struct span key, struct span *value)
{
	static const struct { const char *key; enum field field; } fields[] = {
#define FIELD(name, key, form, meaning) { key, F_##name },
#include "event/fields.def"
#undef FIELD
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (span_is(key, fields[i].key)) {
			*value = event_get(ev, fields[i].field);
			return true;
		}
	return false;
}

#endif
