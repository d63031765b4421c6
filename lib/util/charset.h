/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from panels: UTF-8 where it is sound, else Windows-1252, which is
 * what DC-09 names for its text fields. */
#ifndef VIGIE_UTIL_CHARSET_H
#define VIGIE_UTIL_CHARSET_H

#include "util/buf.h"

bool is_ascii(struct span s);

/* Length of the sound UTF-8 sequence at the front, 0 when there is none
 * (overlong forms, surrogates and values past U+10FFFF are not sound). */
size_t utf8_length(struct span s);
bool is_utf8(struct span s);

/* Columns a terminal needs for a sound UTF-8 text. */
size_t utf8_width(struct span s);

/* Length of the control character at the front that a terminal would obey:
 * 1 below blank and for DEL, 2 for U+0080 to U+009F, 0 when there is none. */
size_t control_length(struct span s);

/* Appends code point u as UTF-8. */
void utf8_put(struct buf *out, uint32_t u);

/* Appends the text as UTF-8.  The five bytes that Windows-1252 leaves
 * undefined become the control characters of the same number. */
void text_to_utf8(struct buf *out, struct span s);

#endif
