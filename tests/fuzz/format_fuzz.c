/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any payload through every event language: what is printed is a record. */
#include <stdlib.h>

#include "format/format.h"
#include "json/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_list list;
	static struct buf out;
	static struct record r;
	const char *why;
	for (const struct format *const *f = formats; *f && size < 4096; f++) {
		event_list_reset(&list);
		enum verdict v = (*f)->decode(span_of(data, size), LANG_FR, &list);
		if ((v == V_OK) != (list.n > 0))
			abort();
		for (unsigned i = 0; i < list.n; i++) {
			buf_reset(&out);
			event_data(&list.event[i], SPAN("mac"), span_of(data, size));
			event_print(&out, &list.event[i], list.n);
			if (out.n < RECORD_MOST && record_parse(&r, buf_view(&out), &why) < 0)
				abort();
		}
	}
	return 0;
}
