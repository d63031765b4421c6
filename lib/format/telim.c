/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telim, as receivers hand it on.
 *
 *	123456 A  01	account, what happened, line
 *
 * What stands on the telephone line is not public. */
#include "format/digits.h"
#include "util/cursor.h"
#include "util/hex.h"

static const struct letter {
	struct code row;
	const char *qualifier;
} letters[] = {
	{ { "A", ON_ZONE, "alarm", "", "untyped", 3, "", { "Alarm", "Alarme" } }, "E" },
	{ { "F", ON_ZONE, "trouble", "", "untyped", 2, "", { "Fault", "Défaut" } }, "E" },
	{ { "H", ON_ZONE, "restoral", "", "untyped", 0, "", { "Maintenance alarm over", "Fin d'alarme de maintenance" } }, "R" },
	{ { "K", ON_ZONE, "restoral", "", "untyped", 0, "", { "Back to normal", "Retour à la normale" } }, "R" },
	{ { "L", ON_ZONE, "alarm", "", "untyped", 3, "", { "Maintenance alarm", "Alarme de maintenance" } }, "E" },
	{ { "N", ON_ZONE, "alarm", "", "emergency", 4, "", { "Emergency", "Appel d'urgence" } }, "E" },
	{ { "O", ON_ZONE, "undefined", "", "untyped", 3, "", { "Call", "Appel" } }, "E" },
	{ { "Q", ON_OTHER, "status", "", "program", 1, "", { "Remote programming", "Programmation à distance" } }, "E" },
	{ { "R", ON_OTHER, "test", "", "test", 0, "", { "Test", "Test cyclique" } }, "E" },
	{ { "T", ON_USER, "closing", "", "arming", 0, "", { "Armed", "Mise en service" } }, "R" },
	{ { "U", ON_USER, "opening", "", "arming", 0, "", { "Disarmed", "Mise hors service" } }, "E" },
};

static const struct letter *letter_find(struct span code)
{
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (span_is(code, letters[i].row.code))
			return &letters[i];
	return NULL;
}

static const struct code *row_of(struct span code)
{
	const struct letter *letter = letter_find(code);
	return letter ? &letter->row : NULL;
}

static bool is_blank(uint8_t c)
{
	return c == ' ';
}

static bool is_letter(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct cursor c = cursor_over(span_trim(payload));
	struct span account = cursor_while(&c, is_digit, 6);
	cursor_while(&c, is_blank, 1);
	struct span code = cursor_while(&c, is_letter, 1);
	cursor_while(&c, is_blank, 2);
	struct span line = cursor_while(&c, is_digit, 2);
	if (account.n != 6 || code.n != 1 || line.n != 2 || !cursor_end(&c))
		return V_NOT_MINE;
	const struct letter *letter = letter_find(code);
	struct event *ev = event_list_add(list);
	event_set(ev, F_ACCOUNT, account);
	event_puts(ev, F_FORMAT, "telim");
	event_set(ev, F_CODE, code);
	if (letter)
		event_puts(ev, F_QUALIFIER, letter->qualifier);
	format_classify(ev, letter ? &letter->row : NULL, false, language);
	format_number(ev, line);
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "aaaaaaEll", NULL };
	(void)language;
	digits_explain(payload, drawings, out);
}

const struct format format_telim = {
	.name = "telim", .title = N_("Telim"),
	.coverage = N_("partial: as receivers hand it on; the rest is not public"), .row = row_of,
	.decode = decode,
	.explain = explain,
};
