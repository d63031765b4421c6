/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes explained as a frame of each protocol and as a payload of each
 * language: text for a terminal of 80 columns, and nothing it would obey. */
#include <stdlib.h>

#include "format/explain.h"
#include "proto/explain.h"
#include "util/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf out, opened;

static void check(void)
{
	struct span rest = buf_view(&out), line;
	if (out.n == 0 || out.p[out.n - 1] != '\n' || !is_utf8(rest))
		abort();
	while (span_line(&rest, &line)) {
		if (utf8_width(line) > 80)
			abort();
		for (; line.n; line = span_from(line, 1))
			if (control_length(line))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of(data, size < 2048 ? size : 2048);
	for (const struct protocol *const *p = protocols; *p; p++) {
		struct context cx = { .opened = &opened };
		buf_reset(&out);
		buf_reset(&opened);
		protocol_explain(*p, bytes, &cx, LANG_FR, &out);
		check();
	}
	for (const struct format *const *f = formats; *f; f++) {
		buf_reset(&out);
		format_explain(*f, bytes, LANG_FR, &out);
		check();
	}
	return 0;
}
