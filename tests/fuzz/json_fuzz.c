/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record reader against jansson: what ours takes, jansson takes too and
 * finds the same keys in; what is amended can be read again; and keys that
 * are wanted are found wherever they stand. */
#include <stdlib.h>

#include "json/canonical.h"
#include "json/record.h"
#include "json/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void amend(const struct record *r)
{
	struct buf out = { 0 }, extra = { 0 };
	struct record again;
	const char *why;
	json_str(&extra, KEY("dup"), SPAN("x\n\xff"));
	if (record_amend(&out, r, buf_view(&extra)) == 0 &&
	    (record_parse(&again, buf_view(&out), &why) < 0 || again.n < r->n || !record_raw(&again, "dup").n))
		abort();
	buf_free(&out);
	buf_free(&extra);
}

/* Whoever wants keys takes the same lines, and finds what one who asks later finds. */
static void want(struct span line, const struct record *r, bool taken)
{
	static const char *const names[] = { "type", "id", "a", "", "at", "b" };
	static struct record other;
	struct span keys[6], values[6];
	const char *why;
	for (unsigned k = 0; k < 6; k++)
		keys[k] = span_str(names[k]);
	if ((record_read(&other, line, keys, 6, values, &why) == 0) != taken)
		abort();
	for (unsigned k = 0; taken && k < 6; k++) {
		struct span raw = record_raw(r, names[k]);
		if (raw.p != values[k].p || raw.n != values[k].n)
			abort();
	}
	if (taken && other.n != r->n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct record r;
	struct span line = span_of(data, n);
	const char *why;
	bool taken = record_parse(&r, line, &why) == 0;
	want(line, &r, taken);
	if (!taken)
		return 0;
	/* jansson alone refuses numbers beyond its range. */
	struct buf canonical = { 0 }, scratch = { 0 };
	if (json_canonical(line, &canonical) == 0) {
		struct record other;
		if (canonical.n < RECORD_MOST && (record_parse(&other, buf_view(&canonical), &why) < 0 || other.n != r.n))
			abort();
	} else if (!json_sound(line)) {
		bool numbers = false;
		for (size_t i = 0; i < n; i++)
			numbers |= data[i] >= '0' && data[i] <= '9';
		if (!numbers)
			abort();
	}
	for (unsigned i = 0; i < r.n; i++)
		json_text(r.field[i].value, &scratch);
	buf_reset(&scratch);
	record_bytes(&r, &scratch);
	record_time(&r, "at");
	amend(&r);
	buf_free(&canonical);
	buf_free(&scratch);
	return 0;
}
