/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes that nothing names: what is found is in order, fits when it is
 * asked by its name, and is the same again. */
#include <stdlib.h>

#include "proto/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct event_list list;

/* What fits by a check or by its form is a message of what was found. */
static void ask_again(const struct reading *r, struct span bytes)
{
	struct span piece;
	enum verdict v = r->protocol ? r->protocol->frame(bytes, true, &piece) : r->format->decode(bytes, LANG_EN, &list);
	if (v != V_OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct detection first, again;
	struct span bytes = span_of(data, size);
	struct buf words = { 0 };
	detect(bytes, DETECT_FRAMES | DETECT_PAYLOADS, &list, &first);
	detect(bytes, DETECT_FRAMES | DETECT_PAYLOADS, &list, &again);
	if (first.fit > first.n || first.n > READINGS_MOST || first.n != again.n || first.fit != again.fit || list.n)
		abort();
	for (unsigned i = 0; i < first.n; i++) {
		if (first.reading[i].protocol != again.reading[i].protocol || first.reading[i].format != again.reading[i].format)
			abort();
		if (i > 0 && i < first.fit && first.reading[i].sure > first.reading[i - 1].sure)
			abort();
	}
	if (first.fit && first.sure > first.reading[0].sure)
		abort();
	if (first.fit)
		ask_again(&first.reading[0], bytes);
	detection_words(&first, &words);
	buf_free(&words);
	event_list_free(&list);
	return 0;
}
