/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/format.h"
#include "util/hex.h"

const struct format *const formats[] = {
#define FORMAT(name) &format_##name,
#include "format/formats.def"
#undef FORMAT
	NULL
};

const struct named formats_named[] = {
	{ "atlantic", "Atlantic" }, { "bs8521", "BS 8521, BS 8521-2 (NOW-IP)" }, { "dmp", "DMP SCS-1R" }, { "l400", "L400" },
	{ "outel", "Outel" }, { "pyronix-cloud", "Pyronix Cloud" }, { "secip", "Vebon SecIP" }, { "sia2000", "SIA DC-04 (SIA 2000)" },
	{ "stratel", "Stratel" }, { "vonk", "VONK" }, { "westec", "Westec" }, { 0 },
};

bool format_is_named(struct span name)
{
	for (const struct named *n = formats_named; n->name; n++)
		if (span_is(name, n->name))
			return true;
	return false;
}

bool format_is_received(struct span name)
{
	static const char *const names[] = { "acron", "bfsk", "d6500", "iti", "seriee", "sescoa", "sk9000", "skfsk0", "skfsk1", "skfsk2",
	                                     "varitech", "vonk" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

const struct code *format_row(struct span name, struct span code)
{
	const struct format *f = format_find(name);
	return f && f->row ? f->row(code) : NULL;
}

const struct format *format_find(struct span name)
{
	for (const struct format *const *f = formats; *f; f++)
		if (span_is(name, (*f)->name))
			return *f;
	return NULL;
}

#define ACCOUNT_MOST 16

static bool is_word(uint8_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

struct span format_take_account(struct span *payload, warnings *seen)
{
	struct span s = span_trim(*payload);
	bool brackets = s.n > 1 && s.p[0] == '[' && s.p[s.n - 1] == ']';
	s = brackets ? span_sub(s, 1, s.n - 2) : s;
	bool hash = s.n && s.p[0] == '#';
	size_t n = hash, least = hash ? 1 : 3;
	while (n < s.n && (hash ? is_word(s.p[n]) : is_hex(s.p[n])))
		n++;
	if (n == s.n || s.p[n] != '|' || n < hash + least || n > hash + (size_t)ACCOUNT_MOST)
		return (struct span){ 0 };
	*seen |= hash ? 0 : WARN(INNER_ACCOUNT_NO_HASH);
	*payload = span_from(s, n + 1);
	return span_sub(s, hash, n - hash);
}

/* "Disarmed by user / Armed by user": the words for new and for restored. */
static struct span half(struct span label, bool second)
{
	for (size_t i = 0; i + 3 <= label.n; i++)
		if (memcmp(label.p + i, " / ", 3) == 0)
			return second ? span_from(label, i + 3) : span_sub(label, 0, i);
	return label;
}

/* "vendor (Ajax): night mode on": whose code it is stands in the table for who looks it up. */
static struct span without_maker(struct span label)
{
	static const struct span end = SPAN("): ");
	const uint8_t *at = span_starts(label, SPAN("vendor (")) ? memmem(label.p, label.n, end.p, end.n) : NULL;
	return at ? span_from(label, (size_t)(at - label.p) + end.n) : label;
}

/* A restoral that has no words of its own is the event's, over. */
static void set_label(struct event *ev, const struct code *row, bool restored, enum language language)
{
	static const struct span over[] = { [LANG_EN] = SPAN("Restored: "), [LANG_FR] = SPAN("Retour : ") };
	struct span label = without_maker(span_str(row->label[language])), words = half(label, restored);
	size_t began = ev->list->text.n;
	bool own = words.n != label.n || !restored || strcmp(row->kind, row->kind_restored) == 0;
	if (!own)
		buf_span(&ev->list->text, over[language]);
	buf_span(&ev->list->text, words);
	event_set_from(ev, F_LABEL, began);
}

static void unknown(struct event *ev)
{
	ev->warnings |= WARN(CODE_UNKNOWN);
	event_puts(ev, F_KIND, "undefined");
	event_puts(ev, F_CATEGORY, "untyped");
	event_puts(ev, F_SEVERITY, "3");
}

/* An alarm or trouble that is over is information; a late closing or the end
 * of a test is worth what its row says. */
void format_classify(struct event *ev, const struct code *row, bool restored, enum language language)
{
	ev->known = row;
	if (!row) {
		unknown(ev);
		return;
	}
	if (restored && !*row->kind_restored) {
		ev->warnings |= WARN(QUALIFIER_UNDEFINED);
		restored = false;
	}
	bool over = restored && kind_is_over(row->kind_restored);
	char severity[2] = { (char)('0' + (over ? 0 : row->severity)), '\0' };
	event_puts(ev, F_KIND, restored ? row->kind_restored : row->kind);
	event_puts(ev, F_CATEGORY, row->category);
	event_puts(ev, F_SEVERITY, severity);
	set_label(ev, row, restored, language);
}

static bool all_zeros(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

static const enum field field[] = { [ON_ZONE] = F_ZONE, [ON_DEVICE] = F_ZONE, [ON_USER] = F_USER, [ON_AREA] = F_PARTITION };

void format_number(struct event *ev, struct span number)
{
	enum concern on = ev->known ? ev->known->concern : ON_ZONE;	/* of an unknown code: most likely */
	if (number.n == 0)
		return;
	if (on != ON_NONE && on != ON_OTHER && event_get(ev, field[on]).n == 0) {
		event_set(ev, field[on], number);
		ev->number_in = (uint8_t)(field[on] + 1);
	} else if (!all_zeros(number)) {
		event_data(ev, SPAN("address"), number);
	}
}

/* Where the number stands now: what the code itself ends in, or what was behind it. */
static struct field_place take_number(struct event *ev, const struct meaning *m)
{
	struct span digits = meaning_number(m, event_get(ev, F_CODE));
	struct field_place number = { 0 }, code = ev->field[F_CODE];
	enum field from = ev->number_in ? (enum field)(ev->number_in - 1) : event_get(ev, F_ZONE).n ? F_ZONE : F_USER;
	if (digits.n)
		return (struct field_place){ .at = code.at + code.n - (uint32_t)digits.n, .n = (uint32_t)digits.n };
	if (m->numbered) {
		number = ev->field[from];
		ev->field[from].n = 0;
	}
	return number;
}

/* A number that has no place stays in sight as the address. */
static void put_number(struct event *ev, const struct meaning *m, struct field_place number)
{
	enum concern on = m->row.concern;
	struct span address = event_data_text(ev, SPAN("address"));
	struct span text = span_sub(buf_view(&ev->list->text), number.at, number.n);
	if (number.n && on == ON_NONE && !all_zeros(text) && address.n == 0)
		event_data(ev, SPAN("address"), text);
	else if (number.n && on != ON_NONE)
		ev->field[field[on]] = number;
	else if (m->numbered && on != ON_NONE && address.n && event_get(ev, field[on]).n == 0)
		event_set(ev, field[on], address);
}

static char first_of(struct span s)
{
	return (char)(s.n ? s.p[0] : '\0');
}

/* Life safety never becomes less because a table says so in passing. */
static void keep_grave(struct event *ev, const struct meaning *m, bool was_alarm, char severity)
{
	if (was_alarm && severity == '4' && !m->quieter && m->when != 'R' && first_of(event_get(ev, F_SEVERITY)) < '4') {
		event_puts(ev, F_KIND, "alarm");
		event_puts(ev, F_SEVERITY, "4");
	}
}

bool format_by_dialect(struct event *ev, const struct dialect *d, enum language language)
{
	char qualifier = first_of(event_get(ev, F_QUALIFIER)), severity = first_of(event_get(ev, F_SEVERITY));
	const struct meaning *m = ev->unreadable || event_get(ev, F_CODE).n == 0 ? NULL
	                        : dialect_find(d, event_get(ev, F_FORMAT), event_get(ev, F_CODE), qualifier, ev->type, ev->fixed);
	if (!m)
		return false;
	bool was_alarm = span_is(event_get(ev, F_KIND), "alarm");
	bool restored = qualifier == 'R' && !m->when && !m->ends_itself;
	struct field_place number = take_number(ev, m);
	ev->warnings &= ~(WARN(CODE_UNKNOWN) | WARN(CHANNEL_PLAN) | WARN(QUALIFIER_UNDEFINED));
	format_classify(ev, &m->row, restored, language);
	keep_grave(ev, m, was_alarm, severity);
	if (m->ends_itself)
		event_puts(ev, F_QUALIFIER, kind_is_over(m->row.kind) ? "R" : "E");
	put_number(ev, m, number);
	event_data(ev, SPAN("dialect"), span_str(d->name));
	return true;
}
