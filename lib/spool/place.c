/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/reader.h"
#include "util/hex.h"

void place_put(struct buf *out, const struct place *p)
{
	buf_unsigned(out, p->segment);
	buf_byte(out, ' ');
	buf_unsigned(out, p->offset);
	buf_byte(out, ' ');
	buf_str(out, p->id[0] ? p->id : "-");
}

static bool read_number(struct span *rest, uint64_t *value)
{
	struct span word;
	if (!span_word(rest, &word) || word.n > 18)
		return false;
	*value = 0;
	for (size_t i = 0; i < word.n; i++) {
		if (!is_digit(word.p[i]))
			return false;
		*value = *value * 10 + (word.p[i] - '0');
	}
	return true;
}

int place_parse(struct span text, struct place *p)
{
	struct span id;
	*p = (struct place){ 0 };
	if (!read_number(&text, &p->segment) || !read_number(&text, &p->offset) || !span_word(&text, &id) ||
	    id.n >= sizeof p->id)
		return -1;
	if (!span_is(id, "-"))
		memcpy(p->id, id.p, id.n);
	return 0;
}
