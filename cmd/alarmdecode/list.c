/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode.h"

#include <strings.h>

#include "util/charset.h"

static void put_row(struct buf *out, const char *name, const char *title, const char *coverage)
{
	buf_printf(out, "  %-8s %s, %s\n", name, _(title), _(coverage));
}

void list_formats(struct buf *out)
{
	buf_printf(out, "%s\n", _("wire protocols:"));
	for (const struct protocol *const *p = protocols; *p; p++)
		put_row(out, (*p)->name, (*p)->title, (*p)->coverage);
	buf_printf(out, "%s\n", _("event languages:"));
	for (const struct format *const *f = formats; *f; f++)
		put_row(out, (*f)->name, (*f)->title, (*f)->coverage);
}

/* French without its accents, in small letters. */
static void fold(struct buf *out, const char *text)
{
	static const char plain[] = "aaaaaaaceeeeiiiidnooooo/ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy";	/* U+00C0 to U+00FF */
	for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
		if (*p == 0xC3 && p[1] >= 0x80 && p[1] <= 0xBF)
			buf_byte(out, (uint8_t)plain[*++p - 0x80]);
		else
			buf_byte(out, *p >= 'A' && *p <= 'Z' ? (uint8_t)(*p + 32) : *p);
	}
}

static bool matches(const struct code *c, char *const patterns[])
{
	struct buf have = { 0 }, want = { 0 };
	bool found = !patterns[0];
	const char *const parts[] = { c->code, " ", c->kind, " ", c->category, " ", c->label[LANG_EN], " ", c->label[LANG_FR] };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		fold(&have, parts[i]);
	for (; *patterns && !found; patterns++) {
		buf_reset(&want);
		fold(&want, *patterns);
		found = strcasecmp(*patterns, c->code) == 0 || (want.n > 3 && strstr(buf_cstr(&have), buf_cstr(&want)));
	}
	buf_free(&have);
	buf_free(&want);
	return found;
}

static void put_code(struct buf *out, const char *format, const struct code *c, enum language language)
{
	struct buf kind = { 0 };
	buf_printf(&kind, "%s %s", c->kind, c->category);
	buf_printf(out, "%-4s %-4s %d  %-28s %s\n", format, c->code, c->severity, buf_cstr(&kind), c->label[language]);
	buf_free(&kind);
}

bool list_codes(struct buf *out, char *const patterns[], enum language language)
{
	const struct code_table *const tables[] = { &cid_codes, &sia_codes };
	bool any = false;
	for (size_t t = 0; t < 2; t++)
		for (unsigned i = 0; i < tables[t]->n; i++)
			if (matches(&tables[t]->code[i], patterns)) {
				put_code(out, tables[t]->format, &tables[t]->code[i], language);
				any = true;
			}
	return any;
}
