/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal of any bytes: the reader ends, loses none, and gives the same
 * wherever it begins and however the last segment grew.  A byte 1E begins
 * the next segment, eight at most, 1F loses one; % stands for the beginning of a record. */
#include "../journal_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expand(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '%')
			buf_lit(out, "{\"type\":\"frame\",\"at\":\"2026-01-13T20:14:03.120Z\",\"id\":\"pc1.aa-");
		else if (text.p[i] == '!')
			buf_lit(out, "\"}\n");
		else
			buf_byte(out, text.p[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sample s;
	struct buf last = { 0 };
	struct heard all = { 0 };
	uint64_t bytes = 0;
	unsigned lost = 0;
	sample_make(&s);
	struct span rest = span_of(data, n);
	size_t cut = rest.n ? rest.p[0] : 0;
	for (bool more = true; more;) {
		ptrdiff_t end = s.segments < 7 ? span_find(rest, 0x1E) : -1;
		buf_reset(&last);
		expand(&last, end < 0 ? rest : span_sub(rest, 0, (size_t)end));
		sample_write(&s, s.segments + 1, buf_view(&last), false);
		bool loses = last.n && s.segments > 1 && end >= 0 && memchr(last.p, 0x1F, last.n);
		lost |= (unsigned)loses << s.segments;
		bytes += loses ? 0 : last.n;
		more = end >= 0;
		rest = span_from(rest, (size_t)end + 1);
	}
	for (unsigned i = 2; i < s.segments; i++)
		if (lost & 1u << i)
			sample_remove(&s, i);
	hear_all(&all, &s);
	if (all.last != READ_END || all.bytes != bytes)
		abort();
	for (size_t i = 0; i < all.n && i < 16; i++)
		if (check_restart(&s, &all, i))
			abort();
	if (check_growth(&s, buf_view(&last), cut < last.n ? cut : last.n))
		abort();
	heard_free(&all);
	buf_free(&last);
	sample_free(&s);
	return 0;
}
