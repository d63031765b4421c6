/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Field names have any case, and some have a letter for short.  A line that
 * begins with a blank goes on with the field before.  Lines end in CR LF; LF
 * alone is taken too. */
#include "proto/sip.h"

#include "util/checksum.h"
#include "util/cursor.h"
#include "util/hex.h"

#define METHOD_MOST 16

static bool is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* The bytes that are there of both agree. */
static bool may_become(struct span s, struct span whole)
{
	size_t n = s.n < whole.n ? s.n : whole.n;
	return n == 0 || memcmp(s.p, whole.p, n) == 0;
}

bool sip_begins(struct span s)
{
	if (may_become(s, SPAN("SIP/2.0 ")))
		return true;
	struct cursor c = cursor_over(s);
	size_t method = cursor_while(&c, is_capital, METHOD_MOST).n;
	if (method == 0 || (!cursor_end(&c) && !cursor_skip(&c, ' ')))
		return false;
	return may_become(c.rest, SPAN("sip:")) || may_become(c.rest, SPAN("sips:")) || may_become(c.rest, SPAN("tel:"));
}

static struct span without_cr(struct span line)
{
	return line.n && line.p[line.n - 1] == '\r' ? span_sub(line, 0, line.n - 1) : line;
}

/* The empty line behind the fields, included; 0: it has not come. */
static size_t head_length(struct span s)
{
	size_t n = 0;
	for (ptrdiff_t lf; (lf = span_find(span_from(s, n), '\n')) >= 0;) {
		struct span line = without_cr(span_sub(s, n, (size_t)lf));
		n += (size_t)lf + 1;
		if (line.n == 0)
			return n;
	}
	return 0;
}

static bool goes_on(struct span rest)
{
	return rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

bool sip_next(struct span *fields, struct sip_field *f)
{
	size_t n = 0;
	do {
		ptrdiff_t lf = span_find(span_from(*fields, n), '\n');
		n = lf < 0 ? fields->n : n + (size_t)lf + 1;
	} while (n < fields->n && goes_on(span_from(*fields, n)));
	f->all = span_trim(span_sub(*fields, 0, n));
	*fields = span_from(*fields, n);
	ptrdiff_t colon = span_find(f->all, ':');
	f->name = span_trim(span_sub(f->all, 0, colon < 0 ? f->all.n : (size_t)colon));
	f->value = span_trim(span_from(f->all, colon < 0 ? f->all.n : (size_t)colon + 1));
	return n > 0 && f->all.n;
}

bool sip_is(const struct sip_field *f, struct span name, uint8_t compact)
{
	return span_eq_nocase(f->name, name) || (compact && f->name.n == 1 && (f->name.p[0] | 0x20) == compact);
}

static void take_length(struct sip *m, struct span value)
{
	size_t length = 0;
	bool good = value.n > 0 && value.n < 10;
	for (size_t i = 0; i < value.n && good; i++) {
		good = is_digit(value.p[i]);
		length = length * 10 + value.p[i] - '0';
	}
	m->length_bad |= !good || (m->has_length && length != m->length);
	m->has_length = true;
	m->length = good ? length : 0;
}

/* The first of each counts. */
static void take_field(struct sip *m, const struct sip_field *f)
{
	const struct {
		struct sip_field *field;
		struct span name;
		uint8_t compact;
	} known[] = {
		{ &m->from, SPAN("From"), 'f' }, { &m->to, SPAN("To"), 't' }, { &m->call_id, SPAN("Call-ID"), 'i' },
		{ &m->cseq, SPAN("CSeq"), 0 }, { &m->type, SPAN("Content-Type"), 'c' },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].field->all.n == 0 && sip_is(f, known[i].name, known[i].compact))
			*known[i].field = *f;
	m->has_via |= sip_is(f, SPAN("Via"), 'v');
	if (sip_is(f, SPAN("Content-Length"), 'l'))
		take_length(m, f->value);
}

static bool read_line(struct sip *m)
{
	struct cursor c = cursor_over(m->line);
	m->is_response = span_starts(m->line, SPAN("SIP/2.0 "));
	if (m->is_response)
		return true;
	m->method = cursor_while(&c, is_capital, METHOD_MOST);
	cursor_expect(&c, ' ');
	m->uri = cursor_until(&c, ' ');
	return cursor_ok(&c) && m->method.n && m->uri.n && span_is(span_trim(c.rest), "SIP/2.0");
}

bool sip_read(struct span message, struct sip *m)
{
	struct sip_field f;
	*m = (struct sip){ 0 };
	ptrdiff_t lf = span_find(message, '\n');
	if (lf < 0)
		return false;
	m->line = without_cr(span_sub(message, 0, (size_t)lf));
	if (!sip_begins(m->line) || !read_line(m))
		return false;
	m->head = span_sub(message, 0, head_length(message));
	m->fields = span_from(m->head.n ? m->head : message, (size_t)lf + 1);
	for (struct span rest = m->fields; sip_next(&rest, &f);)
		take_field(m, &f);
	return true;
}

static void put_line(struct buf *out, struct span text)
{
	if (text.n) {
		buf_span(out, text);
		buf_lit(out, "\r\n");
	}
}

static bool has_tag(struct span to)
{
	for (ptrdiff_t end; (end = span_find(to, '>')) >= 0;)
		to = span_from(to, (size_t)end + 1);
	for (ptrdiff_t next; (next = span_find(to, ';')) >= 0;) {
		to = span_from(to, (size_t)next + 1);
		if (span_eq_nocase(span_sub(span_trim(to), 0, 4), SPAN("tag=")))
			return true;
	}
	return false;
}

/* We remember no transactions, so the same request must be answered with the
 * same tag (RFC 3261, 8.2.7): it is made of what tells them apart. */
static void put_to(struct buf *out, const struct sip *m)
{
	uint64_t hash = hash_bytes(hash_bytes(HASH_START, m->call_id.value), m->from.value);
	if (m->to.all.n == 0)
		return;
	buf_span(out, m->to.all);
	if (!has_tag(m->to.value))
		buf_printf(out, ";tag=%08x", (unsigned)(hash ^ hash >> 32));
	buf_lit(out, "\r\n");
}

static void put_vias(struct buf *out, const struct sip *m)
{
	struct sip_field f;
	for (struct span rest = m->fields; sip_next(&rest, &f);)
		if (sip_is(&f, SPAN("Via"), 'v'))
			put_line(out, f.all);
}

void sip_respond(struct buf *out, const struct sip *m, const char *status, const char *lines, struct span type, struct span body)
{
	buf_printf(out, "SIP/2.0 %s\r\n", status);
	put_vias(out, m);
	put_line(out, m->from.all);
	put_to(out, m);
	put_line(out, m->call_id.all);
	put_line(out, m->cseq.all);
	buf_str(out, lines);
	if (body.n) {
		buf_lit(out, "Content-Type: ");
		put_line(out, type);
	}
	buf_printf(out, "Content-Length: %zu\r\n\r\n", body.n);
	buf_span(out, body);
}
