/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame of VdS 2465-S2 for a technician: each of its fields, then what it says. */
#include "proto/vds2465.h"

#include "event/explain.h"
#include "format/vds.h"
#include "format/vds_explain.h"

static const char *const kinds[] = {
	[IK_SYNC] = N_("the receiver begins"), [IK_SYNC_ANSWER] = N_("the transmitter answers the beginning"),
	[IK_POLL] = N_("poll, or its answer: nothing to send"), [IK_DATA] = N_("data"),
	[IK_UNKNOWN] = N_("the other side does not know this kind of frame"),
	[PK_UNKNOWN] = N_("the other side does not know this protocol"), [IK_SERVICE] = N_("asks to be polled at once"),
};

static const char *kind_of(uint8_t ik)
{
	return ik < sizeof kinds / sizeof *kinds && kinds[ik] ? _(kinds[ik]) : _("unknown");
}

/* Who else's protocol it carries. */
static const char *maker_of(uint8_t pk)
{
	static const char *const makers[] = { "TAS", "Honeywell", "Telenot", "ALEC", "Bosch", "Siemens", "ATS" };
	if (pk == PK_VDS)
		return "VdS 2465";
	return pk >= 0x80 && pk < 0x80 + sizeof makers / sizeof *makers ? makers[pk - 0x80] : _("unknown");
}

static void put_fields(struct buf *out, const struct vds_frame *f, enum language language)
{
	if (f->key)
		explain_say(out, _("key number"), "%u", f->key);
	explain_check(out, _("sum"), 4, f->crc, f->crc_computed);
	explain_say(out, _("TC"), "%08X", f->tc);
	explain_say(out, _("RC"), "%08X", f->rc);
	explain_say(out, _("IK"), "%u  %s", f->ik, kind_of(f->ik));
	explain_say(out, _("PK"), "%02X  %s", f->pk, maker_of(f->pk));
	if (f->pk == PK_VDS)
		vds_explain_records(f->records, false, language, out);
	else if (f->records.n)
		explain_bytes(out, _("records"), f->records, NULL);
}

static void put_sealed(struct buf *out, const struct vds_frame *f, const struct context *cx)
{
	explain_say(out, _("key number"), "%u", f->key);
	explain_say(out, _("data"), "%s", cx->key ? _("encrypted: our key does not open it") : _("encrypted: no key of this number"));
}

static void put_answer(struct buf *out, const struct vds_frame *f)
{
	const char *what = _("none: the receiver polls on");
	if (f->pk != PK_VDS)
		what = _("IK 6: this protocol is not known");
	else if (f->ik == IK_DATA)
		what = vds_find(f->records, R_EVENT).n || vds_find(f->records, R_TEST).p ? _("IK 4 with the acknowledgement") : _("IK 3: a poll");
	else if (f->ik == IK_SYNC)
		what = _("IK 2");
	else if (f->ik == IK_SYNC_ANSWER || f->ik == IK_SERVICE)
		what = _("IK 3: a poll");
	explain_say(out, _("answer"), "%s", what);
}

static void put_one(struct buf *out, struct span frame, const struct context *cx, enum language language)
{
	const struct protocol *p = protocol_find(SPAN("vds2465"));
	struct event_list list = { 0 };
	struct buf clear = { 0 };
	struct vds_frame f;
	struct signal s;
	enum verdict v = vds_frame_read(frame, &f);
	explain_title(out, _("VdS 2465 over TCP/IP"));
	if (v == V_OK && f.sealed && cx->key && vds_frame_open(&f, cx->key, &clear) == 0)
		v = vds_frame_read(frame = buf_view(&clear), &f);
	if (v == V_NOT_MINE)
		explain_say(out, _("length"), "%s", _("not that of a frame"));
	else if (f.sealed)
		put_sealed(out, &f, cx);
	else
		put_fields(out, &f, language);
	if (p->read(frame, &s) == V_OK && !s.encrypted) {
		p->events(&s, language, &list);
		explain_notes(out, explain_events(out, &list) | s.warnings);
		put_answer(out, &f);
	}
	event_list_free(&list);
	buf_free(&clear);
}

/* Each frame of the record: the last is the one that came. */
void vds2465_explain(struct span frame, const struct context *cx, enum language language, struct buf *out)
{
	size_t n;
	do {
		if (vds_frame_cut(frame, true, &n) == V_NOT_MINE || n == 0)
			n = frame.n;
		put_one(out, span_sub(frame, 0, n), cx, language);
		frame = span_from(frame, n);
	} while (frame.n);
}
