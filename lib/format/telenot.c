/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telenot GMS: VdS 2465 records in a frame of FT 1.2, as its panels write
 * them on a serial line.
 *
 *	68 L L 68 C A data CS 16
 *
 *	L counts C, A and data; CS is their sum.  C 73 sends data, 40 polls,
 *	00 is the answer.  Addresses of records have 16 bits. */
#include "event/explain.h"
#include "format/vds.h"
#include "format/vds_explain.h"
#include "util/cursor.h"

#include <stdio.h>

static const struct code idle_row = { "", ON_NONE, "status", "", "system", 0, "",
                                      { "Poll or answer without a message", "Interrogation ou réponse sans message" } };

static void idle(uint8_t control, uint8_t station, enum language language, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	char text[8];
	event_puts(ev, F_FORMAT, "telenot");
	format_classify(ev, &idle_row, false, language);
	ev->checked = true;
	snprintf(text, sizeof text, "%02X", control);
	event_data(ev, SPAN("control"), span_str(text));
	snprintf(text, sizeof text, "%u", station);
	event_data(ev, SPAN("station"), span_str(text));
}

uint8_t vds_sum(struct span s)
{
	uint8_t total = 0;
	for (size_t i = 0; i < s.n; i++)
		total = (uint8_t)(total + s.p[i]);
	return total;
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct cursor c = cursor_over(payload);
	if (cursor_u8(&c) != 0x68)
		return V_NOT_MINE;
	uint8_t length = cursor_u8(&c), again = cursor_u8(&c), begin = cursor_u8(&c);
	struct span body = cursor_take(&c, length);
	uint8_t check = cursor_u8(&c), end = cursor_u8(&c);
	if (!cursor_ok(&c) && begin == 0x68 && length == again)
		return format_refuse(list, V_MALFORMED, TRUNCATED);
	if (!cursor_ok(&c) || !cursor_end(&c) || length != again || length < 2)
		return format_refuse(list, V_MALFORMED, BAD_LENGTH);
	if (begin != 0x68 || end != 0x16)
		return format_refuse(list, V_MALFORMED, BAD_SYNTAX);
	if (check != vds_sum(body))
		return V_BAD_CHECK;
	unsigned began = list->n;
	if (length == 2)
		idle(body.p[0], body.p[1], language, list);
	else if (vds_records(span_from(body, 2), true, language, list) != V_OK)
		return V_MALFORMED;
	for (unsigned i = began; i < list->n; i++)
		list->event[i].checked = !list->event[i].unreadable;
	return V_OK;
}

static const char *control_meaning(uint8_t control)
{
	switch (control) {
	case 0x73: return _("sends data");
	case 0x40: return _("polls");
	case 0x00: return _("answers: taken");
	default: return (control & 0xF) == 1 ? _("answers: refused") : _("unknown");
	}
}

static void explain_byte(struct buf *out, const char *label, struct span all, size_t at, uint8_t want)
{
	if (at >= all.n || all.p[at] != want) {
		char byte[16];
		snprintf(byte, sizeof byte, _("byte %02Xh"), want);
		explain_stop(out, all, at, byte);
	} else {
		explain_bytes(out, label, span_sub(all, at, 1), _("right"));
	}
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	struct span body = span_sub(payload, 4, payload.n > 1 ? payload.p[1] : 0), behind = span_from(payload, 4 + body.n);
	explain_byte(out, _("beginning"), payload, 0, 0x68);
	if (payload.n < 6)
		return;
	explain_length(out, _("length"), payload.p[1], payload.n > 6 ? payload.n - 6 : 0);
	explain_byte(out, _("length again"), payload, 2, payload.p[1]);
	explain_byte(out, _("beginning"), payload, 3, 0x68);
	explain_bytes(out, _("control byte"), span_sub(body, 0, 1), control_meaning(body.n ? body.p[0] : 0xFF));
	explain_bytes(out, _("station"), span_sub(body, 1, 1), NULL);
	vds_explain_records(span_from(body, 2), true, language, out);
	if (behind.n)
		explain_check(out, _("sum"), 2, behind.p[0], vds_sum(body));
	explain_byte(out, _("end"), payload, 5 + body.n, 0x16);
}

const struct format format_telenot = {
	.name = "telenot", .title = N_("Telenot GMS (VdS 2465 in FT 1.2)"), .coverage = N_("partial: as VdS 2465 records"),
	.binary = true, .proof = BY_SUM, .speaks = "vds", .decode = decode,
	.explain = explain,
};
