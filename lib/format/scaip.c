/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCAIP (SS 91100, CLC/TS 50134-9): what units of social alarm send within a
 * SIP MESSAGE.  The standard is on sale; this is what two open gateways show.
 *
 *	<mrq><ref>A1B2C3D4</ref><cid>0123456789</cid><dty>0004</dty><stc>0010</stc></mrq>
 *
 *	ref reference, to be given back   cid controller: the account   dty device type
 *	mty ME message (also where it is absent), RE reset, IN information, PI heartbeat
 *	stc status; a message without one is an alarm, to be safe
 *
 * It is a flat list of short tags, so a small reader over a cursor (element.h)
 * takes it apart: no tree of a foreign parser is built for each frame. */
#include "format/scaip.h"

#include "event/explain.h"
#include "format/element.h"
#include "util/hex.h"

struct device {
	const char *code, *category;
	int severity;
	const char *label[2];
};

static const struct device devices[] = {
#define DEVICE(code, category, severity, english, french) { code, category, severity, { english, french } },
#include "format/scaip_devices.def"
#undef DEVICE
};

static const struct place {
	const char *code, *label[2];
} places[] = {
#define PLACE(code, english, french) { code, { english, french } },
#include "format/scaip_places.def"
#undef PLACE
};

static const struct {
	struct span tag;
	const char *key, *label[2];
} tags[] = {
#define TAG(name, tag, key, english, french) { SPAN(tag), key, { english, french } },
#include "format/scaip_tags.def"
#undef TAG
};

/* Without a status. */
static const struct code alarm_row = {
	"", ON_DEVICE, "alarm", "restoral", "emergency", 4, "", { "Alarm / Alarm over", "Alarme / Fin d'alarme" },
};
static const struct code information_row = { "", ON_NONE, "status", "status", "system", 1, "", { "Information", "Information" } };
static const struct code heartbeat_row = { "", ON_NONE, "test", "test", "test", 0, "", { "Heartbeat", "Test cyclique" } };

enum message { MESSAGE, RESET, INFORMATION, HEARTBEAT };

static struct span after_mark(struct span body)
{
	return span_starts(body, SPAN("\xEF\xBB\xBF")) ? span_from(body, 3) : body;
}

static bool is_root(struct span name)
{
	return span_eq_nocase(name, SPAN("mrq")) || span_eq_nocase(name, SPAN("scaip"));
}

/* What may follow a document without saying anything. */
static bool is_fill(struct span s)
{
	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	return span_trim(s).n == 0;
}

/* SCAIP_TAGS: another. */
static enum scaip_tag tag_find(struct span name)
{
	enum scaip_tag t = 0;
	while (t < SCAIP_TAGS && !span_eq_nocase(name, tags[t].tag))
		t++;
	return t;
}

/* With a second account or state it is not clear what has happened, and to whom. */
static bool must_be_clear(enum scaip_tag t)
{
	return t == SCAIP_REF || t == SCAIP_CONTROLLER || t == SCAIP_DEVICE_TYPE || t == SCAIP_STATUS || t == SCAIP_MESSAGE;
}

static void take(struct scaip_request *r, const struct element *found)
{
	enum scaip_tag t = tag_find(found->name);
	if (t == SCAIP_TAGS || found->value.n == 0)
		return;
	if (r->tag[t].n == 0)
		r->tag[t] = found->value;
	else if (must_be_clear(t) && !span_eq(r->tag[t], found->value))
		r->status = SCAIP_WRONG_CONTENT;
	else
		r->warnings |= WARN(STRUCTURE_BAD);
}

static bool has_mandatory(const struct scaip_request *r)
{
	return r->tag[SCAIP_REF].n && r->tag[SCAIP_CONTROLLER].n && r->tag[SCAIP_DEVICE_TYPE].n;
}

bool scaip_read(struct span body, struct scaip_request *r)
{
	struct elements e = { .c = cursor_over(after_mark(body)) };
	struct element found;
	*r = (struct scaip_request){ 0 };
	while (elements_next(&e, &found) && is_root(e.root))
		take(r, &found);
	r->root = e.root;
	if (!is_root(e.root))
		return false;
	r->n = e.ended ? body.n - e.c.rest.n : 0;
	r->warnings |= e.ended && !is_fill(e.c.rest) ? WARN(TRAILING_BYTES) : 0;
	if (!e.ended)
		r->status = SCAIP_BAD_FORMAT;
	else if (r->status == SCAIP_OK && !has_mandatory(r))
		r->status = SCAIP_TAG_MISSING;
	if (r->status == SCAIP_TAG_MISSING)
		r->warnings |= WARN(MANDATORY_MISSING);
	else if (r->status != SCAIP_OK)
		r->warnings |= WARN(STRUCTURE_BAD);
	return true;
}

/* Numbers may come without their zeros in front; empty when it is none. */
static struct span padded(struct span number, size_t digits, char out[static 8])
{
	for (size_t i = 0; i < number.n; i++)
		if (!is_digit(number.p[i]))
			return (struct span){ 0 };
	if (number.n == 0 || number.n > digits)
		return (struct span){ 0 };
	memset(out, '0', digits - number.n);
	memcpy(out + digits - number.n, number.p, number.n);
	return span_of(out, digits);
}

static const struct device *device_find(struct span type)
{
	char digits[8];
	struct span code = padded(type, 4, digits);
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (span_is(code, devices[i].code))
			return &devices[i];
	return NULL;
}

static const struct place *place_find(struct span location)
{
	char digits[8];
	struct span code = padded(location, 3, digits);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (span_is(code, places[i].code))
			return &places[i];
	return NULL;
}

static const struct code *status_find(struct span status)
{
	char digits[8];
	return code_scaip(padded(status, 4, digits));
}

static enum message message_of(const struct scaip_request *r, bool *known)
{
	static const struct span words[] = { [MESSAGE] = SPAN("ME"), [RESET] = SPAN("RE"), [INFORMATION] = SPAN("IN"), [HEARTBEAT] = SPAN("PI") };
	struct span word = r->tag[SCAIP_MESSAGE];
	*known = true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_nocase(word, words[i]))
			return (enum message)i;
	*known = word.n == 0;
	return MESSAGE;
}

static bool is_normal(const struct scaip_request *r)
{
	const struct code *row = status_find(r->tag[SCAIP_STATUS]);
	return r->tag[SCAIP_STATUS].n == 0 || (row && strcmp(row->code, "0070") == 0);
}

bool scaip_is_heartbeat(const struct scaip_request *r)
{
	bool known;
	return r->status == SCAIP_OK && message_of(r, &known) == HEARTBEAT && is_normal(r) && r->tag[SCAIP_INFO].n == 0 &&
	       r->tag[SCAIP_INFO_TEXT].n == 0 && r->tag[SCAIP_STATUS_TEXT].n == 0 && !r->warnings;
}

/* NULL: a status that is in no table. */
static const struct code *row_of(const struct scaip_request *r, enum message message)
{
	if (message == HEARTBEAT && is_normal(r))
		return &heartbeat_row;
	if (r->tag[SCAIP_STATUS].n)
		return status_find(r->tag[SCAIP_STATUS]);
	return message == INFORMATION ? &information_row : &alarm_row;
}

static void append_label(struct event *ev, const char *words)
{
	struct buf *text = &ev->list->text;
	if (ev->field[F_LABEL].n)
		buf_lit(text, ", ");
	else
		ev->field[F_LABEL].at = (uint32_t)text->n;
	buf_str(text, words);
	ev->field[F_LABEL].n = (uint32_t)text->n - ev->field[F_LABEL].at;
}

/* The label is the last text, so that device and place go on behind it. */
static void set_meaning(struct event *ev, const struct scaip_request *r, enum message message, enum language language)
{
	static const struct device unknown = { "", "emergency", 4, { "", "" } };
	const struct device *known = device_find(r->tag[SCAIP_DEVICE_TYPE]), *device = known ? known : &unknown;
	const struct place *place = place_find(r->tag[SCAIP_LOCATION]);
	const struct code *row = row_of(r, message);
	format_classify(ev, row, message == RESET, language);
	ev->fixed = row == &heartbeat_row;
	if (known)
		append_label(ev, device->label[language]);
	else
		ev->warnings |= WARN(CODE_UNKNOWN);
	if (place)
		append_label(ev, place->label[language]);
	if (!row || row->concern != ON_DEVICE)
		return;
	event_puts(ev, F_CATEGORY, device->category);
	if (span_is(event_get(ev, F_KIND), "alarm") && row->severity > device->severity) {
		char severity[] = { (char)('0' + device->severity), '\0' };
		event_puts(ev, F_SEVERITY, severity);
	}
}

/* A value with its entities resolved stands at the end of the list's text. */
static struct span put_text(struct event *ev, struct span value)
{
	struct buf *text = &ev->list->text;
	size_t began = text->n;
	element_text(text, value);
	return span_from(buf_view(text), began);
}

static void set_data(struct event *ev, struct span key, struct span value)
{
	size_t began = ev->list->text.n;
	event_data(ev, key, put_text(ev, value));
	ev->list->text.n = began;
}

/* The unit's own words: where, what, in which state, and what else. */
static void set_text(struct event *ev, const struct scaip_request *r)
{
	static const enum scaip_tag words[] = { SCAIP_LOCATION_TEXT, SCAIP_DEVICE_TEXT, SCAIP_STATUS_TEXT, SCAIP_INFO_TEXT };
	struct buf *text = &ev->list->text;
	size_t began = text->n;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (r->tag[words[i]].n && text->n > began)
			buf_lit(text, ", ");
		put_text(ev, r->tag[words[i]]);
	}
	ev->field[F_TEXT].at = (uint32_t)began;
	ev->field[F_TEXT].n = (uint32_t)(text->n - began);
}

static void set_field(struct event *ev, enum field f, struct span value)
{
	struct span text = put_text(ev, value);
	ev->field[f].at = (uint32_t)(ev->list->text.n - text.n);
	ev->field[f].n = (uint32_t)text.n;
}

/* Everything that was said, in the order in which it was, what no gateway knows too. */
static void keep_all(struct event *ev, struct span body)
{
	struct elements e = { .c = cursor_over(after_mark(body)) };
	struct element found;
	while (elements_next(&e, &found)) {
		enum scaip_tag t = tag_find(found.name);
		if (t == SCAIP_TAGS && found.value.n)
			set_data(ev, found.name, found.value);
		else if (*tags[t == SCAIP_TAGS ? SCAIP_CONTROLLER : t].key && found.value.n)
			set_data(ev, span_str(tags[t].key), found.value);
	}
}

static void add_unreadable(struct event_list *list, const struct scaip_request *r, struct span body)
{
	struct event *ev = event_list_add(list);
	ev->unreadable = true;
	ev->warnings = r->warnings;
	event_set(ev, F_ACCOUNT, r->tag[SCAIP_CONTROLLER]);
	event_set(ev, F_TEXT, body);
}

static enum verdict decode(struct span payload, enum language language, struct event_list *list)
{
	static const char *const qualifiers[] = { [MESSAGE] = "E", [RESET] = "R", [INFORMATION] = "", [HEARTBEAT] = "" };
	struct scaip_request r;
	bool known;
	if (!scaip_read(payload, &r))
		return V_NOT_MINE;
	if (r.status != SCAIP_OK) {
		add_unreadable(list, &r, payload);
		return V_OK;
	}
	struct event *ev = event_list_add(list);
	enum message message = message_of(&r, &known);
	ev->warnings |= r.warnings | (known ? 0 : WARN(CODE_UNKNOWN));
	event_puts(ev, F_FORMAT, "scaip");
	set_field(ev, F_ACCOUNT, r.tag[SCAIP_CONTROLLER]);
	set_field(ev, F_CODE, r.tag[SCAIP_STATUS]);
	event_puts(ev, F_QUALIFIER, qualifiers[message]);
	set_meaning(ev, &r, message, language);
	set_field(ev, F_ZONE, r.tag[r.tag[SCAIP_DEVICE].n ? SCAIP_DEVICE : SCAIP_LOCATION_VALUE]);
	set_text(ev, &r);
	keep_all(ev, payload);
	return V_OK;
}

/* What the value of a tag stands for; empty: for itself, or for nothing that we know. */
static struct span meaning(enum scaip_tag tag, struct span value, enum language language)
{
	static const struct {
		struct span word;
		const char *label[2];
	} messages[] = {
		{ SPAN("ME"), { "message", "message" } }, { SPAN("RE"), { "reset", "réarmement" } },
		{ SPAN("IN"), { "information", "information" } }, { SPAN("PI"), { "heartbeat", "test cyclique" } },
	};
	const struct device *device = tag == SCAIP_DEVICE_TYPE ? device_find(value) : NULL;
	const struct place *place = tag == SCAIP_LOCATION ? place_find(value) : NULL;
	const struct code *status = tag == SCAIP_STATUS ? status_find(value) : NULL;
	for (size_t i = 0; tag == SCAIP_MESSAGE && i < sizeof messages / sizeof *messages; i++)
		if (span_eq_nocase(value, messages[i].word))
			return span_str(messages[i].label[language]);
	if (status)
		return span_sub(span_str(status->label[language]), 0, strcspn(status->label[language], "/"));
	return span_str(device ? device->label[language] : place ? place->label[language] : NULL);
}

static void explain_tag(struct buf *out, const struct element *found, enum language language)
{
	enum scaip_tag t = tag_find(found->name);
	struct buf label = { 0 }, note = { 0 };
	buf_span(&label, found->name);
	if (t < SCAIP_TAGS) {
		struct span means = span_trim(meaning(t, found->value, language));
		buf_str(&note, tags[t].label[language]);
		if (means.n)
			buf_printf(&note, " (%.*s)", (int)means.n, (const char *)means.p);
	}
	explain_row(out, buf_cstr(&label), found->value, note.n ? buf_cstr(&note) : NULL);
	buf_free(&label);
	buf_free(&note);
}

static void explain(struct span payload, enum language language, struct buf *out)
{
	static const enum scaip_tag mandatory[] = { SCAIP_REF, SCAIP_CONTROLLER, SCAIP_DEVICE_TYPE };
	struct elements e = { .c = cursor_over(after_mark(payload)) };
	struct element found;
	struct scaip_request r;
	while (elements_next(&e, &found))
		explain_tag(out, &found, language);
	if (!e.ended)
		explain_stop(out, payload, payload.n - e.c.rest.n, _("the end of the element"));
	scaip_read(payload, &r);
	for (size_t i = 0; e.ended && i < sizeof mandatory / sizeof *mandatory; i++)
		if (r.tag[mandatory[i]].n == 0)
			explain_say(out, (const char *)tags[mandatory[i]].tag.p, "%s", _("MISSING: it is mandatory"));
}

const struct format format_scaip = {
	.name = "scaip", .title = N_("SCAIP, social alarms (CLC/TS 50134-9)"),
	.coverage = N_("partial: what open gateways show; the standard is on sale"), .row = code_scaip,
	.decode = decode, .explain = explain,
};
