/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event/drawing.h"

#include "util/hex.h"

#define PARTS 16
#define WIDEST 16	/* of a field with a "+" */

enum class { LITERAL, WORD, DIGIT, BLANK_WORD, BLANK, TEXT, ANY };

/* A field: so many characters of a class, those in front perhaps blank. */
struct part {
	char letter;
	enum class class;
	size_t blanks, least, most, width;
	const char *literal;
};

struct drawn {
	struct part part[PARTS];
	size_t n;
};

/* How far a text agrees with a drawing. */
struct fit {
	size_t width[PARTS];
	size_t parts;		/* so many fields are whole */
	size_t at;		/* the first byte that is none of the next */
	bool whole;
};

static const struct {
	char letter;
	const char *name;
	bool blank;		/* may be left blank */
} letters[] = {
	{ 'R', N_("receiver"), false }, { 'L', N_("line"), false }, { 'A', N_("account"), false },
	{ 'Q', N_("qualifier"), false }, { 'E', N_("code"), false }, { 'P', N_("partition"), true },
	{ 'Z', N_("zone"), true }, { 'U', N_("user"), true }, { 'N', N_("zone or user"), true },
	{ 'C', N_("channels"), false }, { 'K', N_("status"), true }, { 'S', N_("check digit"), false },
	{ 'D', N_("caller"), true }, { 'T', N_("type"), false }, { 'V', N_("text"), true }, { 'O', N_("sequence"), false },
	{ 'X', NULL, false },
};

/* Its place in the table, -1: it stands for itself. */
static int letter_at(char c)
{
	char capital = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].letter == capital)
			return (int)i;
	return -1;
}

static bool is_word(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool belongs(enum class class, uint8_t c)
{
	switch (class) {
	case WORD: return is_word(c);
	case DIGIT: return is_hex(c);
	case BLANK_WORD: return c == ' ' || is_word(c);
	case BLANK: return c == ' ';
	case TEXT: return c >= ' ' && c != 0x7F;
	default: return true;
	}
}

static enum class class_of(char c)
{
	int at = letter_at(c);
	if (at < 0)
		return BLANK;
	if (c == 'V' || c == 'T')
		return c == 'V' ? TEXT : ANY;
	if (c != letters[at].letter)
		return DIGIT;
	return letters[at].blank ? BLANK_WORD : WORD;
}

static void draw_field(struct part *p, const char **drawing)
{
	const char *s = *drawing;
	while (*s == '.')
		s++, p->blanks++;
	p->letter = letter_at(*s) < 0 ? '.' : *s;
	p->class = class_of(*s);
	p->least = p->blanks;
	for (; *s && *s == p->letter; s++)
		p->least++;
	p->most = p->least;
	if (*s == '+') {
		p->most = WIDEST;
		s++;
	}
	*drawing = s;
}

static void draw_literal(struct part *p, const char **drawing)
{
	const char *s = *drawing;
	bool quoted = *s == '\'';
	p->class = LITERAL;
	p->letter = quoted ? '\'' : '\0';
	p->literal = s += quoted;
	while (*s && (quoted ? *s != '\'' : *s != '\'' && *s != '.' && *s != '*' && letter_at(*s) < 0))
		s++, p->least++;
	p->most = p->least;
	*drawing = s + quoted;
}

static void draw(struct drawn *d, const char *drawing)
{
	*d = (struct drawn){ 0 };
	while (*drawing && d->n < PARTS) {
		struct part *p = &d->part[d->n++];
		if (*drawing == '*') {
			*p = (struct part){ .letter = '*', .class = ANY };
			drawing++;
		} else if (*drawing == '.' || letter_at(*drawing) >= 0) {
			draw_field(p, &drawing);
		} else {
			draw_literal(p, &drawing);
		}
	}
}

/* So many bytes at the front are what the field of that width wants. */
static size_t agreeing(const struct part *p, struct span text, size_t width)
{
	size_t n = 0;
	while (n < width && n < text.n) {
		uint8_t c = text.p[n];
		bool good = p->class == LITERAL ? c == (uint8_t)p->literal[n]
		          : (n < p->blanks && c == ' ') || belongs(p->class, c);
		if (!good)
			break;
		n++;
	}
	return n;
}

static void keep_farthest(struct fit *best, struct fit *now, size_t at, size_t part)
{
	now->at = at;
	now->parts = part;
	if (at > best->at || (at == best->at && part > best->parts))
		*best = *now;
}

/* Any text goes on up to what must stand behind it. */
static size_t rest_width(const struct drawn *d, size_t part, size_t left)
{
	size_t behind = 0;
	for (size_t i = part + 1; i < d->n; i++)
		behind += d->part[i].least;
	return left > behind ? left - behind : 0;
}

/* Fields from `part` on against the text from `at` on; best is the farthest that any widths came. */
static bool hold(const struct drawn *d, struct span text, size_t at, size_t part, struct fit *now, struct fit *best)
{
	if (part == d->n) {
		now->whole = at == text.n;
		keep_farthest(best, now, at, part);
		return now->whole;
	}
	struct part p = d->part[part];
	if (p.letter == '*')
		p.least = p.most = rest_width(d, part, text.n - at);
	for (size_t width = p.least; width <= p.most; width++) {
		size_t good = agreeing(&p, span_from(text, at), width);
		now->width[part] = width;
		if (good < width) {
			keep_farthest(best, now, at + good, part);
			return false;
		}
		if (hold(d, text, at + width, part + 1, now, best))
			return true;
	}
	return false;
}

static const char *wanted(const struct drawn *d, const struct fit *f, struct buf *scratch)
{
	if (f->parts == d->n)
		return _("the end");
	const struct part *p = &d->part[f->parts];
	size_t before = 0;
	for (size_t i = 0; i < f->parts; i++)
		before += f->width[i];
	switch (p->class) {
	case LITERAL:
		if (p->literal[f->at - before] == ' ')
			return _("a blank");
		buf_byte(scratch, (uint8_t)p->literal[f->at - before]);
		return buf_cstr(scratch);
	case DIGIT: return _("a digit");
	case WORD: return f->at - before < p->blanks ? _("a digit, a letter or a blank") : _("a digit or a letter");
	case BLANK_WORD: return _("a digit, a letter or a blank");
	case BLANK: return _("a blank");
	default: return _("a character");
	}
}

static const char *qualifier(struct span value)
{
	switch (value.n == 1 ? value.p[0] : 0) {
	case '1': case 'E': return _("new event, or opening");
	case '3': case 'R': return _("restored, or closing");
	case '6': case 'P': return _("reported before, still so");
	default: return NULL;
	}
}

static void put_field(struct buf *out, const struct part *p, struct span value)
{
	int letter = letter_at(p->letter);
	const char *name = p->letter == '*' ? N_("data") : letter < 0 ? NULL : letters[letter].name;
	if (name)
		explain_some(out, _(name), value, p->letter == 'Q' || p->letter == 'q' ? qualifier(value) : NULL);
}

/* As far as the text agrees, the last one perhaps in part. */
static void put_fields(struct buf *out, const struct drawn *d, const struct fit *f, struct span text)
{
	for (size_t i = 0, at = 0; i < d->n && at < f->at; at += f->width[i++])
		put_field(out, &d->part[i], span_trim(span_sub(span_sub(text, 0, f->at), at, f->width[i])));
}

/* Below the bytes, one below the other. */
static void put_expected(struct buf *out, const struct drawn *d, const struct fit *f, struct span text)
{
	struct buf line = { 0 }, came = { 0 };
	for (size_t i = 0; i < d->n; i++) {
		const struct part *p = &d->part[i];
		size_t width = i <= f->parts && f->width[i] ? f->width[i] : p->least;
		if (p->letter == '*')
			buf_str(&line, "…");
		for (size_t k = 0; p->letter != '*' && k < width; k++)
			buf_byte(&line, (uint8_t)(p->class == LITERAL ? p->literal[k] : k < p->blanks ? '.' : p->letter));
	}
	for (size_t i = 0; i < text.n; i++)
		buf_byte(&came, text.p[i] < ' ' || text.p[i] > '~' ? '?' : text.p[i]);
	explain_row(out, _("came"), buf_view(&came), NULL);
	explain_row(out, _("wanted"), buf_view(&line), NULL);
	buf_free(&line);
	buf_free(&came);
}

/* The type in front, which is drawn between quotes, was right: it is such a record, however little else is. */
static bool begins_right(const struct drawn *d, const struct fit *f)
{
	return d->part[0].letter == '\'' && f->parts > 0;
}

/* Of two drawings the one whose type is right, else that which goes farther. */
static bool is_better(const struct drawn *d, const struct fit *f, const struct drawn *than, const struct fit *other)
{
	bool right = begins_right(d, f), its = begins_right(than, other);
	if (right != its)
		return right;
	return f->whole != other->whole ? f->whole : f->at > other->at;
}

bool drawing_explain(struct buf *out, const char *const drawings[], struct span text)
{
	struct drawn best_drawn = { 0 }, drawn;
	struct fit best = { 0 };
	for (size_t i = 0; drawings[i]; i++) {
		struct fit now = { 0 }, fit = { 0 };
		draw(&drawn, drawings[i]);
		hold(&drawn, text, 0, 0, &now, &fit);
		if (i == 0 || is_better(&drawn, &fit, &best_drawn, &best)) {
			best = fit;
			best_drawn = drawn;
		}
	}
	if (!best.whole)
		put_expected(out, &best_drawn, &best, text);
	put_fields(out, &best_drawn, &best, text);
	if (!best.whole) {
		struct buf scratch = { 0 };
		explain_stop(out, text, best.at, wanted(&best_drawn, &best, &scratch));
		buf_free(&scratch);
	}
	return best.whole;
}
