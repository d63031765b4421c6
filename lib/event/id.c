/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/id.h"

#include <stdlib.h>
#include <unistd.h>

#include "util/hex.h"

/* Digits in the order of ASCII, without letters that read like digits. */
static const char base32[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* Takes the digits at the end of text; false when there are none or too many. */
static bool number_at_end(struct span *text, uint64_t *value)
{
	size_t n = 0;
	while (n < text->n && is_digit(text->p[text->n - 1 - n]))
		n++;
	if (n == 0 || n > 18)
		return false;
	*value = 0;
	for (size_t i = text->n - n; i < text->n; i++)
		*value = *value * 10 + (text->p[i] - '0');
	text->n -= n;
	return true;
}

static ptrdiff_t find_last(struct span s, uint8_t byte)
{
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == byte)
			return (ptrdiff_t)i;
	return -1;
}

int id_parse(struct span text, struct id *id)
{
	struct span rest = text;
	uint64_t last;
	*id = (struct id){ 0 };
	if (!number_at_end(&rest, &last) || rest.n == 0)
		return -1;
	id->root = text;
	if (rest.p[rest.n - 1] == '.') {
		rest.n--;
		id->root = rest;
		id->part = (uint32_t)last;
		if (last == 0 || last > UINT32_MAX || !number_at_end(&rest, &last) || rest.n == 0)
			return -1;
	}
	if (rest.p[rest.n - 1] != '-' || last == 0)
		return -1;
	id->seq = last;
	rest.n--;
	ptrdiff_t dot = find_last(rest, '.');
	if (dot < 1 || (size_t)dot + 1 == rest.n)
		return -1;
	id->node = span_sub(rest, 0, (size_t)dot);
	id->epoch = span_from(rest, (size_t)dot + 1);
	return 0;
}

static void put_base32(char *out, unsigned digits, uint64_t value)
{
	for (unsigned i = digits; i-- > 0; value /= 32)
		out[i] = base32[value % 32];
}

/* Seconds fill seven digits until the year 3058. */
void epoch_new(char epoch[static EPOCH_TEXT + 1], msec now, uint32_t chance)
{
	put_base32(epoch, 7, (uint64_t)(now / SECOND));
	put_base32(epoch + 7, 7, chance);
	epoch[EPOCH_TEXT] = '\0';
}

void node_name(struct buf *out)
{
	char host[256] = "";
	const char *name = getenv("VIGIE_NODE");
	if (!name || !*name) {
		gethostname(host, sizeof host - 1);
		host[strcspn(host, ".")] = '\0';
		name = host;
	}
	size_t began = out->n;
	for (; *name && out->n - began < 63; name++) {
		char c = *name;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
		buf_byte(out, plain ? (uint8_t)c : '-');
	}
	if (out->n == began)
		buf_lit(out, "node");
}
