/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as the corpus writes them: "\n8F54…\r", with \n \r \" \\ \xHH. */
#ifndef VIGIE_TESTS_QUOTED_H
#define VIGIE_TESTS_QUOTED_H

#include "util/buf.h"
#include "util/cursor.h"

/* Takes "…" off the front of the line and appends the bytes it stands for. */
static inline void take_quoted(struct span *line, struct buf *out)
{
	struct cursor c = cursor_over(*line);
	cursor_expect(&c, '"');
	while (!cursor_end(&c) && cursor_peek(&c) != '"') {
		uint8_t byte = cursor_u8(&c);
		if (byte == '\\') {
			byte = cursor_u8(&c);
			if (byte == 'x')
				byte = (uint8_t)cursor_digits(&c, 2, 16);
			else
				byte = byte == 'n' ? '\n' : byte == 'r' ? '\r' : byte;
		}
		buf_byte(out, byte);
	}
	cursor_expect(&c, '"');
	*line = span_trim(c.rest);
}

#endif
