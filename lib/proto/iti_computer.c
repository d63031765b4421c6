/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ITI Computer Interface, of the CS-4000 and CS-5000 receivers.
 *
 *	|[R|I1|L02|A1234|D010226|T2014|Z05|CA|]… CR
 *
 *	R report, T test, S supervision, L beginning and end of a call
 *	fields, in any order: I system, L line, A account, V panel and revision, D date, T time,
 *		N number, Z zone, C condition, O lock, M audio
 *
 * Behind |] stands a checksum whose rule is not public: it is handed on and
 * not verified, and each event says so. */
#include "proto/receiver.h"

#define MOST 512

static const struct receiver_status call_record = {
	"", false, 0, { "Receiver: begin or end of a call", "Récepteur : début ou fin d'un appel" }
};

static void read_field(uint8_t key, struct span value, struct receiver_record *r)
{
	switch (key) {
	case 'I': r->receiver = value; break;
	case 'L': r->line = value; break;
	case 'A': r->account = value; break;
	case 'N': r->seq = value; break;
	case 'Z': r->zone = value; break;
	case 'C': r->code = value; break;
	case 'V': r->note[0] = (struct receiver_note){ "panel", value }; break;
	case 'D': r->note[1] = (struct receiver_note){ "receiver_date", value }; break;
	case 'T': r->time = value; break;
	}
}

static void read_fields(struct span fields, struct receiver_record *r)
{
	r->note[0] = (struct receiver_note){ "panel", { 0 } };
	r->note[1] = (struct receiver_note){ "receiver_date", { 0 } };
	while (fields.n) {
		ptrdiff_t bar = span_find(fields, '|');
		struct span f = span_sub(fields, 0, bar < 0 ? fields.n : (size_t)bar);
		if (f.n)
			read_field(f.p[0], span_from(f, 1), r);
		fields = span_from(fields, f.n + 1);
	}
}

static enum verdict parse(struct span text, struct receiver_record *r)
{
	ptrdiff_t close = -1;
	for (size_t i = 3; i + 1 < text.n && close < 0; i++)
		if (text.p[i] == '|' && text.p[i + 1] == ']')
			close = (ptrdiff_t)i;
	if (close < 0 || text.p[0] != '|' || text.p[1] != '[' || !strchr("RTSL", text.p[2]) || text.p[2] == '\0' ||
	    !receiver_is_printed(span_sub(text, 0, (size_t)close)))
		return receiver_bad(r, WARN(WIDTH_BAD));
	uint8_t kind = text.p[2];
	read_fields(span_sub(text, 3, (size_t)close - 3), r);
	r->note[2] = (struct receiver_note){ "checksum", span_from(text, (size_t)close + 2) };
	r->format = "iti";
	r->warnings = WARN(CHECK_MISSING);
	r->what = kind == 'S' ? RX_HEARTBEAT : kind == 'L' ? RX_STATUS : RX_EVENT;
	r->status = kind == 'L' ? &call_record : NULL;
	if (kind != 'S' && r->code.n == 0)
		r->text = span_sub(text, 0, (size_t)close + 2);
	return V_OK;
}

static bool begins(struct span s)
{
	return s.n && s.p[0] == '|' && (s.n < 2 || s.p[1] == '[');
}

static bool is_fill(uint8_t c)
{
	return c <= ' ';
}

static ptrdiff_t end(struct span s)
{
	return span_find(s, '\r');
}

static const char *const drawings[] = { "'|['T*", NULL };

static const struct receiver_borders borders = {
	.most = MOST, .is_fill = is_fill, .end = end, .begins = begins, .parse = parse, .drawings = drawings,
};

RECEIVER_PROTOCOL(iti_computer, "iti-computer", N_("ITI receivers, Computer Interface"),
                  N_("partial: the checksum is not verified, its rule is not public"), borders, receiver_stranger);
