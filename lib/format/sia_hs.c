/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIA-HS of Alphatronics, as a line: all that is public of it.
 *
 *	1234 N BA01,text	account, N, code, text
 *	alive!			the line stands
 *
 * A code that begins with two letters of SIA DC-03 is taken for that. */
#include "event/drawing.h"
#include "format/format.h"
#include "util/cursor.h"
#include "util/hex.h"

static const struct code alive_row = { "", ON_NONE, "status", "", "comms", 0, "",
                                       { "Sign of life of the line", "Signe de vie de la liaison" } };

static bool is_account(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 16;
}

static enum verdict alive(enum language language, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	event_puts(ev, F_FORMAT, "sia-hs");
	format_classify(ev, &alive_row, false, language);
	return V_OK;
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct span rest = span_trim(payload), account, mark;
	if (span_is(rest, "alive!"))
		return alive(language, list);
	if (!span_word(&rest, &account) || !span_word(&rest, &mark) || !is_account(account) || !span_is(mark, "N"))
		return V_NOT_MINE;
	rest = span_trim(rest);
	ptrdiff_t comma = span_find(rest, ',');
	struct span code = span_trim(span_sub(rest, 0, comma < 0 ? rest.n : (size_t)comma));
	if (code.n == 0 || code.n > 16 || span_find(code, ' ') >= 0)
		return V_NOT_MINE;
	const struct code *row = code_sia(span_sub(code, 0, 2));
	struct event *ev = event_list_add(list);
	event_set(ev, F_ACCOUNT, account);
	event_puts(ev, F_FORMAT, "sia-hs");
	event_set(ev, F_CODE, row ? span_sub(code, 0, 2) : code);
	format_classify(ev, row, false, language);
	format_number(ev, row ? span_from(code, 2) : (struct span){ 0 });
	if (comma >= 0)
		event_set(ev, F_TEXT, span_trim(span_from(rest, (size_t)comma + 1)));
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const char *const drawings[] = { "'alive!'", "a+' N 'E+", "a+' N 'E+,*", NULL };
	(void)language;
	drawing_explain(out, drawings, span_trim(payload));
}

const struct format format_sia_hs = {
	.name = "sia-hs", .title = N_("SIA-HS (Alphatronics), as lines"),
	.coverage = N_("partial: its lines only; the carrier, SecIP, is not public"), .row = code_sia,
	.decode = decode, .explain = explain,
};
