/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a receiver's record says, in the words of all formats.  Contact ID
 * and SIA go through their own languages; the letters that receivers print
 * for pulse and old FSK formats are translated by the table.  A code whose
 * meaning is not published stays undefined, for a person to look at. */
#include "format/channels.h"
#include "proto/receiver.h"
#include "util/hex.h"

/* The letters are those of the factory; a receiver can be told others. */
static const struct letter {
	const char *formats;	/* each between blanks */
	const char *code;
	const char *same;	/* the SIA or Contact ID code that says it */
} meanings[] = {
	{ " pulse bfsk d6500 varitech iti ", "A", "UA" },
	{ " pulse bfsk d6500 varitech ", "R", "UR" },
	{ " d6500 ", "F", "FA" },
	{ " pulse bfsk d6500 varitech iti ", "O", "OP" },
	{ " pulse bfsk d6500 varitech iti ", "C", "CL" },
	{ " pulse ", "T", "UT" }, { " pulse iti ", "B", "UB" }, { " pulse ", "H", "UU" }, { " pulse ", "P", "LF" },
	{ " pulse ", "S", "605" }, { " pulse ", "W", "CF" },	/* Ademco 685, of BFSK panels */
	{ " iti ", "R", "OC" }, { " iti ", "E", "EE" }, { " iti ", "S", "US" }, { " iti ", "L", "XT" }, { " iti ", "T", "TA" },
	{ " iti ", "W", "UR" }, { " iti ", "P", "TX" }, { " iti ", "J", "UT" },
	{ " skfsk2 ", "B6", "YT" }, { " skfsk2 ", "BE", "YR" }, { " skfsk2 ", "C6", "AT" }, { " skfsk2 ", "CE", "AR" },
	{ " skfsk2 ", "D6", "LT" }, { " skfsk2 ", "DE", "LR" }, { " skfsk2 ", "E6", "ET" }, { " skfsk2 ", "EE", "ER" },
	{ " skfsk2 ", "E1", "RP" }, { " skfsk2 ", "E2", "RX" }, { " skfsk2 ", "F0", "CA" }, { " skfsk2 ", "F4", "OA" },
	{ " skfsk2 ", "F1", "CL" }, { " skfsk2 ", "F5", "OP" }, { " skfsk2 ", "F2", "CF" }, { " skfsk2 ", "FD", "CG" },
	{ " skfsk2 ", "FF", "OG" }, { " skfsk2 ", "FC", "121" }, { " skfsk2 ", "F3", "CL" }, { " skfsk2 ", "F6", "OP" },
	{ " skfsk2 ", "F7", "OP" }, { " skfsk2 ", "FE", "RT" },
};

static const struct code *row_of(const char *same)
{
	struct span code = span_str(same);
	return code.n == 2 ? code_sia(code) : code_cid(code);
}

const struct code *receiver_meaning(struct span format, struct span code)
{
	char word[16] = " ";
	if (format.n == 0 || format.n + 3 > sizeof word)
		return NULL;
	memcpy(word + 1, format.p, format.n);
	word[1 + format.n] = ' ';
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (span_is(code, meanings[i].code) && strstr(meanings[i].formats, word))
			return row_of(meanings[i].same);
	return NULL;
}

const struct receiver_status *receiver_status_find(const struct receiver_status *table, size_t n, struct span code)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(code, table[i].code))
			return &table[i];
	return NULL;
}

static void put(struct event *ev, enum field f, struct span value)
{
	if (value.n)
		event_set(ev, f, value);
}

static struct event *add_plain(const struct receiver_record *r, struct event_list *list)
{
	struct event *ev = event_list_add(list);
	event_puts(ev, F_FORMAT, r->format ? r->format : "");
	put(ev, F_CODE, r->code);
	put(ev, F_ZONE, r->zone);
	put(ev, F_USER, r->user);
	put(ev, F_PARTITION, r->partition);
	put(ev, F_TEXT, r->text);
	return ev;
}

static void undefined(const struct receiver_record *r, enum language language, struct event_list *list)
{
	format_classify(add_plain(r, list), NULL, false, language);
}

/* In the form of Contact ID behind an account, with the qualifier as a digit.
 * Where the receiver says zone or user, no guess by the code; a number to
 * which the code gives no meaning is the record's zone as it is printed. */
static enum verdict put_cid(const struct receiver_record *r, enum language language, struct event_list *list)
{
	static const char letters[] = "ERPS", digits[] = "1366";	/* some write S for 6 */
	uint8_t text[11];
	const char *letter = memchr(letters, r->cid.p[0], 4);
	text[0] = letter ? (uint8_t)digits[letter - letters] : r->cid.p[0];
	memcpy(text + 1, r->cid.p + 1, 3);
	text[4] = text[7] = ' ';
	memcpy(text + 5, r->cid.p + 4, 2);
	memcpy(text + 8, r->cid.p + 6, 3);
	enum verdict v = format_find(SPAN("cid"))->decode(span_of(text, sizeof text), language, list);
	if (v != V_OK)
		return v;
	struct event *ev = &list->event[list->n - 1];
	bool placed = event_get(ev, F_ZONE).n + event_get(ev, F_USER).n;
	if (r->cid_flag || !placed) {
		ev->field[F_ZONE].n = ev->field[F_USER].n = 0;
		enum field on = r->cid_flag == 'U' ? F_USER : F_ZONE;
		event_set(ev, on, span_sub(r->cid, 6, 3));
		ev->number_in = (uint8_t)(on + 1);
	}
	return V_OK;
}

static enum verdict put_sia(const struct receiver_record *r, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	enum verdict v = format_find(SPAN("sia"))->decode(r->sia, language, list);
	for (unsigned i = began; r->what == RX_STATUS && i < list->n; i++)
		if (!list->event[i].unreadable)
			event_puts(&list->event[i], F_CATEGORY, "system");
	return v;
}

/* What a channel's digit says, by the ninth digit of the record. */
static const char *channel_meaning(uint8_t channel, uint8_t kind)
{
	static const char *const news[] = { NULL, "121", "OP", "UB", "CL", "UT", "UT", "UA", "XT", "RX" };
	static const char *const ends[] = { NULL, "UR", NULL, "UU", NULL, "UJ", "UJ", "UR", "XR", NULL };
	unsigned k = (unsigned)(kind - '0');
	switch (channel) {
	case '0': return "UT";
	case '1': case '6': return news[k < 10 ? k : 0];
	case '2': return "OP";
	case '3': return ends[k < 10 ? k : 0];
	case '4': return "CL";
	default: return NULL;
	}
}

/* An opening (2) or closing (4) that no channel has is its user's, who stands in channel 1. */
static bool put_arming(const struct receiver_record *r, uint8_t kind, enum language language, struct event_list *list)
{
	if ((kind != '2' && kind != '4') || memchr(r->code.p, kind, 8))
		return false;
	struct event *ev = add_plain(r, list);
	format_classify(ev, row_of(kind == '2' ? "OP" : "CL"), false, language);
	event_set(ev, F_USER, span_sub(r->code, 0, 1));
	return true;
}

/* Eight channels, 5 at rest, and a digit for what the record is about. */
static void put_high_speed(const struct receiver_record *r, enum language language, struct event_list *list)
{
	uint8_t kind = r->code.p[8];
	unsigned began = list->n;
	for (uint8_t i = put_arming(r, kind, language, list); i < 8; i++) {
		uint8_t channel = r->code.p[i], number = (uint8_t)('1' + i);
		const char *same = channel_meaning(channel, kind);
		if (channel == '5')
			continue;
		struct event *ev = add_plain(r, list);
		format_classify(ev, same ? row_of(same) : NULL, false, language);
		if (channel == '6')
			event_puts(ev, F_QUALIFIER, "P");
		format_number(ev, span_of(&number, 1));
		if (event_get(ev, F_ZONE).n + event_get(ev, F_USER).n == 0)
			event_set(ev, F_ZONE, span_of(&number, 1));
	}
	if (list->n == began)
		format_classify(add_plain(r, list), ademco_hs_status(kind), false, language);
}

static void set_status(struct event *ev, const struct receiver_record *r, enum language language)
{
	static const char *const ended[] = { [LANG_EN] = "Restored: ", [LANG_FR] = "Retour : " };
	static const char *const unknown[] = { [LANG_EN] = "Receiver status", [LANG_FR] = "État du récepteur" };
	const struct receiver_status *s = r->status;
	bool over = r->over || (s && s->over);
	size_t began = ev->list->text.n;
	char severity[] = { (char)('0' + (over ? 0 : s ? s->severity : 2)), '\0' };
	buf_str(&ev->list->text, r->over ? ended[language] : "");
	buf_str(&ev->list->text, s ? s->label[language] : unknown[language]);
	event_set_from(ev, F_LABEL, began);
	event_puts(ev, F_KIND, over ? "trouble_restoral" : !s || s->severity ? "trouble" : "status");
	event_puts(ev, F_CATEGORY, "system");
	event_puts(ev, F_SEVERITY, severity);
	ev->warnings |= s ? 0 : WARN(CODE_UNKNOWN);
}

static void set_note(struct event *ev, const char *kind, const char *category, const char *english, const char *french,
                     enum language language)
{
	event_puts(ev, F_KIND, kind);
	event_puts(ev, F_CATEGORY, category);
	event_puts(ev, F_SEVERITY, "0");
	event_puts(ev, F_LABEL, language == LANG_FR ? french : english);
}

static void put_note(const struct receiver_record *r, enum language language, struct event_list *list)
{
	struct event *ev = add_plain(r, list);
	switch (r->what) {
	case RX_CALLER:
		set_note(ev, "status", "comms", "Caller's number", "Numéro de l'appelant", language);
		break;
	case RX_SIM:
		set_note(ev, "status", "comms", "SIM card number", "Numéro de carte SIM", language);
		break;
	case RX_LISTEN_IN:
		set_note(ev, "status", "audio", "Listen-in: the line is open", "Écoute : la ligne est ouverte", language);
		event_puts(ev, F_SEVERITY, "2");
		break;
	case RX_VIDEO:
		set_note(ev, "status", "video", "Video", "Vidéo", language);
		event_puts(ev, F_SEVERITY, "2");
		break;
	case RX_TEXT:
		set_note(ev, "status", "system", "Text from the receiver", "Texte du récepteur", language);
		event_puts(ev, F_SEVERITY, "1");
		break;
	default:
		set_status(ev, r, language);
	}
}

static void put_event(const struct receiver_record *r, enum language language, struct event_list *list)
{
	const struct code *row = receiver_meaning(span_str(r->format), r->code);
	if (r->format && strcmp(r->format, "ademco-hs") == 0 && r->code.n == 9)
		put_high_speed(r, language, list);
	else
		format_classify(add_plain(r, list), row, false, language);
}

/* Two letters that SIA knows, and their number. */
static bool put_sia_item(const struct receiver_record *r, struct span item, enum language language, struct event_list *list)
{
	uint8_t block[64] = "N";
	if (!r->items_are_sia || item.n < 2 || item.n >= sizeof block - 1 || !code_sia(span_sub(item, 0, 2)))
		return false;
	memcpy(block + 1, item.p, item.n);
	return format_find(SPAN("sia"))->decode(span_of(block, item.n + 1), language, list) == V_OK;
}

/* Silent Knight's two digits and a zone; what another format's digits mean is not divided. */
static void put_sound_item(const struct receiver_record *r, struct span item, enum language language, struct event_list *list)
{
	struct receiver_record one = *r;
	bool letters = item.n > 2 && receiver_is_capital(item.p[0]) && receiver_is_capital(item.p[1]);
	bool divided = (r->format && strcmp(r->format, "skfsk2") == 0) || (r->items_are_sia && letters);
	if (put_sia_item(r, item, language, list))
		return;
	one.code = span_sub(item, 0, divided ? 2 : item.n);
	one.zone = span_from(item, one.code.n);
	format_classify(add_plain(&one, list), receiver_meaning(span_str(r->format), one.code), false, language);
}

static void put_damaged_item(const struct receiver_record *r, struct span item, enum language language, struct event_list *list)
{
	struct receiver_record one = *r;
	one.text = item;
	undefined(&one, language, list);
	list->event[list->n - 1].warnings |= WARN(STRUCTURE_BAD);
}

static bool is_mark(uint8_t c)
{
	return c && strchr("\"#!*,\x05", c);
}

/* " an event, # and ! one that came damaged, * listen-in and its seconds, 05 another
 * account for those behind it, "," more in the next record. */
static void put_items(const struct receiver_record *r, enum language language, struct event_list *list)
{
	struct span rest = r->items, account = { 0 };
	while (rest.n) {
		unsigned began = list->n;
		uint8_t mark = rest.p[0];
		size_t n = 1;
		while (n < rest.n && !is_mark(rest.p[n]))
			n++;
		struct span item = span_sub(rest, 1, n - 1);
		if (mark == '"' && item.n)
			put_sound_item(r, item, language, list);
		else if (mark == '#' || mark == '!')
			put_damaged_item(r, item, language, list);
		else if (mark == '*')
			put_note(&(struct receiver_record){ .what = RX_LISTEN_IN, .text = item }, language, list);
		else if (mark == 0x05)
			account = item;
		for (unsigned i = began; i < list->n && account.n; i++)
			event_set(&list->event[i], F_ACCOUNT, account);
		rest = span_from(rest, n);
	}
}

/* In the words of the panel's own language. */
static enum verdict put_payload(const struct receiver_record *r, enum language language, struct event_list *list)
{
	const struct format *f = format_find(span_str(r->format));
	return f ? f->decode(r->payload, language, list) : V_NOT_MINE;
}

static void put_content(const struct receiver_record *r, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	enum verdict v = V_OK;
	if (r->cid.n)
		v = put_cid(r, language, list);
	else if (r->sia.n)
		v = put_sia(r, language, list);
	else if (r->payload.n)
		v = put_payload(r, language, list);
	else if (r->items.n)
		put_items(r, language, list);
	else if (r->what == RX_EVENT)
		put_event(r, language, list);
	else
		put_note(r, language, list);
	if (v == V_OK && list->n > began)
		return;
	undefined(r, language, list);
	struct event *ev = &list->event[list->n - 1];
	if (event_get(ev, F_TEXT).n == 0)
		put(ev, F_TEXT, r->cid.n ? r->cid : r->sia.n ? r->sia : r->payload);
	ev->warnings |= v == V_OK ? 0 : WARN(STRUCTURE_BAD);
}

static void set_notes(struct event *ev, const struct receiver_record *r)
{
	for (size_t i = 0; i < sizeof r->note / sizeof *r->note && r->note[i].key; i++) {
		struct span value = r->note[i].value;
		if (value.n && !receiver_is_printed(value)) {
			buf_reset(&ev->list->scratch);
			hex_lower(&ev->list->scratch, value);
			value = buf_view(&ev->list->scratch);
		}
		if (value.n)
			event_data(ev, span_str(r->note[i].key), value);
	}
}

void receiver_put_events(const struct receiver_record *r, const char *proto, enum language language, struct event_list *list)
{
	unsigned began = list->n;
	put_content(r, language, list);
	for (unsigned i = began; i < list->n; i++) {
		struct event *ev = &list->event[i];
		event_puts(ev, F_PROTO, proto);
		put(ev, F_RECEIVER, r->receiver);
		put(ev, F_LINE, r->line);
		put(ev, F_SEQ, r->seq);
		if (event_get(ev, F_ACCOUNT).n == 0)
			put(ev, F_ACCOUNT, r->account);
		if (ev->unreadable)
			continue;
		if (r->time.n)
			event_data(ev, SPAN("receiver_time"), r->time);
		if (r->caller.n)
			event_data(ev, SPAN("caller"), r->caller);
		set_notes(ev, r);
		ev->warnings |= r->warnings;
	}
}
