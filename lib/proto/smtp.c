/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/smtp.h"

#include "event/explain.h"
#include "format/mail.h"

/* A record of a mail has no end of its own. */
static enum verdict frame(struct span in, bool at_end, struct span *cut)
{
	struct mail_record r;
	(void)at_end;
	*cut = in;
	return mail_record_read(in, &r) ? V_OK : V_NOT_MINE;
}

static enum verdict read(struct span bytes, struct signal *s)
{
	struct mail_record r;
	struct span zone;
	*s = (struct signal){ .frame = bytes, .sent = CLOCK_NONE, .format = format_find(SPAN("mail")), .content = bytes, .payload = bytes };
	if (!mail_record_read(bytes, &r))
		return V_NOT_MINE;
	mail_recipient(r.to, &s->account, &zone);
	s->has_account = s->account.n;
	s->sent = mail_time(mail_field(r.mail, "Date"));
	s->identity = bytes;	/* who sends it again sends the same, and its file has the same name */
	return V_OK;
}

static void add_unreadable(const struct signal *s, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	ev->unreadable = true;
	ev->warnings = WARN(STRUCTURE_BAD);
	event_set(ev, F_TEXT, s->payload);
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	if (s->format->decode(s->payload, language, list) != V_OK)
		add_unreadable(s, list);
	for (unsigned i = began; i < list->n; i++) {
		struct event *ev = &list->event[i];
		event_puts(ev, F_PROTO, "smtp");
		size_t text = list->text.n;
		if (s->sent == CLOCK_NONE)
			continue;
		clock_put(&list->text, s->sent);
		event_set_from(ev, F_SENT, text);
	}
	return V_OK;
}

/* A mail and what is answered to it. */
static void explain(struct span bytes, const struct context *cx, enum language language, struct buf *out)
{
	struct event_list list = { 0 };
	struct signal s;
	explain_title(out, _("E-mail over SMTP"));
	enum verdict v = read(bytes, &s);
	s.format->explain(bytes, language, out);
	if (v == V_OK) {
		events(&s, language, &list);
		explain_notes(out, explain_events(out, &list));
		explain_say(out, _("answer"), "%s", "250");
	}
	(void)cx;
	event_list_free(&list);
}

static const char *neighbour(struct span in)
{
	return protocol_stranger(in);
}

const struct protocol protocol_smtp = {
	.name = "smtp", .title = N_("SMTP, e-mails of cameras"), .coverage = N_("partial: without TLS, which is the work of stunnel"),
	.most = SMTP_RECORD_MOST + 2048, .frame = frame, .read = read, .answer = smtp_answer, .events = events, .explain = explain,
	.conversation = &smtp_conversation, .neighbour = neighbour,
};
