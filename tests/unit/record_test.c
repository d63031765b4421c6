/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/record.h"

#include <stdlib.h>

#include "../tap.h"
#include "json/canonical.h"
#include "json/write.h"

static struct record r;
static struct buf scratch, out;

static bool parses(const char *line)
{
	const char *why;
	return record_parse(&r, span_str(line), &why) == 0;
}

static const char *text_of(struct span s)
{
	static struct buf copy;
	buf_reset(&copy);
	buf_span(&copy, s);
	return buf_cstr(&copy);
}

static const char *why_not(const char *line)
{
	const char *why = NULL;
	record_parse(&r, span_str(line), &why);
	return why ? why : "it is sound";
}

static void grammar(void)
{
	static const char *const sound[] = {
		"{}", " { } ", "{\"a\":1}", "{\"a\":-0.5e+3,\"b\":[1,[2],{}],\"c\":{\"d\":null}}\n",
		"{\"\":\"\"}", "{\"a\":\"\\ud83d\\udd25\",\"b\":\"\xc3\xa9\xf0\x9f\x94\xa5\"}", "{\"a\":true,\"b\":false}",
	};
	static const char *const broken[] = {
		"", "[]", "1", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}",
		"{\"a\":1e}", "{\"a\":+1}", "{\"a\":'b'}", "{\"a\":\"b}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\x01\"}", "{\"a\":\"\xff\"}",
		"{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":[1,]}", "{\"a\":{\"b\"}}", "{\"a\":nul}", "{\"a\":1}x",
		"{\"a\":1}{\"b\":2}", "{\"a\" 1}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":[1}",
	};
	for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
		ok(parses(sound[i]) && json_sound(span_str(sound[i])), "sound: %zu", i);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		ok(!parses(broken[i]), "refused: %zu", i);
}

static void twice(void)
{
	is(why_not("{\"account\":\"1\",\"account\":\"2\"}"), "a key stands twice", "two accounts in one alarm");
	is(why_not("{\"account\":\"1\",\"acc\\u006funt\":\"2\"}"), "a key stands twice", "the second spelt with an escape");
	is(why_not("{\"acc\\u006funt\":\"1\",\"account\":\"2\"}"), "a key stands twice", "the first spelt with an escape");
	ok(parses("{\"a\":{\"b\":1},\"b\":2}"), "the same key on two levels is sound");
}

/* In our own order and form, in another, and not at all. */
static void wanted(void)
{
	static const struct span keys[] = { SPAN("type"), SPAN("id"), SPAN("at"), SPAN("text") };
	static const char *const lines[] = {
		"{\"type\":1,\"id\":2,\"at\":3,\"text\":4}", "{\"text\":4,\"x\":0,\"at\":3,\"id\":2,\"type\":1}",
		"{ \"type\" : 1 , \"id\": 2,\"at\" :3,\"te\\u0078t\":4}", "{\"typ\":0,\"type\":1,\"type2\":0,\"id\":2,\"at\":3,\"text\":4}",
	};
	static const char *const twice[] = {
		"{\"id\":2,\"id\":2}", "{\"id\":2,\"\\u0069d\":2}", "{\"\\u0069d\":2,\"id\":2}", "{\"id\":2,\"id\" :2}", "{\"x\":1,\"id\":2,\"x\":1}",
	};
	struct span values[4];
	const char *why = NULL;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		bool good = record_read(&r, span_str(lines[i]), keys, 4, values, &why) == 0;
		for (unsigned k = 0; k < 4; k++)
			good = good && values[k].n == 1 && values[k].p[0] == '1' + k;
		ok(good && r.n >= 4, "all that are wanted: %zu", i);
	}
	for (size_t i = 0; i < sizeof twice / sizeof *twice; i++)
		ok(record_read(&r, span_str(twice[i]), keys, 4, values, &why) < 0 && strcmp(why, "a key stands twice") == 0, "twice: %zu", i);
	ok(record_read(&r, SPAN("{\"id\":\"\"}"), keys, 4, values, &why) == 0 && values[1].n == 2 && values[0].n + values[2].n + values[3].n == 0,
	   "what is absent is empty");
}

static void limits(void)
{
	buf_reset(&out);
	buf_lit(&out, "{\"a\":");
	for (int i = 0; i < 100; i++)
		buf_byte(&out, '[');
	is(why_not(buf_cstr(&out)), "nested too deep", "a hundred brackets");
	buf_reset(&out);
	for (int i = 0; i < 200; i++)
		buf_printf(&out, "%c\"k%d\":1", i ? ',' : '{', i);
	buf_byte(&out, '}');
	is(why_not(buf_cstr(&out)), "too many keys", "two hundred keys");
	buf_reset(&out);
	buf_lit(&out, "{\"a\":\"");
	while (out.n < RECORD_MOST - 3)
		buf_byte(&out, 'x');
	buf_lit(&out, "\"}");
	ok(out.n == RECORD_MOST - 1 && parses(buf_cstr(&out)), "64 KiB with its LF");
	buf_byte(&out, ' ');
	buf_add(&out, out.p, 0);
	out.p[out.n - 2] = 'x', out.p[out.n - 3] = 'x', out.p[out.n - 1] = '"';
	buf_byte(&out, '}');
	is(why_not(buf_cstr(&out)), "longer than 64 KiB", "a byte more");
}

static void values(void)
{
	int64_t n = 0;
	ok(parses("{\"type\":\"frame\",\"text\":\"\\nA\\u0000\\\"\\\\\\/\\r\",\"n\":-42,\"at\":\"2026-01-13T20:14:03.120Z\"}"), "a record");
	ok(record_is(&r, "type", "frame") && !record_is(&r, "type", "event") && !record_is(&r, "n", "-42"), "record_is");
	struct span text = record_text(&r, "text", &scratch);
	ok(text.n == 7 && memcmp(text.p, "\nA\0\"\\/\r", 7) == 0, "escapes are undone");
	ok(record_int(&r, "n", &n) && n == -42 && !record_int(&r, "type", &n), "record_int");
	ok(record_time(&r, "at") == INT64_C(1768335243120), "record_time");
	ok(record_raw(&r, "none").n == 0 && record_text(&r, "n", &scratch).n == 0, "absent, and of another form");
	ok(parses("{\"t\\u0079pe\":\"x\"}") && record_is(&r, "type", "x"), "a key spelt with an escape is found");
	ok(parses("{\"a\":\"\\ud83d\\udd25\"}"), "a pair");
	is(text_of(record_text(&r, "a", &scratch)), "\xf0\x9f\x94\xa5", "a surrogate pair is one character");
}

static void bytes(void)
{
	buf_reset(&out);
	ok(parses("{\"text\":\"\\u0000AB\\r\"}") && record_bytes(&r, &out) == 0 && out.n == 4, "bytes as text");
	ok(parses("{\"hex\":\"0aFF\"}") && record_bytes(&r, &out) == 0 && out.n == 6 && out.p[5] == 0xFF, "bytes as hex");
	ok(parses("{\"hex\":\"0aF\"}") && record_bytes(&r, &out) < 0, "odd hex is refused");
	ok(parses("{\"text\":\"\xc3\xa9\"}") && record_bytes(&r, &out) < 0, "text above ASCII is refused");
	ok(parses("{}") && record_bytes(&r, &out) < 0, "neither");
	uint8_t all[256];
	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	for (size_t n = 128; n <= 256; n += 128) {
		struct buf line = { 0 }, back = { 0 };
		json_begin(&line);
		json_bytes(&line, span_of(all, n));
		json_end(&line);
		const char *why;
		ok(record_parse(&r, buf_view(&line), &why) == 0 && record_bytes(&r, &back) == 0 &&
		   span_eq(buf_view(&back), span_of(all, n)), "%zu byte values come back exactly", n);
		buf_free(&line);
		buf_free(&back);
	}
}

static const char *amended(const char *line, const char *extra)
{
	buf_reset(&out);
	ok(parses(line) && record_amend(&out, &r, span_str(extra)) == 0, "amended");
	return buf_cstr(&out);
}

static void amend(void)
{
	is(amended("{\"a\":1, \"b\" : \"x\"}", ",\"c\":true"), "{\"a\":1, \"b\" : \"x\",\"c\":true}", "new keys go to the end, the rest is the same bytes");
	is(amended("{\"a\":1,\"b\":2,\"z\":3}", ",\"b\":[5],\"q\":6"), "{\"a\":1,\"b\":[5],\"z\":3,\"q\":6}", "a known key is replaced in place");
	is(amended("{ }", ",\"a\":1"), "{\"a\":1}", "into an empty object");
	is(amended("{\"\\u0061\":1}", ",\"a\":2"), "{\"\\u0061\":2}", "a key spelt with an escape is the same key");
	buf_reset(&scratch);
	buf_lit(&scratch, ",\"big\":\"");
	while (scratch.n < RECORD_MOST - 8)
		buf_byte(&scratch, 'x');
	buf_byte(&scratch, '"');
	buf_reset(&out);
	ok(parses("{\"a\":1}") && record_amend(&out, &r, buf_view(&scratch)) < 0 && out.n == 0, "too long after the addition: nothing is written");
}

static bool count(void *with, struct span key, struct span value)
{
	(void)key;
	*(size_t *)with += value.n;
	return true;
}

static void each(void)
{
	size_t n = 0;
	json_each(span_str("{\"a\":[1,2],\"b\":\"x\"}"), count, &n);
	ok(n == 8, "members of an object");
	n = 0;
	json_each(span_str("[10,\"x\",{}]"), count, &n);
	ok(n == 7, "elements of a list");
}

static void writing(void)
{
	buf_reset(&out);
	json_begin(&out);
	json_str(&out, KEY("a"), span_str("\"\\\n\x01\x7f\xe9"));
	json_int(&out, KEY("b"), INT64_MIN);
	json_begin_in(&out, KEY("c"));
	json_key(&out, SPAN("d"));
	json_element(&out, SPAN("x"));
	json_begin_list(&out, KEY("e"));
	json_element(&out, SPAN("y"));
	json_element(&out, SPAN("z"));
	json_end_list(&out);
	json_end(&out);
	json_time(&out, KEY("t"), 0);
	json_end(&out);
	is(buf_cstr(&out), "{\"a\":\"\\\"\\\\\\n\\u0001\x7f\xc3\xa9\",\"b\":-9223372036854775808,\"c\":{\"d\":\"x\",\"e\":[\"y\",\"z\"]},"
	   "\"t\":\"1970-01-01T00:00:00.000Z\"}", "every kind of value; bytes that are no UTF-8 are read as Windows-1252");
	ok(parses(buf_cstr(&out)), "what is written can be read");
	buf_reset(&out);
	ok(json_canonical(SPAN("{\"b\" : 1, \"a\":\"\\u00e9\"}"), &out) == 0, "canonical");
	is(buf_cstr(&out), "{\"a\":\"\xc3\xa9\",\"b\":1}", "sorted, no blanks, not escaped");
}

int main(void)
{
	grammar();
	twice();
	wanted();
	limits();
	values();
	bytes();
	amend();
	each();
	writing();
	buf_free(&scratch);
	buf_free(&out);
	return done();
}
