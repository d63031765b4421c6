/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode.h"

#include <strings.h>

#include "util/hex.h"

#define WIDE 80
#define INDENT 17

static size_t columns_of(struct span text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += (text.p[i] & 0xC0) != 0x80;
	return n;
}

/* How complete it is has lines of its own. */
static void put_row(struct buf *out, const char *name, const char *title, const char *coverage)
{
	struct span rest = span_str(_(coverage)), word;
	buf_printf(out, "  %-14s %s\n%*s", name, _(title), INDENT - 1, "");
	for (size_t columns = INDENT - 1; span_word(&rest, &word); columns += 1 + columns_of(word)) {
		if (columns + 1 + columns_of(word) >= WIDE) {
			buf_printf(out, "\n%*s", INDENT - 1, "");
			columns = INDENT - 1;
		}
		buf_byte(out, ' ');
		buf_span(out, word);
	}
	buf_byte(out, '\n');
}

/* The tokens it knows, as many on a line as fit. */
static void put_tokens(struct buf *out, const struct protocol *p)
{
	size_t columns = WIDE;
	const char *token;
	for (unsigned i = 0; p->token && (token = p->token(i)); i++) {
		bool fits = columns + 1 + strlen(token) < WIDE;
		columns = (fits ? columns + 1 : INDENT) + strlen(token);
		if (fits)
			buf_byte(out, ' ');
		else
			buf_printf(out, "%s%*s", i ? "\n" : "", INDENT, "");
		buf_str(out, token);
	}
	if (p->token)
		buf_byte(out, '\n');
}

void list_formats(struct buf *out)
{
	buf_printf(out, "%s\n", _("wire protocols:"));
	for (const struct protocol *const *p = protocols; *p; p++) {
		put_row(out, (*p)->name, (*p)->title, (*p)->coverage);
		put_tokens(out, *p);
	}
	buf_printf(out, "%s\n", _("event languages:"));
	for (const struct format *const *f = formats; *f; f++)
		put_row(out, (*f)->name, (*f)->title, (*f)->coverage);
	buf_printf(out, "%s\n", _("by name only, since their form is not public:"));
	for (const struct named *n = formats_named; n->name; n++)
		buf_printf(out, "  %-14s %s\n", n->name, n->title);
}

static bool is_letter(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z');
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

/* Where a word begins in text that is folded, the pattern does. */
static bool begins_word(struct span text, struct span pattern)
{
	for (size_t i = 0; i + pattern.n <= text.n; i++)
		if ((i == 0 || !is_letter(text.p[i - 1])) && span_starts(span_from(text, i), pattern))
			return true;
	return false;
}

static bool is_code(const char *pattern)
{
	struct span text = span_str(pattern);
	return code_sia(text) || code_cid(text);
}

/* What is a code means that code alone: BA is no word. */
static bool matches(const struct code *c, char *const patterns[])
{
	struct buf have = { 0 }, want = { 0 };
	bool found = !patterns[0];
	const char *const parts[] = { c->kind, " ", c->category, " ", c->label[LANG_EN], " ", c->label[LANG_FR] };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		fold(&have, parts[i]);
	for (; *patterns && !found; patterns++) {
		buf_reset(&want);
		fold(&want, *patterns);
		found = is_code(*patterns) ? strcasecmp(*patterns, c->code) == 0
		                           : want.n && begins_word(buf_view(&have), buf_view(&want));
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
	const struct code_table *const tables[] = { &cid_codes, &sia_codes, &vds_codes, &scaip_codes };
	bool any = false;
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (unsigned i = 0; i < tables[t]->n; i++)
			if (matches(&tables[t]->code[i], patterns)) {
				put_code(out, tables[t]->format, &tables[t]->code[i], language);
				any = true;
			}
	return any;
}
