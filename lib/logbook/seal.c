/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/seal.h"

#include "json/write.h"
#include "util/hex.h"

static void put_digits(struct buf *out, struct span key, const struct hash *hash)
{
	buf_span(out, key);
	hex_lower(out, hash_view(hash));
	buf_byte(out, '\n');
}

void seal_put_signed(struct buf *out, const struct seal *s)
{
	buf_lit(out, "vigie-seal: 1\n");
	put_digits(out, SPAN("log: "), &s->log);
	buf_printf(out, "seal: %lld\nentry: %lld\n", (long long)s->seal, (long long)s->entry);
	put_digits(out, SPAN("hash: "), &s->hash);
	buf_lit(out, "time: ");
	clock_put(out, s->at);
	buf_byte(out, '\n');
	put_digits(out, SPAN("previous: "), &s->previous);
	buf_lit(out, "key: ");
	sign_put_line(out, s->key);
	buf_byte(out, '\n');
}

void seal_put(struct buf *out, const struct seal *s)
{
	seal_put_signed(out, s);
	buf_lit(out, "signature: ");
	to_base64(out, span_of(s->signature, SIGNATURE_SIZE));
	buf_byte(out, '\n');
}

struct hash seal_hash(const struct seal *s)
{
	struct buf text = { 0 };
	struct hash hash;
	seal_put(&text, s);
	sha256(hash.byte, buf_view(&text));
	buf_free(&text);
	return hash;
}

void seal_sign(struct seal *s, const struct sign_key *k)
{
	struct buf text = { 0 };
	memcpy(s->key, k->open, SIGN_KEY);
	seal_put_signed(&text, s);
	sign_bytes(s->signature, k, buf_view(&text));
	buf_free(&text);
}

bool seal_signed(const struct seal *s)
{
	struct buf text = { 0 };
	seal_put_signed(&text, s);
	bool good = sign_good(s->key, buf_view(&text), s->signature);
	buf_free(&text);
	return good;
}

/* Takes "NAME: value" off the front. */
static struct span value_of(struct span *text, struct span name)
{
	struct span line;
	if (!span_line(text, &line) || !span_starts(line, name))
		return (struct span){ 0 };
	return span_trim(span_from(line, name.n));
}

static bool read_signature(struct span text, uint8_t signature[static SIGNATURE_SIZE])
{
	struct buf bytes = { 0 };
	bool good = from_base64(&bytes, text) && bytes.n == SIGNATURE_SIZE;
	if (good)
		memcpy(signature, bytes.p, SIGNATURE_SIZE);
	buf_free(&bytes);
	return good;
}

static bool read_lines(struct span *text, struct seal *s)
{
	return span_eq(value_of(text, SPAN("vigie-seal: ")), SPAN("1")) &&
		hash_read(value_of(text, SPAN("log: ")), &s->log) &&
		number_read(value_of(text, SPAN("seal: ")), &s->seal) && s->seal > 0 &&
		number_read(value_of(text, SPAN("entry: ")), &s->entry) && s->entry > 0 &&
		hash_read(value_of(text, SPAN("hash: ")), &s->hash) &&
		(s->at = clock_parse(value_of(text, SPAN("time: ")))) != CLOCK_NONE &&
		hash_read(value_of(text, SPAN("previous: ")), &s->previous) &&
		sign_read_line(value_of(text, SPAN("key: ")), s->key) &&
		read_signature(value_of(text, SPAN("signature: ")), s->signature);
}

bool seal_next(struct span *text, struct seal *s, bool *sound)
{
	for (struct span line, before = *text; span_line(text, &line); before = *text) {
		if (!span_starts(line, SPAN("vigie-seal: ")))
			continue;
		*s = (struct seal){ 0 };
		*sound = read_lines(&before, s);
		if (*sound)
			*text = before;
		return true;
	}
	return false;
}

bool seal_read(struct span text, struct seal *s)
{
	struct span rest = text;
	struct buf again = { 0 };
	*s = (struct seal){ 0 };
	bool good = read_lines(&rest, s);
	if (good)
		seal_put(&again, s);
	good = good && span_eq(buf_view(&again), text);
	if (!good)
		*s = (struct seal){ 0 };
	buf_free(&again);
	return good;
}

static void put_hash(struct buf *out, struct span key, const struct hash *hash)
{
	struct buf digits = { 0 };
	hex_lower(&digits, hash_view(hash));
	json_str(out, key, buf_view(&digits));
	buf_free(&digits);
}

void seal_put_record(struct buf *out, const struct seal *s)
{
	struct hash id = seal_hash(s);
	struct buf text = { 0 };
	json_begin(out);
	json_str(out, KEY("type"), SPAN(SEAL_TYPE));
	put_hash(out, KEY("id"), &id);
	json_time(out, KEY("at"), s->at);
	json_int(out, KEY("seal"), s->seal);
	json_int(out, KEY("number"), s->entry);
	put_hash(out, KEY("hash"), &s->hash);
	put_hash(out, KEY("log"), &s->log);
	put_hash(out, KEY("previous"), &s->previous);
	sign_put_line(&text, s->key);
	json_str(out, KEY("key"), buf_view(&text));
	buf_reset(&text);
	to_base64(&text, span_of(s->signature, SIGNATURE_SIZE));
	json_str(out, KEY("signature"), buf_view(&text));
	json_end(out);
	buf_free(&text);
}

bool seal_from_record(struct span line, struct seal *s)
{
	static struct record r;
	struct buf scratch = { 0 }, again = { 0 };
	const char *why;
	*s = (struct seal){ 0 };
	bool good = record_parse(&r, line, &why) == 0 && record_is(&r, "type", SEAL_TYPE) &&
		record_int(&r, "seal", &s->seal) && record_int(&r, "number", &s->entry) &&
		(s->at = record_time(&r, "at")) != CLOCK_NONE &&
		hash_read(record_text(&r, "hash", &scratch), &s->hash) &&
		hash_read(record_text(&r, "log", &scratch), &s->log) &&
		hash_read(record_text(&r, "previous", &scratch), &s->previous) &&
		sign_read_line(record_text(&r, "key", &scratch), s->key) &&
		read_signature(record_text(&r, "signature", &scratch), s->signature);
	/* Each value may be spelled in one way only, the id among them. */
	if (good)
		seal_put_record(&again, s);
	good = good && span_eq(buf_view(&again), r.line);
	buf_free(&scratch);
	buf_free(&again);
	return good;
}
