/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file dialects.conf, line by line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "event/dialect.h"
#include "text/text.h"
#include "util/file.h"
#include "util/hex.h"

#define CODE_MOST 16	/* Vonk prints so many */
#define PATTERN_MOST 2

struct reading_in {
	struct dialects *d;
	const struct vocabulary *v;
	struct dialect *current;	/* whose lines are being read */
	unsigned number;		/* of the line */
};

/* A kind, and what it is when it is over. */
static const struct {
	const char *kind, *over;
} kinds[] = {
	{ "alarm", "restoral" }, { "restoral", "restoral" }, { "trouble", "trouble_restoral" },
	{ "trouble_restoral", "trouble_restoral" }, { "supervisory", "supervisory_restoral" },
	{ "supervisory_restoral", "supervisory_restoral" }, { "bypass", "unbypass" }, { "unbypass", "unbypass" },
	{ "opening", "closing" }, { "closing", "opening" }, { "cancel", "cancel" }, { "test", "test" },
	{ "access", "access" }, { "status", "status" }, { "undefined", "undefined" },
};

static const char *const categories[] = {
	"burglary", "fire", "gas", "holdup", "panic", "duress", "medical", "emergency", "heat", "freeze", "water", "sprinkler",
	"tamper", "untyped", "environment", "power_ac", "power", "battery", "comms", "radio", "access", "arming", "program",
	"audio", "video", "sounder", "system", "test",
};

static const struct {
	const char *word;
	enum concern concern;
} concerns[] = {
	{ "zone", ON_ZONE }, { "user", ON_USER }, { "partition", ON_AREA }, { "none", ON_NONE },
};

static char *copy(struct span s)
{
	char *text = xcalloc(1, s.n + 1);
	memcpy(text, s.p, s.n);
	return text;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The next word; blanks between quotes are part of it.  False at the end, which a # that begins a word is. */
static bool next_word(struct span *rest, struct span *word)
{
	size_t n = 0;
	bool quoted = false;
	*rest = span_trim(*rest);
	for (; n < rest->n && (quoted || !is_blank(rest->p[n])); n++)
		quoted ^= rest->p[n] == '"';
	*word = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return n && word->p[0] != '#';
}

static const char *read_kinds(struct code *row, struct span word)
{
	ptrdiff_t slash = span_find(word, '/');
	struct span kind = span_sub(word, 0, slash < 0 ? word.n : (size_t)slash), over = span_from(word, slash < 0 ? word.n : (size_t)slash + 1);
	row->kind_restored = span_is(over, "-") ? "" : NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (span_is(kind, kinds[i].kind))
			row->kind = kinds[i].kind;
		if (span_is(slash < 0 ? kind : over, kinds[i].kind))
			row->kind_restored = slash < 0 ? kinds[i].over : kinds[i].kind;
	}
	return row->kind && row->kind_restored ? NULL
	     : _("a kind is alarm, restoral, trouble, supervisory, bypass, opening, closing, cancel, test, access, status, …: vigie-dialects(5)");
}

static const char *read_category(struct code *row, struct span word)
{
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
		if (span_is(word, categories[i])) {
			row->category = categories[i];
			return NULL;
		}
	return _("a category is burglary, fire, holdup, duress, tamper, power_ac, battery, arming, test, …: vigie-dialects(5)");
}

static const char *read_severity(struct code *row, struct span word)
{
	row->severity = word.n == 1 ? word.p[0] - '0' : -1;
	return row->severity >= 0 && row->severity <= 4 ? NULL : _("a severity is 0 (information) to 4 (life safety)");
}

static const char *read_label(struct code *row, enum language language, struct span quoted)
{
	if (quoted.n < 3 || quoted.p[0] != '"' || span_find(span_from(quoted, 1), '"') != (ptrdiff_t)quoted.n - 2)
		return _("words stand between quotes: en=\"Disarmed under duress\"");
	free((char *)row->label[language]);
	row->label[language] = copy(span_sub(quoted, 1, quoted.n - 2));
	return NULL;
}

static const char *read_option(struct meaning *m, struct span word)
{
	if (span_starts(word, SPAN("en=")))
		return read_label(&m->row, LANG_EN, span_from(word, 3));
	if (span_starts(word, SPAN("fr=")))
		return read_label(&m->row, LANG_FR, span_from(word, 3));
	for (size_t i = 0; i < sizeof concerns / sizeof *concerns; i++)
		if (span_is(word, concerns[i].word)) {
			m->row.concern = concerns[i].concern;
			m->numbered = true;
			return NULL;
		}
	m->quieter = span_is(word, "quieter");
	return m->quieter ? NULL : _("behind the severity stand zone, user, partition or none, quieter, en=\"…\" and fr=\"…\"");
}

static bool is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_word(uint8_t c)
{
	return is_digit(c) || is_letter(c);
}

static const struct form {
	const char *format;
	size_t least, most;
	bool (*is)(uint8_t c);
	const char *wanted;
} forms[] = {
	{ "sia", 2, 2, is_letter, N_("a SIA code is two letters") },
	{ "cid", 3, 3, is_hex, N_("a Contact ID code is three digits; its qualifier stands behind a slash: 441/E") },
	{ "vds", 2, 2, is_hex, N_("a VdS code is two hexadecimal digits with bit 7 clear; what has ended is 61/R") },
	{ "fast-format", 1, 2, is_digit, N_("a channel is a number from 1 to 24") },
	{ "ademco-hs", 1, 2, is_digit, N_("a channel is a number from 1 to 24") },
	{ "", 1, CODE_MOST, is_word, N_("a code is digits and letters, ? at its end for a digit that is the number") },
};

static bool keeps_to(const struct form *form, struct span code)
{
	size_t patterns = 0;
	for (size_t i = 0; i < code.n; i++) {
		bool pattern = code.p[i] == '?' && !form->format[0];
		patterns += pattern;
		if (pattern ? i == 0 : patterns || !form->is(code.p[i]))
			return false;
	}
	return code.n >= form->least && code.n <= form->most && patterns <= PATTERN_MOST;
}

static const char *read_code(struct meaning *m, struct span word)
{
	ptrdiff_t slash = span_find(word, '/');
	struct span code = span_sub(word, 0, slash < 0 ? word.n : (size_t)slash), when = span_from(word, code.n + 1);
	const struct form *form = forms;
	while (form->format[0] && strcmp(form->format, m->format) != 0)
		form++;
	if (!keeps_to(form, code))
		return _(form->wanted);
	if (slash >= 0 && (when.n != 1 || !(is_digit(when.p[0]) || strchr("ERP", when.p[0]))))
		return _("behind the slash stands E (new), R (restored), P (still so), or a digit of the message's type");
	m->code = copy(code);
	m->when = slash < 0 ? '\0' : (char)when.p[0];
	return NULL;
}

static bool is_safety(const struct code *row)
{
	return row && row->severity == 4 && strcmp(row->kind, "alarm") == 0;
}

static const struct code *row_before(const struct reading_in *in, const struct meaning *m, struct span code)
{
	char when = m->when ? m->when : 'E';
	const struct meaning *before = dialect_find(in->current->like, span_str(m->format), code, when, when, false);
	return before ? &before->row : in->v->standard(span_str(m->format), code);
}

/* Does it make less of an alarm of life safety?  A pattern may, with any of its digits. */
static bool makes_quieter(const struct reading_in *in, const struct meaning *m)
{
	static const char digits[] = "0123456789BCDEF";
	size_t plain = strcspn(m->code, "?"), patterns = strlen(m->code) - plain;
	char code[CODE_MOST + 1];
	unsigned count = patterns == 0 ? 1 : patterns == 1 ? 15 : 225;
	if (is_safety(&m->row) || m->when == 'R')
		return false;
	strcpy(code, m->code);
	for (unsigned i = 0; i < count; i++) {
		if (patterns)
			code[plain] = digits[i % 15];
		if (patterns > 1)
			code[plain + 1] = digits[i / 15];
		if (is_safety(row_before(in, m, span_str(code))))
			return true;
	}
	return false;
}

static const char *same_as(unsigned number)
{
	static char message[120];
	snprintf(message, sizeof message, _("the same as in line %u"), number);
	return message;
}

static const char *check_meaning(const struct reading_in *in, struct meaning *m)
{
	if (!m->row.label[LANG_EN] && !m->row.label[LANG_FR])
		return _("what it means in words is wanted: en=\"…\", fr=\"…\", or both");
	if (!m->quieter && makes_quieter(in, m))
		return _("this makes less of an alarm of life safety: if that is meant, say quieter");
	for (unsigned i = 0; i + 1 < in->current->n; i++) {
		const struct meaning *other = &in->current->meaning[i];
		if (strcmp(other->format, m->format) == 0 && span_eq_nocase(span_str(other->code), span_str(m->code)) && other->when == m->when)
			return same_as(other->number);
	}
	return NULL;
}

/* One label serves both languages; without a word about the number it stays where it is. */
static void complete(struct meaning *m)
{
	const char **label = m->row.label;
	if (!label[LANG_EN])
		label[LANG_EN] = copy(span_str(label[LANG_FR]));
	if (!label[LANG_FR])
		label[LANG_FR] = copy(span_str(label[LANG_EN]));
	m->row.code = m->code;
	m->row.restores = "";
	m->ends_itself = strcmp(m->format, "sia") == 0 || strcmp(m->format, "telim") == 0;
	if (!m->numbered)
		m->row.concern = ON_ZONE;
}

static const char *read_meaning(struct reading_in *in, struct span format, struct span rest)
{
	struct span word[4], option;
	struct dialect *d = in->current;
	if (!d)
		return _("codes stand below the dialect that they belong to: dialect NAME");
	if (span_is(format, "channel"))
		format = SPAN("fast-format");
	if (!in->v->knows(format))
		return _("no such event language; a line begins with dialect, site, channel or a language of alarmdecode --list");
	for (unsigned i = 0; i < 4; i++)
		if (!next_word(&rest, &word[i]))
			return _("a code's line is: LANGUAGE CODE[/QUALIFIER] KIND[/RESTORED] CATEGORY SEVERITY [zone|user|partition|none] [quieter] en=\"…\" fr=\"…\"");
	if ((d->n & (d->n - 1)) == 0)
		d->meaning = xrealloc(d->meaning, (d->n ? 2 * d->n : 1) * sizeof *d->meaning);
	struct meaning *m = &d->meaning[d->n++];
	*m = (struct meaning){ .format = copy(format), .number = in->number };
	const char *why = read_code(m, word[0]);
	why = why ? why : read_kinds(&m->row, word[1]);
	why = why ? why : read_category(&m->row, word[2]);
	why = why ? why : read_severity(&m->row, word[3]);
	while (!why && next_word(&rest, &option))
		why = read_option(m, option);
	why = why ? why : check_meaning(in, m);
	if (!why)
		complete(m);
	return why;
}

static const char *read_dialect(struct reading_in *in, struct span rest)
{
	struct dialects *d = in->d;
	struct span name, word, like = { 0 };
	if (!next_word(&rest, &name) || (next_word(&rest, &word) && (!span_is(word, "like") || !next_word(&rest, &like))) || next_word(&rest, &word))
		return _("a dialect's line is: dialect NAME [like OTHER]");
	if (dialects_named(d, name))
		return _("there is a dialect of this name above");
	const struct dialect *other = like.n ? dialects_named(d, like) : NULL;
	if (like.n && !other)
		return _("no dialect above has the name that it is like");
	if ((d->n & (d->n - 1)) == 0)
		d->dialect = xrealloc(d->dialect, (d->n ? 2 * d->n : 1) * sizeof *d->dialect);
	in->current = d->dialect[d->n++] = xcalloc(1, sizeof **d->dialect);
	in->current->name = copy(name);
	in->current->like = other;
	return NULL;
}

static const char *read_site(struct reading_in *in, struct span rest)
{
	struct dialects *d = in->d;
	struct span name, more;
	if ((d->sites & (d->sites - 1)) == 0)
		d->site = xrealloc(d->site, (d->sites ? 2 * d->sites : 1) * sizeof *d->site);
	struct dialect_site *site = &d->site[d->sites];
	*site = (struct dialect_site){ .number = in->number };
	if (!subscriber_read(&site->at, &rest))
		return _("a site's line is: site SOURCE LINE ACCOUNT DIALECT, * for any");
	d->sites++;
	if (!next_word(&rest, &name) || next_word(&rest, &more))
		return _("a site's line is: site SOURCE LINE ACCOUNT DIALECT, * for any");
	site->dialect = dialects_named(d, name);
	return site->dialect ? NULL : _("no dialect above has this name");
}

static const char *read_line(struct reading_in *in, struct span line)
{
	struct span word;
	if (!next_word(&line, &word))
		return NULL;
	if (span_is(word, "dialect"))
		return read_dialect(in, line);
	if (span_is(word, "site"))
		return read_site(in, line);
	return read_meaning(in, word, line);
}

static int order(const void *x, const void *y)
{
	const struct dialect_site *a = x, *b = y;
	int by = subscriber_order(&a->at, &b->at);
	return by ? by : a->number < b->number ? -1 : 1;
}

static const char *find_twice(struct reading_in *in)
{
	const struct dialects *d = in->d;
	for (unsigned i = 1; i < d->sites; i++)
		if (subscriber_order(&d->site[i - 1].at, &d->site[i].at) == 0) {
			in->number = d->site[i].number;
			return same_as(d->site[i - 1].number);
		}
	return NULL;
}

static const char *read_all(struct reading_in *in, struct span text)
{
	struct span line;
	const char *why = NULL;
	while (!why && span_line(&text, &line)) {
		in->number++;
		why = read_line(in, line);
	}
	if (!why && in->d->sites)
		qsort(in->d->site, in->d->sites, sizeof *in->d->site, order);
	return why ? why : find_twice(in);
}

int dialects_load(struct dialects *d, const char *path, const struct vocabulary *v, const char **why)
{
	static struct buf message;
	struct dialects fresh = { 0 };
	struct reading_in in = { .d = &fresh, .v = v };
	struct buf text = { 0 };
	const char *wrong = file_read(path, &text) < 0 ? strerror(errno) : read_all(&in, buf_view(&text));
	buf_free(&text);
	if (!wrong) {
		dialects_free(d);
		*d = fresh;
		return 0;
	}
	buf_reset(&message);
	buf_str(&message, path);
	if (in.number)
		buf_printf(&message, ":%u", in.number);
	buf_printf(&message, ": %s", wrong);
	*why = buf_cstr(&message);
	dialects_free(&fresh);
	return -1;
}
