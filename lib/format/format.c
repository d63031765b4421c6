/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/format.h"

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

const char *proof_word(enum proof p)
{
	static const char *const words[] = { "form", "rounds", "check-digit", "parity", "sum", "crc", "nothing" };
	return words[p];
}

bool format_is_named(struct span name)
{
	for (const struct named *n = formats_named; n->name; n++)
		if (span_is(name, n->name))
			return true;
	return false;
}

const struct format *format_find(struct span name)
{
	for (const struct format *const *f = formats; *f; f++)
		if (span_is(name, (*f)->name))
			return *f;
	return NULL;
}

/* "Disarmed by user / Armed by user": the words for new and for restored. */
static struct span half(struct span label, bool second)
{
	for (size_t i = 0; i + 3 <= label.n; i++)
		if (memcmp(label.p + i, " / ", 3) == 0)
			return second ? span_from(label, i + 3) : span_sub(label, 0, i);
	return label;
}

/* A restoral that has no words of its own is the event's, over. */
static void set_label(struct event *ev, const struct code *row, bool restored, enum language language)
{
	static const struct span over[] = { [LANG_EN] = SPAN("Restored: "), [LANG_FR] = SPAN("Retour : ") };
	struct span label = span_str(row->label[language]), words = half(label, restored);
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

/* An alarm or trouble that is over is information; whether a system is armed
 * was its own severity all along. */
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
	char severity[2] = { (char)('0' + (restored ? 0 : row->severity)), '\0' };
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

void format_number(struct event *ev, struct span number)
{
	static const enum field field[] = { [ON_ZONE] = F_ZONE, [ON_DEVICE] = F_ZONE, [ON_USER] = F_USER, [ON_AREA] = F_PARTITION };
	enum concern on = ev->known ? ev->known->concern : ON_ZONE;	/* of an unknown code: most likely */
	if (number.n == 0)
		return;
	if (on != ON_NONE && on != ON_OTHER && event_get(ev, field[on]).n == 0)
		event_set(ev, field[on], number);
	else if (!all_zeros(number))
		event_data(ev, SPAN("address"), number);
}
