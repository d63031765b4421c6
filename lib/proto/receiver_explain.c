/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receiver's record taken apart for a person, the same for all of them:
 * what the record is, its fields, the receiver's own check, what it means
 * and what the receiver waits for.  Of a damaged one its layout is shown
 * below the bytes, and where the two part ways. */
#include "event/drawing.h"
#include "format/explain.h"
#include "proto/explain.h"
#include "proto/receiver.h"

static const char *kind_of(enum receiver_what what)
{
	static const char *const kinds[] = {
		[RX_EVENT] = N_("report of a panel"), [RX_STATUS] = N_("the receiver's own state"),
		[RX_HEARTBEAT] = N_("heartbeat: the receiver is there"), [RX_CALLER] = N_("number of the caller"),
		[RX_LISTEN_IN] = N_("listen-in: the line is open"), [RX_VIDEO] = N_("video"),
		[RX_SIM] = N_("number of the SIM card"), [RX_TEXT] = N_("words of the receiver, for a person"),
		[RX_HOST] = N_("a host's answer or question: no record of a receiver"),
	};
	return _(kinds[what]);
}

/* Languages that only receivers print. */
static const struct {
	const char *word, *name;
} receivers_own[] = {
	{ "acron", "Acron" }, { "bfsk", "Radionics BFSK" }, { "d6500", N_("any, as the D6500 prints them") }, { "iti", "ITI" },
	{ "sescoa", "Sescoa Super Speed" }, { "sk9000", "Silent Knight" }, { "skfsk0", "Silent Knight FSK 0" },
	{ "skfsk1", "Silent Knight FSK1" }, { "skfsk2", "Silent Knight FSK2" }, { "varitech", "Varitech" }, { "vonk", "VONK" },
};

static void put_format(struct buf *out, const char *word)
{
	const struct format *f = word ? format_find(span_str(word)) : NULL;
	const char *title = f ? _(f->title) : NULL;
	for (size_t i = 0; word && i < sizeof receivers_own / sizeof *receivers_own; i++)
		if (strcmp(receivers_own[i].word, word) == 0)
			title = _(receivers_own[i].name);
	explain_some(out, _("format"), span_str(word), title);
}

/* MMDDYY HHMM, perhaps SS, of some; others print it as people do. */
static const char *clock_form(struct span time)
{
	bool packed = (time.n == 11 || time.n == 13) && time.p[6] == ' ';
	return packed ? _("month, day, year; hour, minute") : NULL;
}

static void put_cid(struct buf *out, const struct receiver_record *r)
{
	static const char *const unsaid[] = { "QEEEPPNNN", NULL }, *const zone[] = { "QEEEPPZZZ", NULL }, *const user[] = { "QEEEPPUUU", NULL };
	drawing_explain(out, r->cid_flag == 'C' ? zone : r->cid_flag == 'U' ? user : unsaid, r->cid);
}

static void put_parts(struct buf *out, const struct receiver_record *r, enum language language)
{
	explain_some(out, _("receiver"), r->receiver, NULL);
	explain_some(out, _("line"), r->line, NULL);
	explain_some(out, _("sequence"), r->seq, NULL);
	explain_some(out, _("receiver's time"), r->time, clock_form(r->time));
	explain_some(out, _("account"), r->account, NULL);
	explain_some(out, _("caller"), r->caller, NULL);
	put_format(out, r->format);
	if (r->cid.n)
		put_cid(out, r);
	if (r->sia.n)
		format_explain_parts(format_find(SPAN("sia")), r->sia, language, out);
	explain_some(out, _("data"), r->items, NULL);
	explain_some(out, _("code"), r->code, NULL);
	explain_some(out, _("partition"), r->partition, NULL);
	explain_some(out, _("zone"), r->zone, NULL);
	explain_some(out, _("user"), r->user, NULL);
}

static void put_damage(struct buf *out, const struct receiver_borders *b, struct span text)
{
	if (b->drawings && drawing_explain(out, b->drawings, text))
		explain_say(out, _("event"), "%s", _("none: the layout is right, its content is not"));
	else
		explain_say(out, _("event"), "%s", _("none: nothing of it is believed"));
}

void receiver_explain(const struct receiver_borders *b, const struct protocol *p, struct span frame, const struct context *cx,
                      enum language language, struct buf *out)
{
	struct signal s;
	struct receiver_record r;
	enum verdict v = p->read(frame, &s);
	if (v == V_NOT_MINE) {
		explain_stranger(out, p->neighbour(frame), frame);
		return;
	}
	receiver_parse(b, s.content, &r);
	explain_title(out, _(p->title));
	explain_frame(out, frame);
	if (b->explain && s.content.n)
		b->explain(s.content, out);
	if (v == V_OK) {
		explain_say(out, _("kind"), "%s", kind_of(r.what));
		put_parts(out, &r, language);
		protocol_explain_events(p, &s, language, out);
	} else {
		put_damage(out, b, s.content);
		explain_notes(out, s.warnings);
	}
	protocol_explain_answer(p, &s, cx, v == V_OK ? A_ACK : A_NAK, out);
	if (b->wait && !s.is_answer)
		explain_say(out, _("wait"), "%s", _(b->wait));
}
