/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/code.h"

#define CODE(code, concern, kind, restored, category, severity, restores, english, french) \
	{ code, concern, kind, restored, category, severity, restores, { english, french } },
static const struct code sia[] = {
#include "event/sia_codes.def"
};
static const struct code cid[] = {
#include "event/cid_codes.def"
};
static const struct code vds[] = {
#include "event/vds_codes.def"
};
static const struct code scaip[] = {
#include "event/scaip_codes.def"
};
#undef CODE

const struct code_table sia_codes = { "sia", sia, sizeof sia / sizeof *sia };
const struct code_table cid_codes = { "cid", cid, sizeof cid / sizeof *cid };
const struct code_table vds_codes = { "vds", vds, sizeof vds / sizeof *vds };
const struct code_table scaip_codes = { "scaip", scaip, sizeof scaip / sizeof *scaip };

static unsigned ordinal(const char *code, size_t n)
{
	unsigned value = 0;
	for (size_t i = 0; i < n; i++)
		value = value << 8 | (uint8_t)code[i];
	return value;
}

/* The rows are in the order of their codes, all n characters. */
static const struct code *search(const struct code_table *table, const char *code, size_t n)
{
	unsigned low = 0, high = table->n, wanted = ordinal(code, n);
	while (low < high) {
		unsigned middle = (low + high) / 2, at = ordinal(table->code[middle].code, n);
		if (at == wanted)
			return &table->code[middle];
		if (wanted < at)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static char capital(uint8_t c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static const struct code *search_two(const struct code_table *table, struct span code)
{
	if (code.n != 2)
		return NULL;
	char characters[2] = { capital(code.p[0]), capital(code.p[1]) };
	return search(table, characters, 2);
}

const struct code *code_sia(struct span code)
{
	return search_two(&sia_codes, code);
}

const struct code *code_cid(struct span code)
{
	return code.n == 3 ? search(&cid_codes, (const char *)code.p, 3) : NULL;
}

const struct code *code_vds(struct span code)
{
	return search_two(&vds_codes, code);
}

const struct code *code_scaip(struct span code)
{
	return code.n == 4 ? search(&scaip_codes, (const char *)code.p, 4) : NULL;
}

const struct code *code_find(struct span format, struct span code)
{
	if (span_is(format, "sia"))
		return code_sia(code);
	if (span_is(format, "vds"))
		return code_vds(code);
	if (span_is(format, "scaip"))
		return code_scaip(code);
	return span_is(format, "cid") ? code_cid(code) : NULL;
}
