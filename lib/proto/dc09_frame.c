/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where DC-09 frames begin and end.
 *
 *	LF  crc  0LLL  "id" … ]_time  CR
 *	    4    4     |--- LLL ---|
 *
 * CRC and length are over the same bytes, from the first quote to before CR.
 * The length comes first: payloads hold CR, and so do binary CRCs.  But a
 * length off the wire is a claim, so it counts only when the CRC agrees.
 *
 * What panels do instead: the CRC as two raw bytes (the quote then stands
 * two places earlier; never look for the quote, LF or CR, the two bytes may
 * be any of these), the CRC or the length or both with the CR, a length that
 * is nonsense, no LF, no CR, NULs behind CR. */
#include "proto/dc09.h"
#include "util/checksum.h"
#include "util/hex.h"

#define ASCII_HEADER 8	/* CRC and length in front of the quote */
#define BINARY_HEADER 6

enum header { H_NONE, H_PERHAPS, H_ASCII, H_BINARY };

static bool is_fill(uint8_t c)
{
	return c == '\0' || c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

static bool is_word(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The length's place from `from` on and the quote behind it, as far as the
 * bytes are there. */
static bool length_then_quote(struct span s, size_t from, bool (*is)(uint8_t))
{
	for (size_t i = from; i < from + 4 && i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return s.n <= from + 4 || s.p[from + 4] == '"';
}

/* Behind four hexadecimal digits the length may be nonsense: the CRC decides. */
static bool ascii_header(struct span s)
{
	for (size_t i = 0; i < 4 && i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return length_then_quote(s, 4, is_word);
}

static enum header header_at(struct span s)
{
	bool ascii = ascii_header(s);
	bool binary = length_then_quote(s, 2, is_hex);
	if (ascii && s.n > ASCII_HEADER)
		return H_ASCII;
	if (binary && s.n > BINARY_HEADER)
		return H_BINARY;
	return ascii || binary ? H_PERHAPS : H_NONE;
}

/* What begins at the front: with its LF, or without. */
static enum header begins(struct span s, bool *lf)
{
	*lf = s.n && s.p[0] == '\n';
	if (*lf) {
		enum header h = s.n == 1 ? H_PERHAPS : header_at(span_from(s, 1));
		if (h != H_NONE)
			return h;
		*lf = false;
	}
	return s.n ? header_at(s) : H_PERHAPS;
}

static void read_header(struct dc09_shape *s, struct span at, enum header h)
{
	unsigned value = 0, wrong = 0;
	s->binary = h == H_BINARY;
	s->crc_field = span_sub(at, 0, s->binary ? 2 : 4);
	s->length_field = span_sub(at, s->crc_field.n, 4);
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(s->length_field.p[i]);
		wrong |= digit < 0;
		value = value << 4 | (unsigned)(digit < 0 ? 0 : digit);
	}
	s->length_sent = !wrong && value <= DC09_BODY_MOST ? (int)value : -1;
	if (s->binary) {
		s->crc_sent = (uint16_t)(at.p[0] << 8 | at.p[1]);
		return;
	}
	for (size_t i = 0; i < 4; i++)
		s->crc_sent = (uint16_t)(s->crc_sent << 4 | hex_digit(at.p[i]));
}

static bool is_cr(struct span rest, size_t at)
{
	return at < rest.n && rest.p[at] == '\r';
}

enum fit { FITS_NOT, FITS, FITS_WITH_CR };

/* One run over the bytes tells both: a CR behind them is one byte more. */
static enum fit fit(const struct dc09_shape *s, struct span rest, size_t n)
{
	uint16_t crc = crc16_arc(0, span_sub(rest, 0, n));
	if (crc == s->crc_sent)
		return FITS;
	return is_cr(rest, n) && crc16_arc(crc, SPAN("\r")) == s->crc_sent ? FITS_WITH_CR : FITS_NOT;
}

/* The frame's body is n bytes, as CRC and length (or the CRC alone) have shown. */
static enum verdict whole(struct dc09_shape *s, struct span in, struct span rest, size_t n, bool covers_cr)
{
	size_t end = (size_t)(rest.p - in.p) + n;
	s->crc_good = true;
	s->crc_covers_cr = covers_cr;
	s->body = span_sub(rest, 0, n);
	s->length_counts_cr = covers_cr && s->length_sent == (int)n + 1 && is_cr(rest, n);
	s->length_good = s->length_sent == (int)n || s->length_counts_cr;
	s->cr = is_cr(rest, n);
	end += s->cr;
	for (s->nuls = false; s->cr && end < in.n && in.p[end] == '\0'; end++)
		s->nuls = true;
	s->n = end;
	return V_OK;
}

/* Is the frame n bytes, by its CRC without or with the CR? */
static bool ends_at(struct dc09_shape *s, struct span in, struct span rest, size_t n)
{
	enum fit f = fit(s, rest, n);
	if (f == FITS_NOT)
		return false;
	bool last = f == FITS && n && rest.p[n - 1] == '\r';	/* the length counts it */
	whole(s, in, rest, n - last, last || f == FITS_WITH_CR);
	return true;
}

/* Where another frame begins, with its LF; -1 when none does.  What promised
 * more than that was no frame, or lost its end on the way.  cut: a header
 * whose end has not come yet is one too. */
static ptrdiff_t next_frame(struct span rest, bool cut)
{
	bool lf;
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] != '\n')
			continue;
		enum header h = begins(span_from(rest, i), &lf);
		if (lf && (h == H_ASCII || h == H_BINARY || (cut && h == H_PERHAPS)))
			return (ptrdiff_t)i;
	}
	return -1;
}

/* Nothing fits: up to behind the next CR, or to the next frame, or what there is. */
static enum verdict bad(struct dc09_shape *s, struct span in, struct span rest, ptrdiff_t cr, bool at_end)
{
	ptrdiff_t next = next_frame(rest, !at_end);
	size_t n = rest.n;
	if (next >= 0)
		n = (size_t)next;
	if (cr >= 0 && (size_t)cr < n)
		n = (size_t)cr;
	whole(s, in, rest, n, false);
	s->crc_good = s->length_counts_cr = false;
	if (s->body.n && s->body.p[s->body.n - 1] == '\n')	/* scripts end a frame so */
		s->body.n--;
	return V_BAD_CHECK;
}

static enum verdict borders(struct dc09_shape *s, struct span in, struct span rest, bool at_end)
{
	size_t length = s->length_sent < 0 ? 0 : (size_t)s->length_sent;
	if (length && rest.n >= length) {
		if (ends_at(s, in, rest, length))
			return V_OK;
		if (rest.n == length && !at_end)
			return V_MORE;
	}
	ptrdiff_t cr = span_find(span_sub(rest, 0, DC09_BODY_MOST + 1), '\r');
	if (cr >= 0 && (size_t)cr != length && ends_at(s, in, rest, (size_t)cr))
		return V_OK;
	bool ended = at_end || rest.n > DC09_BODY_MOST || (cr >= 0 && rest.n > length) || next_frame(rest, false) >= 0;
	return ended ? bad(s, in, rest, cr, at_end) : V_MORE;
}

/* No frame begins at the front: how many bytes until one could? */
static enum verdict noise(struct span in, bool at_end, struct dc09_shape *s)
{
	bool lf;
	for (s->n = 1; s->n < in.n; s->n++) {
		struct span from = span_from(in, s->n);
		enum header h = begins(from, &lf);
		if (h == H_ASCII || h == H_BINARY || (h == H_PERHAPS && !at_end && (lf || from.n <= ASCII_HEADER)))
			break;
	}
	return V_NOT_MINE;
}

enum verdict dc09_shape(struct span in, bool at_end, struct dc09_shape *s)
{
	*s = (struct dc09_shape){ 0 };
	for (;; s->fill++) {
		struct span from = span_from(in, s->fill);
		enum header h = begins(from, &s->lf);
		if (h == H_ASCII || h == H_BINARY) {
			struct span header = span_from(from, s->lf);
			read_header(s, header, h);
			return borders(s, in, span_from(header, s->binary ? BINARY_HEADER : ASCII_HEADER), at_end);
		}
		bool fill = from.n && is_fill(from.p[0]) && !s->lf && from.n <= 2;	/* a length behind it: a binary CRC */
		if (h == H_PERHAPS && !at_end && !fill)
			return V_MORE;
		if (from.n == 0 || !is_fill(from.p[0]))
			break;
	}
	if (s->fill == in.n) {
		s->n = in.n;
		return at_end ? V_NOT_MINE : V_MORE;
	}
	return noise(in, at_end, s);
}
