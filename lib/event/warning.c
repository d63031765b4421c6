/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/event.h"

static const struct {
	const char *word, *meaning;
} table[] = {
#define WARNING(name, word, meaning) { word, N_(meaning) },
#include "event/warnings.def"
#undef WARNING
};

_Static_assert(W_COUNT <= 64, "a set of warnings is 64 bits");

const char *warning_word(enum warning w)
{
	return table[w].word;
}

const char *warning_meaning(enum warning w)
{
	return table[w].meaning;
}

void warnings_put(struct buf *out, warnings set)
{
	buf_byte(out, '[');
	for (const char *comma = ""; set; set &= set - 1, comma = ",") {
		buf_str(out, comma);
		buf_byte(out, '"');
		buf_str(out, table[__builtin_ctzll(set)].word);
		buf_byte(out, '"');
	}
	buf_byte(out, ']');
}
