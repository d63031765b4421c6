/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass reads a line: it checks the grammar of RFC 8259 and the UTF-8,
 * and notes where the top-level keys and values stand.  `struct scan` is the
 * pass; its functions are told where something begins and give where it ends,
 * or NULL at the first fault, whose reason they leave. */
#include "json/record.h"

#include <stdlib.h>

#include "json/plain.h"
#include "util/charset.h"
#include "util/cursor.h"
#include "util/hex.h"

struct scan {
	const uint8_t *end;
	const char *why;
	bool escaped;		/* a backslash was met */
};

static const uint8_t *fault(struct scan *s, const char *why)
{
	s->why = why;
	return NULL;
}

/* Our own lines have none. */
static inline const uint8_t *skip_blanks(const struct scan *s, const uint8_t *p)
{
	while (p < s->end && *p <= ' ' && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

static inline bool is_at(const struct scan *s, const uint8_t *p, uint8_t byte)
{
	return p < s->end && *p == byte;
}

static inline const uint8_t *skip_plain(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= PLAIN_AT_ONCE) {
		size_t n = plain_bytes(p);
		p += n;
		if (n < PLAIN_AT_ONCE)
			return p;
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

/* -1 when it is no number of four digits. */
static int hex4(const uint8_t *p, const uint8_t *end)
{
	struct cursor c = cursor_over(span_of(p, (size_t)(end - p)));
	uint32_t value = cursor_digits(&c, 4, 16);
	return cursor_ok(&c) ? (int)value : -1;
}

static bool is_high_half(int u)
{
	return u >= 0xD800 && u < 0xDC00;
}

static bool is_low_half(int u)
{
	return u >= 0xDC00 && u < 0xE000;
}

/* What a letter behind a backslash stands for; 0 when it stands for nothing. */
static const uint8_t short_escape[256] = {
	['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t', ['"'] = '"', ['\\'] = '\\', ['/'] = '/',
};

/* Behind a backslash.  A lone half of a surrogate pair is no character. */
static const uint8_t *scan_escape(struct scan *s, const uint8_t *p)
{
	s->escaped = true;
	if (p == s->end)
		return fault(s, "a string does not end");
	if (*p != 'u')
		return short_escape[*p] ? p + 1 : fault(s, "a wrong escape in a string");
	int u = hex4(p + 1, s->end);
	if (u < 0 || is_low_half(u))
		return fault(s, "a wrong escape in a string");
	p += 5;
	if (!is_high_half(u))
		return p;
	if (s->end - p < 2 || p[0] != '\\' || p[1] != 'u' || !is_low_half(hex4(p + 2, s->end)))
		return fault(s, "half a character in a string");
	return p + 6;
}

/* What is not plain, and no quote. */
static const uint8_t *scan_special(struct scan *s, const uint8_t *p)
{
	if (*p < 0x20)
		return fault(s, "a control byte in a string");
	if (*p == '\\')
		return scan_escape(s, p + 1);
	size_t n = utf8_length(span_of(p, (size_t)(s->end - p)));
	return n ? p + n : fault(s, "bytes that are no UTF-8");
}

/* A string's rest, from something that is not plain on. */
static const uint8_t *scan_rest(struct scan *s, const uint8_t *p)
{
	while (p && p < s->end && *p != '"') {
		p = scan_special(s, p);
		if (p)
			p = skip_plain(p, s->end);
	}
	if (!p)
		return NULL;
	return p < s->end ? p + 1 : fault(s, "a string does not end");
}

/* Behind the opening quote; gives where it goes on behind the closing one. */
static inline const uint8_t *scan_string(struct scan *s, const uint8_t *p)
{
	p = skip_plain(p, s->end);
	return is_at(s, p, '"') ? p + 1 : scan_rest(s, p);
}

/* A key and its colon; gives where the value begins.  *key is what stands between the quotes. */
static inline const uint8_t *scan_key(struct scan *s, const uint8_t *p, struct span *key)
{
	const uint8_t *start = skip_blanks(s, p) + 1;
	if (!is_at(s, start - 1, '"'))
		return fault(s, "a string is missing");
	p = scan_string(s, start);
	if (!p)
		return NULL;
	*key = span_of(start, (size_t)(p - 1 - start));
	p = skip_blanks(s, p);
	return is_at(s, p, ':') ? skip_blanks(s, p + 1) : fault(s, "a colon is missing");
}

static const uint8_t *scan_digits(struct scan *s, const uint8_t *p)
{
	const uint8_t *start = p;
	while (p < s->end && is_digit(*p))
		p++;
	return p > start ? p : fault(s, "a digit is missing in a number");
}

static const uint8_t *scan_number(struct scan *s, const uint8_t *p)
{
	p += is_at(s, p, '-');
	p = is_at(s, p, '0') ? p + 1 : scan_digits(s, p);
	if (p && is_at(s, p, '.'))
		p = scan_digits(s, p + 1);
	if (!p || !(is_at(s, p, 'e') || is_at(s, p, 'E')))
		return p;
	p++;
	p += is_at(s, p, '+') || is_at(s, p, '-');
	return scan_digits(s, p);
}

static const uint8_t *scan_word(struct scan *s, const uint8_t *p, struct span word)
{
	if (!span_starts(span_of(p, (size_t)(s->end - p)), word))
		return fault(s, "a word that JSON does not know");
	return p + word.n;
}

static const uint8_t *scan_value(struct scan *s, const uint8_t *p, unsigned depth);

/* Members up to the closing bracket, the opening one already taken. */
static const uint8_t *scan_nested(struct scan *s, const uint8_t *p, uint8_t close, unsigned depth)
{
	struct span key;
	if (depth == RECORD_DEPTH)
		return fault(s, "nested too deep");
	p = skip_blanks(s, p);
	if (is_at(s, p, close))
		return p + 1;
	for (;; p++) {
		p = close == '}' ? scan_key(s, p, &key) : skip_blanks(s, p);
		if (p)
			p = scan_value(s, p, depth + 1);
		if (!p)
			return NULL;
		p = skip_blanks(s, p);
		if (!is_at(s, p, ','))
			return is_at(s, p, close) ? p + 1 : fault(s, "a comma or bracket is missing");
	}
}

static const uint8_t *scan_value(struct scan *s, const uint8_t *p, unsigned depth)
{
	if (p == s->end)
		return fault(s, "a value is missing");
	switch (*p) {
	case '"': return scan_string(s, p + 1);
	case '{': return scan_nested(s, p + 1, '}', depth);
	case '[': return scan_nested(s, p + 1, ']', depth);
	case 't': return scan_word(s, p, SPAN("true"));
	case 'f': return scan_word(s, p, SPAN("false"));
	case 'n': return scan_word(s, p, SPAN("null"));
	default: return scan_number(s, p);
	}
}

/* Appends what the inside of a scanned string stands for, which is never longer. */
static void unescape(struct buf *out, struct span inside)
{
	const uint8_t *p = inside.p, *end = p + inside.n;
	buf_reserve(out, inside.n);
	while (p < end) {
		const uint8_t *backslash = memchr(p, '\\', (size_t)(end - p));
		const uint8_t *stop = backslash ? backslash : end;
		buf_add(out, p, (size_t)(stop - p));
		if (!backslash)
			break;
		p = stop + 2;
		if (p[-1] != 'u') {
			buf_byte(out, short_escape[p[-1]]);
			continue;
		}
		uint32_t u = (uint32_t)hex4(p, end);
		p += 4;
		if (is_high_half((int)u)) {
			u = 0x10000 + ((u - 0xD800) << 10) + ((uint32_t)hex4(p + 2, end) - 0xDC00);
			p += 6;
		}
		utf8_put(out, u);
	}
}

static bool key_is(struct span key, struct span name)
{
	if (!key.n || !memchr(key.p, '\\', key.n))
		return span_eq(key, name);
	struct buf plain = { 0 };
	unescape(&plain, key);
	bool same = span_eq(buf_view(&plain), name);
	buf_free(&plain);
	return same;
}

/* Two keys that a reader of JSON would take for one. */
static bool same_key(struct span a, struct span b)
{
	if (a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0))
		return true;
	if (!(b.n && memchr(b.p, '\\', b.n)))
		return a.n && memchr(a.p, '\\', a.n) ? key_is(a, b) : false;
	struct buf plain = { 0 };
	unescape(&plain, b);
	bool same = key_is(a, buf_view(&plain));
	buf_free(&plain);
	return same;
}

/* Keys that are equal byte for byte have the same bit; those of our own
 * records have each another. */
static uint64_t key_bit(struct span key)
{
	unsigned ends = key.n ? key.p[0] + key.p[key.n - 1] * 27u : 0;
	return UINT64_C(1) << ((ends + key.n * 12) & 63);
}

static bool stands_twice(const struct record *r, struct span key)
{
	for (unsigned i = 0; i < r->n; i++)
		if (span_eq(r->field[i].key, key) || (r->escapes && same_key(r->field[i].key, key)))
			return true;
	return false;
}

/* What a reader wants, and the last of it that was found. */
struct wish {
	const struct span *keys;
	struct span *values;
	unsigned n, found;
};

static inline bool is_key_at(const struct scan *s, const uint8_t *p, struct span name)
{
	return (size_t)(s->end - p) > name.n + 2 && p[name.n + 1] == '"' && p[name.n + 2] == ':' && p[0] == '"' &&
	       span_eq(span_of(p + 1, name.n), name);
}

/* A key in the form in which we write it.  Both stand in the same order as a
 * rule: the next one is tried first.  NULL when it is none of them. */
static inline const uint8_t *scan_wanted(const struct scan *s, const uint8_t *p, struct wish *w, struct span *key)
{
	for (unsigned tried = 0; tried < w->n; tried++) {
		w->found = w->found + 1 < w->n ? w->found + 1 : 0;
		*key = w->keys[w->found];
		if (is_key_at(s, p, *key)) {
			key->p = p + 1;
			return skip_blanks(s, p + key->n + 3);
		}
	}
	return NULL;
}

/* The same for one in any other form. */
static bool is_wanted(struct wish *w, struct span key)
{
	for (unsigned k = 0; k < w->n; k++)
		if (key_is(key, w->keys[k])) {
			w->found = k;
			return true;
		}
	return false;
}

static const uint8_t *scan_members(struct scan *s, const uint8_t *p, struct record *r, struct wish *w)
{
	uint64_t seen = 0;
	for (;; p++) {
		struct span key;
		const uint8_t *value = scan_wanted(s, p, w, &key);
		bool wanted = value;
		if (!value) {
			s->escaped = false;
			value = scan_key(s, p, &key);
			if (!value)
				return NULL;
			r->escapes |= s->escaped;
			wanted = is_wanted(w, key);
		}
		p = is_at(s, value, '"') ? scan_string(s, value + 1) : scan_value(s, value, 1);
		if (!p)
			return NULL;
		if (r->n == RECORD_KEYS)
			return fault(s, "too many keys");
		uint64_t bit = wanted ? 0 : key_bit(key);
		if (wanted ? w->values[w->found].n != 0 : (seen & bit || r->escapes) && stands_twice(r, key))
			return fault(s, "a key stands twice");
		seen |= bit;
		struct span raw = span_of(value, (size_t)(p - value));
		if (wanted)
			w->values[w->found] = raw;
		r->field[r->n++] = (struct record_field){ key, raw };
		p = skip_blanks(s, p);
		if (!is_at(s, p, ','))
			return is_at(s, p, '}') ? p + 1 : fault(s, "a comma or bracket is missing");
	}
}

static const uint8_t *scan_record(struct scan *s, const uint8_t *p, struct record *r, struct wish *w)
{
	if (!is_at(s, p, '{'))
		return fault(s, "not a JSON object");
	p = skip_blanks(s, p + 1);
	return is_at(s, p, '}') ? p + 1 : scan_members(s, p, r, w);
}

int record_read(struct record *r, struct span line, const struct span keys[], unsigned n, struct span values[], const char **why)
{
	struct wish w = { .keys = keys, .values = values, .n = n, .found = n };
	r->n = 0;
	r->escapes = false;
	r->line = line = span_trim(line);
	struct scan s = { .end = line.p + line.n };
	for (unsigned k = 0; k < n; k++)
		values[k] = (struct span){ 0 };
	if (line.n >= RECORD_MOST) {
		*why = "longer than 64 KiB";
		return -1;
	}
	const uint8_t *behind = scan_record(&s, line.p, r, &w);
	*why = behind && behind != s.end ? "something stands behind the object" : s.why;
	return behind == s.end ? 0 : -1;
}

int record_parse(struct record *r, struct span line, const char **why)
{
	return record_read(r, line, NULL, 0, NULL, why);
}

static const struct record_field *find(const struct record *r, const char *key)
{
	struct span name = span_str(key);
	for (unsigned i = 0; i < r->n; i++) {
		struct span k = r->field[i].key;
		if (r->escapes ? key_is(k, name) : k.n == name.n && memcmp(k.p, name.p, k.n) == 0)
			return &r->field[i];
	}
	return NULL;
}

struct span record_raw(const struct record *r, const char *key)
{
	const struct record_field *f = find(r, key);
	return f ? f->value : (struct span){ 0 };
}

struct span json_text(struct span raw, struct buf *scratch)
{
	if (raw.n < 2 || raw.p[0] != '"')
		return (struct span){ 0 };
	struct span inside = span_sub(raw, 1, raw.n - 2);
	if (all_plain(inside.p, inside.n) || !memchr(inside.p, '\\', inside.n))
		return inside;
	buf_reset(scratch);
	unescape(scratch, inside);
	return buf_view(scratch);
}

struct span record_text(const struct record *r, const char *key, struct buf *scratch)
{
	return json_text(record_raw(r, key), scratch);
}

bool record_is(const struct record *r, const char *key, const char *text)
{
	struct buf scratch = { 0 };
	struct span raw = record_raw(r, key);
	bool same = raw.n && raw.p[0] == '"' && span_is(json_text(raw, &scratch), text);
	buf_free(&scratch);
	return same;
}

bool record_int(const struct record *r, const char *key, int64_t *value)
{
	struct span raw = record_raw(r, key);
	char text[24], *end;
	if (raw.n == 0 || raw.n >= sizeof text || raw.p[0] == '"')
		return false;
	memcpy(text, raw.p, raw.n);
	text[raw.n] = '\0';
	*value = strtoll(text, &end, 10);
	return *end == '\0' && end != text;
}

msec record_time(const struct record *r, const char *key)
{
	struct buf scratch = { 0 };
	msec t = clock_parse(record_text(r, key, &scratch));
	buf_free(&scratch);
	return t;
}

int json_raw_bytes(struct span text, struct span hex, struct buf *out)
{
	struct buf scratch = { 0 };
	size_t began = out->n;
	int result = -1;
	if (text.n >= 2 && text.p[0] == '"') {
		unescape(out, span_sub(text, 1, text.n - 2));
		if (is_ascii(span_from(buf_view(out), began)))
			return 0;
		out->n = began;
	} else if (hex.n >= 2 && hex.p[0] == '"') {
		result = hex_decode(out, json_text(hex, &scratch));
		buf_free(&scratch);
	}
	return result;
}

int record_bytes(const struct record *r, struct buf *out)
{
	return json_raw_bytes(record_raw(r, "text"), record_raw(r, "hex"), out);
}

/* `extra` begins with a comma; as an object of its own it can be read. */
static int parse_extra(struct buf *object, struct record *r, struct span extra)
{
	const char *why;
	buf_byte(object, '{');
	buf_span(object, span_from(extra, 1));
	buf_byte(object, '}');
	return record_parse(r, buf_view(object), &why);
}

static void put_member(struct buf *out, struct span key, struct span value)
{
	if (out->p[out->n - 1] != '{')
		buf_byte(out, ',');
	buf_byte(out, '"');
	buf_span(out, key);
	buf_lit(out, "\":");
	buf_span(out, value);
}

/* The line with its bytes kept, but for the values that are replaced. */
static void amend(struct buf *out, const struct record *r, const struct record *with)
{
	bool used[RECORD_KEYS] = { false };
	const uint8_t *from = r->line.p, *end = r->line.p + r->line.n - 1;	/* the closing brace */
	if (r->n == 0)
		end = from + 1;	/* blanks within { } are left out */
	for (unsigned i = 0; i < r->n; i++) {
		for (unsigned j = 0; j < with->n; j++) {
			if (!same_key(r->field[i].key, with->field[j].key))
				continue;
			buf_add(out, from, (size_t)(r->field[i].value.p - from));
			buf_span(out, with->field[j].value);
			from = r->field[i].value.p + r->field[i].value.n;
			used[j] = true;
		}
	}
	buf_add(out, from, (size_t)(end - from));
	for (unsigned j = 0; j < with->n; j++)
		if (!used[j])
			put_member(out, with->field[j].key, with->field[j].value);
	buf_byte(out, '}');
}

int record_amend(struct buf *out, const struct record *r, struct span extra)
{
	struct buf object = { 0 };
	struct record with;
	size_t before = out->n;
	int result = parse_extra(&object, &with, extra);
	if (result == 0) {
		amend(out, r, &with);
		if (out->n - before >= RECORD_MOST || r->n + with.n > RECORD_KEYS)
			result = -1;
	}
	if (result < 0)
		out->n = before;
	buf_free(&object);
	return result;
}

void json_each(struct span raw, bool (*each)(void *with, struct span key, struct span value), void *with)
{
	struct scan s = { .end = raw.p + raw.n };
	const uint8_t *p = raw.p;
	bool object = is_at(&s, p, '{');
	if (!object && !is_at(&s, p, '['))
		return;
	p = skip_blanks(&s, p + 1);
	while (p && p < s.end && *p != '}' && *p != ']') {
		struct span key = { 0 };
		const uint8_t *value = object ? scan_key(&s, p, &key) : p;
		p = value ? scan_value(&s, value, 1) : NULL;
		if (!p || !each(with, key, span_of(value, (size_t)(p - value))))
			return;
		p = skip_blanks(&s, p);
		if (is_at(&s, p, ','))
			p = skip_blanks(&s, p + 1);
	}
}
