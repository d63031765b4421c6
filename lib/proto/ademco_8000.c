/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ADEMCO 8000 series (MX8000).
 *
 *	id MMDDYY " HHMMSS " RR " NNNN " body V CR
 *
 *	id & call, 02 system, 03 heartbeat   R receiver   N number, 0000 for link tests
 *	V 40h, and the sum of all in front of it in six bits
 *
 *	call	format (004 SIA), line card, then fields behind marks: 12 caller's number, 11 caller's
 *		name, 05 account, " event, # damaged data, * listen-in, "," more follows in another packet
 *	system	a code, and what it is about
 *
 * Marks are control bytes, so a record is whatever begins with an id and has
 * a right check byte in front of its CR. */
#include "event/explain.h"
#include "proto/ademco_8000.h"
#include "util/hex.h"

#define HEADER 23
#define CALL '&'
#define SYSTEM 0x02
#define HEARTBEAT 0x03

#define LISTEN_IN { "Receiver: listen-in or a call broken off", "Récepteur : écoute ou appel interrompu" }
static const struct receiver_status statuses[] = {
	{ "41", false, 2, LISTEN_IN }, { "42", false, 2, LISTEN_IN }, { "43", false, 2, LISTEN_IN },
	{ "44", false, 2, LISTEN_IN }, { "45", false, 2, LISTEN_IN }, { "46", false, 2, LISTEN_IN },
	{ "61", false, 1, { "Receiver: power up", "Récepteur : mise sous tension" } },
	{ "62", false, 0, { "Receiver: local programming begun", "Récepteur : programmation locale commencée" } },
	{ "63", false, 0, { "Receiver: local programming ended", "Récepteur : programmation locale terminée" } },
	{ "64", false, 2, { "Receiver: local programming failed", "Récepteur : échec de programmation locale" } },
	{ "65", false, 0, { "Receiver: date changed", "Récepteur : date modifiée" } },
	{ "66", false, 0, { "Receiver: time changed", "Récepteur : heure modifiée" } },
	{ "67", false, 3, { "Receiver: queue above its warning level", "Récepteur : file d'attente au-dessus du seuil" } },
	{ "68", true, 0, { "Receiver: queue below its warning level", "Récepteur : file d'attente sous le seuil" } },
	{ "69", false, 4, { "Receiver: QUEUE FULL, phones unanswered", "Récepteur : FILE PLEINE, appels sans réponse" } },
	{ "6A", true, 0, { "Receiver: queue no longer full", "Récepteur : la file n'est plus pleine" } },
	{ "6B", false, 1, { "Receiver: printer off-line", "Récepteur : imprimante hors ligne" } },
	{ "6C", false, 1, { "Receiver: printer out of paper", "Récepteur : imprimante sans papier" } },
	{ "6D", true, 0, { "Receiver: printer restored", "Récepteur : imprimante rétablie" } },
	{ "6E", false, 0, { "Receiver: line card added", "Récepteur : carte de ligne ajoutée" } },
	{ "6F", false, 2, { "Receiver: line card deleted", "Récepteur : carte de ligne supprimée" } },
	{ "70", false, 3, { "Receiver: line card trouble", "Récepteur : défaut de carte de ligne" } },
	{ "71", false, 3, { "Receiver: phone line lost", "Récepteur : ligne téléphonique perdue" } },
	{ "72", true, 0, { "Receiver: line card restored", "Récepteur : carte de ligne rétablie" } },
	{ "73", true, 0, { "Receiver: phone line restored", "Récepteur : ligne téléphonique rétablie" } },
	{ "74", false, 0, { "Receiver: line card modified", "Récepteur : carte de ligne modifiée" } },
	{ "77", false, 3, { "Receiver: mains failure", "Récepteur : défaut secteur" } },
	{ "78", true, 0, { "Receiver: mains restored", "Récepteur : retour secteur" } },
	{ "79", false, 3, { "Receiver: battery trouble", "Récepteur : défaut batterie" } },
	{ "7A", true, 0, { "Receiver: battery restored", "Récepteur : batterie rétablie" } },
	{ "7B", false, 3, { "Receiver: computer trouble", "Récepteur : défaut de la liaison informatique" } },
	{ "7D", true, 0, { "Receiver: computer restored", "Récepteur : liaison informatique rétablie" } },
	{ "7E", false, 0, { "Receiver: operator logged off", "Récepteur : opérateur déconnecté" } },
	{ "7F", false, 0, { "Receiver: operator logged on", "Récepteur : opérateur connecté" } },
};

static unsigned check_byte(struct span text)
{
	unsigned sum = 0;
	for (size_t i = 0; i + 1 < text.n; i++)
		sum += text.p[i];
	return 0x40 | (sum & 0x3F);
}

bool ademco_8000_check(struct span text)
{
	return text.n && text.p[text.n - 1] == check_byte(text);
}

void ademco_8000_explain_check(struct span text, struct buf *out)
{
	if (text.n > HEADER / 2)
		explain_check(out, _("check byte"), 2, text.p[text.n - 1], check_byte(text));
}

static bool is_event_mark(uint8_t c)
{
	return c == '"' || c == '#' || c == '!' || c == '*' || c == ',';
}

bool ademco_8000_call(struct span s, struct receiver_record *r)
{
	while (s.n && !is_event_mark(s.p[0])) {
		uint8_t mark = s.p[0];
		size_t n = 1;
		while (n < s.n && s.p[n] >= ' ' && !is_event_mark(s.p[n]))
			n++;
		struct span value = span_sub(s, 1, n - 1);
		if (mark == 0x05)
			r->account = value;
		else if (mark == 0x12)
			r->caller = value;
		else if (mark == 0x11)
			r->text = value;
		else
			return false;
		s = span_from(s, n);
	}
	r->items = s;
	if (s.n && s.p[s.n - 1] == ',')
		r->note[r->note[0].key ? 1 : 0] = (struct receiver_note){ "continued", SPAN("true") };
	return s.n > 1;
}

bool ademco_8000_system(struct span body, struct receiver_record *r)
{
	static const char digits[] = "0123456789ABCDEF";
	if (body.n == 0)
		return false;
	r->joined[16] = (uint8_t)digits[body.p[0] >> 4];
	r->joined[17] = (uint8_t)digits[body.p[0] & 15];
	r->what = RX_STATUS;
	r->code = span_of(r->joined + 16, 2);
	r->status = receiver_status_find(statuses, sizeof statuses / sizeof *statuses, r->code);
	r->text = span_from(body, 1);
	return true;
}

static bool is_digits(struct span s)
{
	return receiver_all(s, is_digit);
}

static bool read_header(struct span text, struct receiver_record *r)
{
	struct span date = span_sub(text, 1, 6), time = span_sub(text, 8, 6);
	if (text.n < HEADER || text.p[7] != '"' || text.p[14] != '"' || text.p[17] != '"' || text.p[22] != '"' || !is_digits(date) ||
	    !is_digits(time))
		return false;
	memcpy(r->joined, date.p, 6);
	r->joined[6] = ' ';
	memcpy(r->joined + 7, time.p, 6);
	r->time = span_of(r->joined, 13);
	r->receiver = span_sub(text, 15, 2);
	r->seq = span_sub(text, 18, 4);
	return true;
}

static bool read_body(uint8_t id, struct span body, struct receiver_record *r)
{
	if (id == HEARTBEAT) {
		r->what = RX_HEARTBEAT;
		return true;
	}
	if (id == SYSTEM) {
		bool has = ademco_8000_system(body, r);
		if (has && r->code.p[0] >= '6' && body.n == 3) {	/* a line card's number */
			r->line = r->text;
			r->text = (struct span){ 0 };
		}
		return has;
	}
	struct span format = span_sub(body, 0, 3);
	r->items_are_sia = span_is(format, "004");
	r->line = span_sub(body, 3, 2);
	r->format = r->items_are_sia ? "sia" : NULL;
	r->note[0] = (struct receiver_note){ r->items_are_sia ? NULL : "panel_format", format };
	return is_digits(format) && ademco_8000_call(span_from(body, 5), r);
}

bool ademco_8000_begins(const struct ademco_8000_form *f, struct span s)
{
	for (size_t i = 1; i < 7 && i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n && span_find(f->ids, s.p[0]) >= 0 && (s.n < 8 || s.p[7] == '"');
}

bool ademco_8000_is_fill(const struct ademco_8000_form *f, uint8_t c)
{
	return c <= ' ' && span_find(f->ids, c) < 0;
}

enum verdict ademco_8000_parse(const struct ademco_8000_form *f, struct span text, struct receiver_record *r)
{
	if (text.n <= f->header || !ademco_8000_begins(f, text) || !f->read_header(text, r))
		return receiver_bad(r, WARN(WIDTH_BAD));
	if (!ademco_8000_check(text))
		return receiver_bad(r, WARN(CHECK_BYTE));
	if (!f->read_body(text.p[0], span_sub(text, f->header, text.n - f->header - 1), r))
		receiver_strange(r, text);
	return V_OK;
}

static const struct ademco_8000_form form = { SPAN("&\x02\x03"), HEADER, read_header, read_body };

static const char *const drawings[] = { "Txxxxxx\"xxxxxx\"RR\"oooo\"*", NULL };

ADEMCO_8000_PROTOCOL(ademco_8000, "ademco-8000", N_("ADEMCO 8000 series (MX8000)"), form, drawings);
