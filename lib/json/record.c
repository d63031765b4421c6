/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass reads a line: it checks the grammar of RFC 8259 and the UTF-8,
 * and notes where the top-level keys and values stand.  `struct scan` is
 * the pass; its functions stop at the first fault and leave the reason. */
#include "json/record.h"

#include <stdlib.h>

#include "json/plain.h"
#include "util/charset.h"
#include "util/cursor.h"
#include "util/hex.h"

struct scan {
	const uint8_t *at, *end;
	const char *why;
	uint64_t seen;		/* a bit for each key so far, by its length and ends */
	bool escaped;		/* a backslash was met */
};

static bool fault(struct scan *s, const char *why)
{
	s->why = why;
	return false;
}

static void skip_all_blanks(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
		s->at++;
}

/* Our own lines have none. */
static inline void skip_blanks(struct scan *s)
{
	if (s->at == s->end || *s->at <= ' ')
		skip_all_blanks(s);
}

static bool next_is(struct scan *s, uint8_t byte)
{
	if (s->at == s->end || *s->at != byte)
		return false;
	s->at++;
	return true;
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

static int hex4(struct scan *s)
{
	struct cursor c = cursor_over(span_of(s->at, (size_t)(s->end - s->at)));
	uint32_t value = cursor_digits(&c, 4, 16);
	if (!cursor_ok(&c))
		return -1;
	s->at += 4;
	return (int)value;
}

/* What a letter behind a backslash stands for; 0 when it stands for nothing. */
static uint8_t short_escape(uint8_t letter)
{
	switch (letter) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case '"': case '\\': case '/': return letter;
	default: return 0;
	}
}

/* Behind a backslash.  A lone half of a surrogate pair is no character. */
static bool scan_escape(struct scan *s)
{
	if (s->at == s->end)
		return fault(s, "a string does not end");
	uint8_t c = *s->at++;
	if (c != 'u')
		return short_escape(c) || fault(s, "a wrong escape in a string");
	int u = hex4(s);
	if (u >= 0xD800 && u < 0xDC00) {
		if (!next_is(s, '\\') || !next_is(s, 'u'))
			return fault(s, "half a character in a string");
		int low = hex4(s);
		return (low >= 0xDC00 && low < 0xE000) || fault(s, "half a character in a string");
	}
	return (u >= 0 && !(u >= 0xDC00 && u < 0xE000)) || fault(s, "a wrong escape in a string");
}

/* A string, its opening quote next.  *inside is what stands between the quotes. */
static bool scan_string(struct scan *s, struct span *inside)
{
	if (!next_is(s, '"'))
		return fault(s, "a string is missing");
	const uint8_t *start = s->at;
	for (;;) {
		s->at = skip_plain(s->at, s->end);
		if (s->at == s->end)
			return fault(s, "a string does not end");
		uint8_t c = *s->at;
		if (c == '"')
			break;
		if (c < 0x20)
			return fault(s, "a control byte in a string");
		if (c == '\\') {
			s->escaped = true;
			s->at++;
			if (!scan_escape(s))
				return false;
			continue;
		}
		size_t n = utf8_length(span_of(s->at, (size_t)(s->end - s->at)));
		if (n == 0)
			return fault(s, "bytes that are no UTF-8");
		s->at += n;
	}
	*inside = span_of(start, (size_t)(s->at - start));
	s->at++;
	return true;
}

static bool scan_digits(struct scan *s)
{
	const uint8_t *start = s->at;
	while (s->at < s->end && is_digit(*s->at))
		s->at++;
	return s->at > start || fault(s, "a digit is missing in a number");
}

static bool scan_number(struct scan *s)
{
	next_is(s, '-');
	if (!next_is(s, '0') && !scan_digits(s))
		return false;
	if (next_is(s, '.') && !scan_digits(s))
		return false;
	if (next_is(s, 'e') || next_is(s, 'E')) {
		if (!next_is(s, '+'))
			next_is(s, '-');
		return scan_digits(s);
	}
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
		return fault(s, "a word that JSON does not know");
	s->at += n;
	return true;
}

static bool scan_value(struct scan *s, unsigned depth);

/* Members up to the closing bracket, the opening one already taken. */
static bool scan_nested(struct scan *s, uint8_t close, unsigned depth)
{
	struct span key;
	if (depth == RECORD_DEPTH)
		return fault(s, "nested too deep");
	skip_blanks(s);
	if (next_is(s, close))
		return true;
	do {
		skip_blanks(s);
		if (close == '}') {
			if (!scan_string(s, &key))
				return false;
			skip_blanks(s);
			if (!next_is(s, ':'))
				return fault(s, "a colon is missing");
			skip_blanks(s);
		}
		if (!scan_value(s, depth + 1))
			return false;
		skip_blanks(s);
	} while (next_is(s, ','));
	return next_is(s, close) || fault(s, "a comma or bracket is missing");
}

static bool scan_value(struct scan *s, unsigned depth)
{
	struct span inside;
	if (s->at == s->end)
		return fault(s, "a value is missing");
	switch (*s->at) {
	case '"':
		return scan_string(s, &inside);
	case '{':
		s->at++;
		return scan_nested(s, '}', depth);
	case '[':
		s->at++;
		return scan_nested(s, ']', depth);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}

/* Appends what the inside of a scanned string stands for. */
static void unescape(struct buf *out, struct span inside)
{
	struct scan s = { .at = inside.p, .end = inside.p + inside.n };
	while (s.at < s.end) {
		const uint8_t *backslash = memchr(s.at, '\\', (size_t)(s.end - s.at));
		const uint8_t *stop = backslash ? backslash : s.end;
		buf_add(out, s.at, (size_t)(stop - s.at));
		s.at = stop;
		if (!backslash)
			break;
		uint8_t letter = s.at[1];
		s.at += 2;
		if (letter != 'u') {
			buf_byte(out, short_escape(letter));
			continue;
		}
		uint32_t u = (uint32_t)hex4(&s);
		if (u >= 0xD800 && u < 0xDC00) {
			s.at += 2;
			u = 0x10000 + ((u - 0xD800) << 10) + ((uint32_t)hex4(&s) - 0xDC00);
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

/* Keys that are equal byte for byte have the same bit. */
static uint64_t key_bit(struct span key)
{
	unsigned ends = key.n ? key.p[0] * 5u + key.p[key.n - 1] * 11u : 0;
	return UINT64_C(1) << ((ends + key.n * 23) & 63);
}

static bool stands_twice(const struct record *r, struct span key)
{
	for (unsigned i = 0; i < r->n; i++)
		if (span_eq(r->field[i].key, key) || (r->escapes && same_key(r->field[i].key, key)))
			return true;
	return false;
}

static bool add_field(struct scan *s, struct record *r, struct span key, struct span value)
{
	uint64_t bit = key_bit(key);
	if (r->n == RECORD_KEYS)
		return fault(s, "too many keys");
	if ((s->seen & bit || r->escapes) && stands_twice(r, key))
		return fault(s, "a key stands twice");
	s->seen |= bit;
	r->field[r->n++] = (struct record_field){ key, value };
	return true;
}

static bool scan_member(struct scan *s, struct record *r)
{
	struct span key;
	skip_blanks(s);
	s->escaped = false;
	if (!scan_string(s, &key))
		return false;
	r->escapes |= s->escaped;
	skip_blanks(s);
	if (!next_is(s, ':'))
		return fault(s, "a colon is missing");
	skip_blanks(s);
	const uint8_t *start = s->at;
	if (!scan_value(s, 1))
		return false;
	struct span value = span_of(start, (size_t)(s->at - start));
	skip_blanks(s);
	return add_field(s, r, key, value);
}

static bool scan_record(struct scan *s, struct record *r)
{
	if (!next_is(s, '{'))
		return fault(s, "not a JSON object");
	skip_blanks(s);
	if (next_is(s, '}'))
		return true;
	do {
		if (!scan_member(s, r))
			return false;
	} while (next_is(s, ','));
	return next_is(s, '}') || fault(s, "a comma or bracket is missing");
}

int record_parse(struct record *r, struct span line, const char **why)
{
	r->n = 0;
	r->escapes = false;
	r->line = line = span_trim(line);
	struct scan s = { .at = line.p, .end = line.p + line.n };
	if (line.n >= RECORD_MOST)
		fault(&s, "longer than 64 KiB");
	else if (scan_record(&s, r) && s.at != s.end)
		fault(&s, "something stands behind the object");
	*why = s.why;
	return s.why ? -1 : 0;
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

/* Both stand in the same order as a rule: the next key is tried first. */
void record_pick(const struct record *r, const struct span keys[], unsigned n, struct span values[])
{
	unsigned next = 0;
	for (unsigned k = 0; k < n; k++)
		values[k] = (struct span){ 0 };
	for (unsigned i = 0; i < r->n; i++)
		for (unsigned tried = 0; tried < n; tried++) {
			unsigned k = next + tried < n ? next + tried : next + tried - n;
			struct span key = r->field[i].key;
			if (r->escapes ? !key_is(key, keys[k]) : !span_eq(key, keys[k]))
				continue;
			values[k] = r->field[i].value;
			next = k + 1 < n ? k + 1 : 0;
			break;
		}
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
	struct scan s = { .at = raw.p, .end = raw.p + raw.n };
	bool object = next_is(&s, '{');
	if (!object && !next_is(&s, '['))
		return;
	skip_blanks(&s);
	while (s.at < s.end && *s.at != '}' && *s.at != ']') {
		struct span key = { 0 };
		skip_blanks(&s);
		if (object) {
			if (!scan_string(&s, &key))
				return;
			skip_blanks(&s);
			next_is(&s, ':');
			skip_blanks(&s);
		}
		const uint8_t *start = s.at;
		if (!scan_value(&s, 1) || !each(with, key, span_of(start, (size_t)(s.at - start))))
			return;
		skip_blanks(&s);
		next_is(&s, ',');
	}
}
