/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An e-mail of a camera is an alarm, whatever its words say: they are the
 * maker's, in any language, and never trusted.  The account is who it was
 * sent to. */
#include "event/explain.h"
#include "format/format.h"
#include "format/mail.h"
#include "util/charset.h"

#define BODY_MOST 500	/* bytes of its text in an event */

static const struct code row = { "", ON_ZONE, "alarm", "", "video", 3, "",
                                 { "E-mail from a camera", "Courriel d'une caméra" } };

static void set_files(struct event *ev, struct span lines)
{
	struct span line, word, name;
	while (span_line(&lines, &line))
		if (span_word(&line, &word) && span_word(&line, &name))
			event_data(ev, name.n > 4 && span_is(span_from(name, name.n - 4), ".eml") ? SPAN("mail") : SPAN("picture"), name);
}

static void set_subject(struct event *ev, struct span field)
{
	struct event_list *list = ev->list;
	size_t began = list->text.n;
	mail_words(&list->text, field, &list->scratch);
	event_set_from(ev, F_TEXT, began);
}

/* As much as fits, and no half of a letter. */
static struct span shorten(struct span s)
{
	size_t n = s.n < BODY_MOST ? s.n : BODY_MOST;
	while (n < s.n && n && (s.p[n] & 0xC0) == 0x80)
		n--;
	return span_sub(s, 0, n);
}

static void set_body(struct event *ev, struct span mail)
{
	struct mail_walk walk = mail_parts(mail);
	struct buf *bytes = &ev->list->scratch, *text = &ev->list->text;
	struct mail_part part;
	while (mail_next(&walk, &part)) {
		if (part.type.n && !span_eq_nocase(part.type, SPAN("text/plain")))
			continue;
		size_t began = text->n;
		buf_reset(bytes);
		mail_decode(bytes, &part);
		text_to_utf8(text, span_trim(buf_view(bytes)));
		if (text->n > began)
			event_data(ev, SPAN("body"), shorten(span_from(buf_view(text), began)));
		text->n = began;
		return;
	}
}

/* A word of UTF-8, whatever it was sent in. */
static void set_account(struct event *ev, struct span account)
{
	size_t began = ev->list->text.n;
	text_to_utf8(&ev->list->text, account);
	event_set_from(ev, F_ACCOUNT, began);
}

static void add_event(struct event_list *list, const struct mail_record *r, struct span to, enum language language)
{
	struct event *ev = event_list_add(list);
	struct span account, zone;
	mail_recipient(to, &account, &zone);
	set_account(ev, account);
	event_puts(ev, F_FORMAT, "mail");
	format_classify(ev, &row, false, language);
	format_number(ev, zone);
	set_subject(ev, mail_field(r->mail, "Subject"));
	event_data(ev, SPAN("from"), r->from);
	set_body(ev, r->mail);
	set_files(ev, r->files);
	ev->warnings |= r->cut ? WARN(MAIL_CUT) : 0;
}

static bool came_before(struct span recipients, struct span to)
{
	struct span before;
	while (mail_next_recipient(&recipients, &before) && before.p < to.p)
		if (span_eq_nocase(before, to))
			return true;
	return false;
}

/* One for each that it was sent to: a camera may watch for two sites. */
static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct mail_record r;
	struct span to;
	if (!mail_record_read(payload, &r))
		return V_NOT_MINE;
	for (struct span rest = r.recipients; mail_next_recipient(&rest, &to);)
		if (!came_before(r.recipients, to))
			add_event(list, &r, to, language);
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	struct mail_record r;
	struct buf subject = { 0 }, spare = { 0 };
	(void)language;
	if (!mail_record_read(payload, &r)) {
		explain_stop(out, payload, 0, _("a mail as it is recorded: MAIL FROM:, RCPT TO:, DATA"));
		return;
	}
	mail_words(&subject, mail_field(r.mail, "Subject"), &spare);
	explain_row(out, _("from"), r.from, NULL);
	for (struct span rest = r.recipients, to; mail_next_recipient(&rest, &to);)
		explain_row(out, _("to"), to, NULL);
	explain_some(out, _("date"), mail_field(r.mail, "Date"), NULL);
	explain_some(out, _("subject"), buf_view(&subject), NULL);
	for (struct span rest = r.files, line; span_line(&rest, &line);)
		explain_row(out, _("file"), span_from(line, 5), NULL);
	buf_free(&subject);
	buf_free(&spare);
}

const struct format format_mail = {
	.name = "mail", .title = N_("E-mail of a camera, as it is recorded"), .coverage = N_("complete"), .decode = decode, .explain = explain,
};
