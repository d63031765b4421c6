/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCAIP, social alarms over SIP (SS 91100, CLC/TS 50134-9): a SIP MESSAGE
 * (RFC 3428) with an XML body, over UDP or TCP, and the answer in its 200.
 *
 *	MESSAGE sip:arc@192.0.2.1 SIP/2.0
 *	Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK74b
 *	From: <sip:unit@192.0.2.7>;tag=49583
 *	To: <sip:arc@192.0.2.1>
 *	Call-ID: asd88asd77a@192.0.2.7
 *	CSeq: 1 MESSAGE
 *	Content-Type: application/scaip+xml
 *	Content-Length: 81
 *
 *	<mrq><ref>A1B2C3D4</ref><cid>0123456789</cid><dty>0004</dty><stc>0010</stc></mrq>
 *
 *	200 OK	<mrs><ref>A1B2C3D4</ref><snu>0</snu></mrs>
 *
 * A retransmission is the same request, byte for byte (RFC 3261, 17.1.2.2).
 * What the MESSAGE says counts for more than how well SIP was spoken: a whole
 * body is an alarm whatever its Content-Length, and whichever fields lack.
 * Voice calls are the exchange's business, and everything else is refused. */
#include "event/explain.h"
#include "format/scaip.h"
#include "proto/explain.h"
#include "proto/proto.h"
#include "proto/sip.h"
#include "util/cursor.h"
#include "util/hex.h"

#define MOST 8192	/* longest message */
#define ALLOW "Allow: MESSAGE, OPTIONS\r\n"
#define ACCEPT "Accept: application/scaip+xml, application/xml\r\n"

/* What is answered, when it is answered A_ACK or A_NAK. */
enum form { F_SIGNAL, F_REFUSED, F_OPTIONS, F_METHOD, F_TYPE, F_DAMAGED, F_TOO_LONG, F_NOTHING };

struct message {
	struct sip sip;
	struct span body;
	struct scaip_request request;
	bool is_request;	/* the body is one */
	enum form form;
	warnings warnings;
};

static size_t fill_length(struct span s)
{
	size_t n = 0;
	while (n < s.n && (s.p[n] == '\r' || s.p[n] == '\n'))
		n++;
	return n;
}

static struct span behind_fill(struct span s)
{
	return span_from(s, fill_length(s));
}

/* Bytes in front of where a message could begin. */
static size_t noise(struct span s)
{
	size_t n = 1;
	while (n < s.n && !sip_begins(span_from(s, n)))
		n++;
	return n;
}

static bool is_method(const struct sip *m, const char *method)
{
	return span_is(m->method, method);
}

/* Behind the document, and yet within what the length says. */
static bool another_begins(struct span behind)
{
	struct sip next;
	return sip_read(span_trim(behind), &next);
}

/* Some count characters where bytes are meant: where so many end; behind
 * what is there when they do not. */
static size_t end_of_characters(struct span there, size_t count)
{
	size_t n = 0;
	while (n < there.n && count) {
		n++;
		count -= n == there.n || (there.p[n] & 0xC0) != 0x80;
	}
	return count ? there.n + 1 : n;
}

/* Without a length only its end tells where a document ends. */
static bool may_be_document(struct span there)
{
	struct span text = span_trim(there);
	return text.n == 0 || text.p[0] == '<' || text.p[0] == 0xEF;	/* of a byte order mark */
}

/* The body of what is there, as the length says, or as the document ends
 * where that is more trustworthy.  all: no more will come.  False: wait.
 * Whatever pieces a connection hands on, what comes of it is the same. */
static bool cut_body(const struct sip *m, struct span there, bool all, struct span *body)
{
	struct scaip_request r = { 0 };
	bool known = m->has_length && !m->length_bad && m->length <= MOST;
	bool message = is_method(m, "MESSAGE"), ours = message && scaip_read(there, &r);
	size_t end = known ? end_of_characters(there, m->length) : 0;
	*body = span_sub(there, 0, known ? m->length : all ? there.n : 0);
	if (ours && r.n) {
		bool inside = known && r.n <= m->length;
		if (inside ? another_begins(span_sub(there, r.n, m->length - r.n)) : !known || all || r.n <= end)
			*body = span_sub(there, 0, r.n);
		else if (there.n < m->length)
			return all;
		return true;
	}
	if (all)
		return true;
	return known ? there.n >= (ours ? end : m->length) : !message || !may_be_document(there);
}

static warnings length_warnings(const struct message *m)
{
	bool right = m->sip.has_length && !m->sip.length_bad && m->sip.length == m->body.n;
	bool left_away = !m->sip.has_length;	/* a datagram ends by itself */
	return right || left_away ? 0 : WARN(LENGTH_BAD);
}

/* Fields that RFC 3261 wants in every request, and we to answer. */
static warnings field_warnings(const struct sip *m)
{
	bool all = m->has_via && m->from.value.n && m->to.value.n && m->call_id.value.n && m->cseq.value.n;
	return all ? 0 : WARN(STRUCTURE_BAD);
}

static enum verdict judge_message(struct message *m)
{
	m->is_request = scaip_read(m->body, &m->request);
	m->warnings |= length_warnings(m) | field_warnings(&m->sip);
	if (!m->is_request) {
		m->form = m->warnings & WARN(LENGTH_BAD) || m->body.n == 0 ? F_DAMAGED : F_TYPE;
		m->warnings |= WARN(STRUCTURE_BAD);
		return V_BAD_CHECK;
	}
	if (m->request.n && m->request.status != SCAIP_OK)
		m->warnings = 0;	/* what lacks in the document tells more */
	m->warnings |= m->request.warnings;
	m->form = m->request.status == SCAIP_OK ? F_SIGNAL : F_REFUSED;
	if (m->request.n == 0 && m->sip.head.n + m->body.n >= MOST)
		m->form = F_TOO_LONG;
	return m->form == F_SIGNAL ? V_OK : V_BAD_CHECK;
}

/* What exchanges and scanners say all day; anything else may have been meant for an alarm. */
static bool is_small_talk(const struct message *m)
{
	static const char *const methods[] = {
		"OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "INFO", "UPDATE", "PRACK", "REFER", "CANCEL", "ACK", "BYE",
	};
	struct scaip_request r;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (is_method(&m->sip, methods[i]))
			return !scaip_read(m->body, &r);
	return m->sip.is_response;
}

/* A call may be one for help. */
static enum verdict judge_method(struct message *m)
{
	if (m->sip.is_response || is_method(&m->sip, "ACK") || is_method(&m->sip, "BYE"))
		m->form = F_NOTHING;
	else
		m->form = is_method(&m->sip, "OPTIONS") ? F_OPTIONS : F_METHOD;
	if (is_small_talk(m))
		return V_OK;
	m->warnings |= is_method(&m->sip, "INVITE") ? WARN(METHOD_REFUSED) : WARN(STRUCTURE_BAD);
	return V_BAD_CHECK;
}

/* A whole frame taken apart. */
static enum verdict examine(struct span frame, struct message *m)
{
	struct span s = behind_fill(frame);
	*m = (struct message){ .form = F_NOTHING };
	if (!sip_read(s, &m->sip))
		return V_NOT_MINE;
	bool damaged = m->sip.head.n == 0;
	m->body = span_from(s, damaged ? s.n : m->sip.head.n);
	if (damaged && (m->sip.is_response || is_method(&m->sip, "ACK")))
		return V_NOT_MINE;	/* must not be answered, so that two do not refuse each other for ever */
	if (!damaged)
		return is_method(&m->sip, "MESSAGE") ? judge_message(m) : judge_method(m);
	m->form = s.n >= MOST ? F_TOO_LONG : F_DAMAGED;
	m->warnings |= WARN(STRUCTURE_BAD);
	return V_MALFORMED;
}

static enum verdict no_message(struct span in, size_t fill, struct span *frame)
{
	*frame = span_sub(in, 0, fill + noise(span_from(in, fill)));
	return V_NOT_MINE;
}

static enum verdict frame(struct span in, bool at_end, struct span *frame)
{
	struct message m;
	size_t fill = fill_length(in);
	struct span s = span_sub(in, fill, MOST);
	bool all = at_end || s.n == MOST;
	*frame = span_sub(in, 0, fill);
	if (s.n == 0)
		return at_end ? V_NOT_MINE : V_MORE;
	if (!sip_begins(s))
		return no_message(in, fill, frame);
	if (!sip_read(s, &m.sip))
		return !all && span_find(s, '\n') < 0 ? V_MORE : no_message(in, fill, frame);
	if (m.sip.head.n == 0 && !all)
		return V_MORE;
	size_t n = m.sip.head.n;
	if (n == 0)
		n = s.n;
	else if (!cut_body(&m.sip, span_from(s, n), all, &m.body))
		return V_MORE;
	else
		n += m.body.n;
	*frame = span_sub(in, 0, fill + n);
	enum verdict v = examine(*frame, &m);
	return v == V_NOT_MINE ? no_message(in, fill, frame) : v;
}

/* "1 MESSAGE" */
static struct span number(struct span cseq)
{
	struct cursor c = cursor_over(cseq);
	return cursor_while(&c, is_digit, 10);
}

static enum verdict read(struct span frame, struct signal *s)
{
	struct message m;
	enum verdict v = examine(frame, &m);
	bool poll = v == V_OK && (m.form == F_OPTIONS || m.form == F_METHOD);
	*s = (struct signal){
		.frame = frame, .sent = CLOCK_NONE, .token = m.sip.method, .seq = number(m.sip.cseq.value),
		.account = m.request.tag[SCAIP_CONTROLLER], .has_account = m.request.tag[SCAIP_CONTROLLER].n,
		.content = m.body, .payload = m.body, .identity = behind_fill(frame), .form = m.form, .warnings = m.warnings,
		.format = m.is_request ? &format_scaip : NULL,
		.is_answer = v == V_OK && m.form == F_NOTHING,
		.of_receiver = poll,
		.poll = poll || (v == V_OK && m.form == F_SIGNAL && !m.warnings && scaip_is_heartbeat(&m.request)),
		.lenient_only = m.warnings & (WARN(STRUCTURE_BAD) | WARN(LENGTH_BAD)),
	};
	return v;
}

/* In the dialect of the request: mrq gets mrs, scaip of some units scaip. */
static void put_reply(struct buf *out, const struct message *m, enum scaip_status status)
{
	static const char *const words[] = {
		[SCAIP_BAD_FORMAT] = "invalid format", [SCAIP_WRONG_CONTENT] = "wrong data content",
		[SCAIP_NOT_TREATED] = "not treated", [SCAIP_TAG_MISSING] = "mandatory tag missing",
	};
	bool standard = span_eq_nocase(m->request.root, SPAN("mrq"));
	const char *root = standard ? "mrs" : "scaip";
	struct span ref = m->request.tag[SCAIP_REF];
	struct buf body = { 0 };
	buf_printf(&body, "<%s>", root);
	if (ref.n) {
		buf_lit(&body, "<ref>");
		buf_span(&body, ref);
		buf_lit(&body, "</ref>");
	}
	buf_printf(&body, "<snu>%d</snu>", (int)status);
	if (status != SCAIP_OK)
		buf_printf(&body, "<ste>%s</ste>", words[status]);
	buf_printf(&body, "</%s>", root);
	sip_respond(out, &m->sip, "200 OK", "", standard ? SPAN("application/scaip+xml") : SPAN("application/xml"), buf_view(&body));
	buf_free(&body);
}

static void answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	static const struct {
		const char *status, *lines;
	} plain[] = {
		[F_OPTIONS] = { "200 OK", ALLOW ACCEPT }, [F_METHOD] = { "405 Method Not Allowed", ALLOW },
		[F_TYPE] = { "415 Unsupported Media Type", ACCEPT }, [F_DAMAGED] = { "400 Bad Request", "" },
		[F_TOO_LONG] = { "513 Message Too Large", "" },
	};
	struct message m;
	(void)cx;
	examine(s->frame, &m);
	if (a == A_NONE || m.form == F_NOTHING)
		return;
	if (m.form == F_SIGNAL || m.form == F_REFUSED)
		put_reply(out, &m, a == A_ACK || m.form == F_REFUSED ? m.request.status : SCAIP_NOT_TREATED);
	else if (m.sip.has_via)	/* without one nobody could tell what it answers, and who forged its sender gains by it */
		sip_respond(out, &m.sip, plain[m.form].status, plain[m.form].lines, (struct span){ 0 }, (struct span){ 0 });
}

/* What nobody can read, when somebody wants to see it all the same. */
static void undefined(const struct signal *s, enum language language, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	format_classify(ev, NULL, false, language);
	event_set(ev, F_TEXT, s->payload.n ? s->payload : span_trim(s->frame));
}

static enum verdict events(const struct signal *s, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	if (s->poll || s->is_answer)
		return V_OK;
	if (format_scaip.decode(s->payload, language, list) != V_OK)
		undefined(s, language, list);
	for (unsigned i = began; i < list->n; i++) {
		struct event *ev = &list->event[i];
		event_puts(ev, F_PROTO, "scaip");
		event_set(ev, F_SEQ, s->seq);
		ev->warnings |= s->warnings;
	}
	return V_OK;
}

/* Installers mistake the port, and the world scans it. */
static const char *neighbour(struct span in)
{
	return sip_begins(behind_fill(in)) ? NULL : protocol_stranger(in);
}

static void explain_fields(struct buf *out, const struct message *m)
{
	const struct sip *sip = &m->sip;
	explain_row(out, _("request"), sip->line, NULL);
	explain_optional(out, "From", sip->from.all.n, sip->from.value);
	explain_optional(out, "Call-ID", sip->call_id.all.n, sip->call_id.value);
	explain_optional(out, "CSeq", sip->cseq.all.n, sip->cseq.value);
	explain_optional(out, "Content-Type", sip->type.all.n, sip->type.value);
	if (sip->has_length && !sip->length_bad)
		explain_length(out, _("length"), sip->length, m->body.n);
}

/* Its fields are the request's own. */
static void explain_reply(struct buf *out, const struct signal *s, const struct context *cx, enum answer a)
{
	struct buf reply = { 0 };
	struct sip sip;
	answer(s, cx, a, &reply);
	if (sip_read(buf_view(&reply), &sip)) {
		explain_row(out, _("answer"), sip.line, NULL);
		explain_some(out, "", span_from(buf_view(&reply), sip.head.n), NULL);
	} else {
		explain_say(out, _("answer"), "%s", _("none"));
	}
	buf_free(&reply);
}

static void explain(struct span frame, const struct context *cx, enum language language, struct buf *out)
{
	const struct protocol *p = protocol_find(SPAN("scaip"));
	struct message m;
	struct signal s;
	enum verdict v = examine(frame, &m);
	read(frame, &s);
	if (v == V_NOT_MINE) {
		explain_stranger(out, neighbour(frame), frame);
		return;
	}
	explain_title(out, _(p->title));
	explain_fields(out, &m);
	if (m.is_request)
		format_scaip.explain(m.body, language, out);
	else
		explain_some(out, _("data"), m.body, NULL);
	if (m.is_request || v == V_OK)
		protocol_explain_events(p, &s, language, out);
	else
		explain_notes(out, s.warnings);
	explain_reply(out, &s, cx, v == V_OK ? A_ACK : A_NAK);
}

const struct protocol protocol_scaip = {
	.name = "scaip", .title = N_("SCAIP, social alarms over SIP"),
	.coverage = N_("partial: answered within the 200; no calls, no registration"),
	.most = MOST, .refuses_damage = true, .frame = frame, .read = read,
	.answer = answer, .events = events, .explain = explain, .neighbour = neighbour,
};
