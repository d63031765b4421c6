/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/wire_line.h"

#include "link/marks.h"
#include "util/hex.h"

bool wire_line_is_none(struct span line)
{
	return line.n == 0 || line.p[0] == '#' || span_starts(line, SPAN("```"));
}

bool wire_line_read(struct span text, struct wire_line *line)
{
	struct span time;
	if (!span_word(&text, &time) || !span_word(&text, &line->path))
		return false;
	line->at = clock_parse(time);
	line->frame = span_trim(text);
	return line->at != CLOCK_NONE && line->frame.n;
}

static bool is_byte(struct span s)
{
	return s.n > 3 && s.p[0] == '<' && is_hex(s.p[1]) && is_hex(s.p[2]);
}

/* What one byte is written as; `written` is how long that is. */
static uint8_t take(struct span text, bool with_faults, enum fault *fault, size_t *written)
{
	const struct span dot = SPAN("\xC2\xB7"), broken = SPAN("<break>");
	bool damaged = with_faults && text.n > 4 && is_byte(text) && text.p[3] == '!' && text.p[4] == '>';
	*fault = damaged ? FAULT_FRAMING : FAULT_NONE;
	*written = damaged ? 5 : 4;
	if (damaged || (is_byte(text) && text.p[3] == '>'))
		return (uint8_t)(hex_digit(text.p[1]) << 4 | hex_digit(text.p[2]));
	*written = dot.n;
	if (span_starts(text, dot))
		return ' ';
	*written = broken.n;
	*fault = FAULT_BREAK;
	if (with_faults && span_starts(text, broken))
		return 0;
	*fault = FAULT_NONE;
	*written = 1;
	return text.p[0];
}

void wire_line_bytes(struct buf *out, struct buf *faults, struct span frame)
{
	while (frame.n) {
		enum fault fault;
		size_t written;
		buf_byte(out, take(frame, faults, &fault, &written));
		if (faults)
			buf_byte(faults, (uint8_t)fault);
		frame = span_from(frame, written);
	}
}
