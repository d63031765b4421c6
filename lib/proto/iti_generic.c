/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ITI Generic, of the CS-4000 and CS-5000 receivers.
 *
 *	LF r l A p AAAA g u ZZ E CR	r receiver, l line, A account's first digit, p panel,
 *					g group, u user, Z zone, E condition
 *	LF IT.IRCV.234A CR		test record of the receiver
 *	LF 00.OKAY.@ CR			heartbeat
 *
 * A digit goes on behind 9 with A to Z and a to z; ? is more.  The receiver
 * number may be one too. */
#include "proto/receiver.h"
#include "util/hex.h"

#define RECORD 13

static const struct receiver_status test = { "", false, 0, { "Receiver: test record", "Récepteur : enregistrement de test" } };

struct span receiver_number(uint8_t digit)
{
	static const char numbers[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940"
		"4142434445464748495051525354555657585960616263646566676869";
	int value = is_digit(digit) ? digit - '0' : receiver_is_capital(digit) ? digit - 'A' + 10 : digit - 'a' + 36;
	return value < 10 ? span_of(numbers + 2 * value + 1, 1) : span_of(numbers + 2 * value, 2);
}

bool receiver_iti(struct span body, struct receiver_record *r)
{
	struct span event = span_from(body, 6);
	uint8_t user = event.p[1];
	r->format = "iti";
	r->joined[0] = body.p[0];
	memcpy(r->joined + 1, body.p + 2, 4);
	r->account = span_of(r->joined, 5);
	r->note[0] = (struct receiver_note){ "panel", span_sub(body, 1, 1) };
	r->partition = span_trim(span_sub(event, 0, 1));
	r->user = receiver_is_word(user) ? receiver_number(user) : span_trim(span_sub(event, 1, 1));
	r->zone = span_trim(span_sub(event, 2, 2));
	r->code = span_sub(event, 4, 1);
	return receiver_all(r->account, receiver_is_word);
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	if (span_is(text, "IT IRCV 234A")) {
		r->what = RX_STATUS;
		r->format = "iti";
		r->status = &test;
		r->text = text;
		return V_OK;
	}
	if (receiver_okay(text, r))
		return V_OK;
	if (text.n != RECORD || !receiver_is_printed(text) || !receiver_all(span_sub(text, 0, 2), receiver_is_word))
		return V_BAD_CHECK;
	r->receiver = span_sub(text, 0, 1);
	r->line = receiver_number(text.p[1]);
	return receiver_iti(span_from(text, 2), r) ? V_OK : V_BAD_CHECK;
}

static ptrdiff_t end(struct span s)
{
	return span_find(s, '\r');
}

static bool is_fill(uint8_t c)
{
	return c < ' ';
}

static bool begins(struct span s)
{
	return s.n && receiver_is_word(s.p[0]) && (s.n == 1 || receiver_is_word(s.p[1]));
}

static const char *const drawings[] = { "RL' OKAY @'", "'IT IRCV 234A'", "RLATAAAAPUZZE", NULL };

static const struct receiver_borders borders = {
	.most = 64, .stands_alone = true,
	.is_fill = is_fill, .end = end, .begins = begins, .parse = parse,
	.drawings = drawings,
};

RECEIVER_PROTOCOL(iti_generic, "iti-generic", N_("ITI receivers, generic output"),
                  N_("complete; what the panel byte says is handed on"), borders,
                  receiver_stranger);
