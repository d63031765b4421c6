/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/content.h"

#include "crypto/crypto.h"
#include "json/canonical.h"
#include "util/hex.h"

/* Each list names the keys that the record's maker writes.  "label" and
 * "detail" are left out: they are the same facts in the words of a language,
 * and a chain restarted in another language must not contradict itself. */
#define FIELD(name, key, form, meaning) key,
static const char *const event_keys[] = {
#include "event/fields.def"
	NULL
};
#undef FIELD
static const char *const error_keys[] = {
	"id", "at", "error", "proto", "source", "peer", "account", "text", "hex", "part", "parts", NULL
};
static const char *const link_keys[] = { "id", "at", "source", "account", "path", "state", "since", NULL };

static const struct {
	const char *type;
	const char *const *keys;
} written[] = {
	{ "event", event_keys }, { "error", error_keys }, { "link", link_keys },
};

static const char *const *keys_of(struct span type)
{
	for (size_t i = 0; i < sizeof written / sizeof *written; i++)
		if (span_is(type, written[i].type))
			return written[i].keys;
	return NULL;
}

bool content_written(struct span type)
{
	return keys_of(type) != NULL;
}

static int canonical(struct span value, struct buf *out)
{
	struct buf object = { 0 };
	buf_lit(&object, "{\"value\":");
	buf_span(&object, value);
	buf_byte(&object, '}');
	int result = json_canonical(buf_view(&object), out);
	buf_free(&object);
	return result;
}

/* Equal bytes, or two spellings of one value. */
static bool value_same(struct span a, struct span b)
{
	if (span_eq(a, b))
		return true;
	if (a.n == 0 || b.n == 0)
		return false;
	struct buf one = { 0 }, other = { 0 };
	bool same = canonical(a, &one) == 0 && canonical(b, &other) == 0 && span_eq(buf_view(&one), buf_view(&other));
	buf_free(&one);
	buf_free(&other);
	return same;
}

bool content_same(struct span type, const struct record *a, const struct record *b)
{
	for (const char *const *key = keys_of(type); key && *key; key++)
		if (strcmp(*key, "label") != 0 && !value_same(record_raw(a, *key), record_raw(b, *key)))
			return false;
	return true;
}

void content_line_id(struct buf *out, struct span line)
{
	uint8_t digest[SHA256_SIZE];
	sha256(digest, line);
	buf_lit(out, "line+");
	hex_lower(out, span_of(digest, 8));
}

struct span content_id(const struct record *r, struct buf *scratch)
{
	struct span id = record_text(r, "id", scratch);
	if (id.n)
		return id;
	buf_reset(scratch);
	content_line_id(scratch, r->line);
	return buf_view(scratch);
}
