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

static void set_words(struct event *ev, const char *key, struct span field)
{
	struct buf text = { 0 };
	mail_words(&text, field);
	if (text.n && key)
		event_data(ev, span_str(key), span_trim(buf_view(&text)));
	else if (text.n)
		event_set(ev, F_TEXT, span_trim(buf_view(&text)));
	buf_free(&text);
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
	struct mail_part part;
	struct buf bytes = { 0 }, text = { 0 };
	while (mail_next(&walk, &part)) {
		bool plain = part.type.n == 0 || span_eq_nocase(part.type, SPAN("text/plain"));
		if (!plain)
			continue;
		mail_decode(&bytes, &part);
		text_to_utf8(&text, span_trim(buf_view(&bytes)));
		if (text.n)
			event_data(ev, SPAN("body"), shorten(buf_view(&text)));
		break;
	}
	buf_free(&bytes);
	buf_free(&text);
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	struct mail_record r;
	struct span account, zone;
	if (!mail_record_read(payload, &r))
		return V_NOT_MINE;
	struct event *ev = event_list_add(list);
	mail_recipient(r.to, &account, &zone);
	event_set(ev, F_ACCOUNT, account);
	event_puts(ev, F_FORMAT, "mail");
	format_classify(ev, &row, false, language);
	format_number(ev, zone);
	set_words(ev, NULL, mail_field(r.mail, "Subject"));
	event_data(ev, SPAN("from"), r.from);
	set_body(ev, r.mail);
	set_files(ev, r.files);
	ev->warnings |= r.cut ? WARN(MAIL_CUT) : 0;
	return V_OK;
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	struct mail_record r;
	struct buf subject = { 0 };
	(void)language;
	if (!mail_record_read(payload, &r)) {
		explain_stop(out, payload, 0, _("a mail as it is recorded: MAIL FROM:, RCPT TO:, DATA"));
		return;
	}
	mail_words(&subject, mail_field(r.mail, "Subject"));
	explain_row(out, _("from"), r.from, NULL);
	explain_row(out, _("to"), r.to, NULL);
	explain_some(out, _("date"), mail_field(r.mail, "Date"), NULL);
	explain_some(out, _("subject"), buf_view(&subject), NULL);
	for (struct span rest = r.files, line; span_line(&rest, &line);)
		explain_row(out, _("file"), span_from(line, 5), NULL);
	buf_free(&subject);
}

const struct format format_mail = {
	.name = "mail", .title = N_("E-mail of a camera, as it is recorded"), .coverage = N_("complete"), .decode = decode, .explain = explain,
};
