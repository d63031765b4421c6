/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters themselves, before anything is read in them.
 *
 *	high bits and no framing error	the speed is right, parity or data bits are not
 *	many framing errors		the speed is wrong
 *	parity wrong on some		of one weight: the sender has no parity; on all: the other one
 */
#include <stdlib.h>

#include "link/exam_speed.h"
#include "link/exam_view.h"
#include "link/uart.h"
#include "text/text.h"

#define SOME 20		/* per cent that are more than chance */
#define LEAST 4		/* characters that a judgement needs */
#define BURST_GAP 40	/* ms without a character end a burst */

static bool with_parity(const struct view *v)
{
	return v->x->line.mode[1] != 'n';
}

static bool eight_bits(const struct view *v)
{
	return v->x->line.mode[0] == '8';
}

static bool is_even(unsigned byte)
{
	return __builtin_parity(byte) == 0;
}

static void count(struct view *v)
{
	for (size_t i = 0; i < v->raw.n; i++) {
		uint8_t byte = v->raw.p[i];
		bool fault = v->faults.p[i] != FAULT_NONE, odd = !is_even(byte & 0x7F);
		v->marked += fault;
		v->breaks += v->faults.p[i] == FAULT_BREAK;
		v->zeros += byte == 0;
		v->high += byte >> 7;
		v->even += is_even(byte);
		v->odd += odd;
		v->on_odd += odd && fault;
		v->on_even += !odd && fault;
	}
}

static bool most(size_t part, size_t all)
{
	return 100 * part >= 95 * all;
}

/* Per cent, of what each further character makes twice as sure. */
static unsigned sureness(size_t characters)
{
	return characters >= 7 ? 99 : 100 - (100u >> characters);
}

static struct finding *fit(struct view *v, enum symptom s, unsigned confidence, const char *mode)
{
	struct finding *f = find(v, s, confidence, buf_view(&v->raw));
	v->out->fitting = v->x->line;
	memcpy(v->out->fitting.mode, mode, sizeof v->out->fitting.mode);
	return f;
}

/* What of a host's byte reaches a receiver that is set to this mode. */
static enum fault arrives(const struct view *v, const char *mode, uint8_t *byte)
{
	struct serial_settings receiver = v->x->line;
	uint8_t faults[4] = { FAULT_FRAMING }, bytes[4];
	memcpy(receiver.mode, mode, sizeof receiver.mode);
	uart_read(&v->x->line, span_of(byte, 1), &receiver, bytes, faults, sizeof bytes);
	*byte = bytes[0];
	return faults[0];
}

static void judge_answer(struct view *v, const char *mode)
{
	uint8_t ack = 0x06, nak = 0x15;
	enum fault ack_fault = arrives(v, mode, &ack), nak_fault = arrives(v, mode, &nak);
	if (ack_fault != FAULT_NONE)
		detail(find(v, SY_ACK_PARITY, 99, SPAN("\x06")), _("%.3s here, %s there"), v->x->line.mode, mode);
	else if (ack != 0x06)
		detail(find(v, SY_ACK_UNKNOWN, 99, span_of(&ack, 1)), _("06 arrives as %02X: %.3s here, %s there"), ack, v->x->line.mode, mode);
	else if (nak_fault != FAULT_NONE || nak != 0x15)
		detail(find(v, SY_ACK_HEARD, 99, SPAN("\x06")), _("%.3s here, %s there"), v->x->line.mode, mode);
}

static void mask(struct view *v)
{
	for (size_t i = 0; i < v->bytes.n; i++)
		v->bytes.p[i] &= 0x7F;
}

static bool is_685(struct span masked)
{
	struct span frame;
	return protocol_find(SPAN("ademco-685"))->frame(masked, true, &frame) == V_OK;
}

/* Eight bits read, of which one is the sender's parity. */
static bool judge_high_bit(struct view *v)
{
	size_t n = view_n(v);
	if (n < LEAST || !eight_bits(v) || with_parity(v) || v->high == 0 || 100 * v->marked > 5 * n)
		return false;
	if (v->high == n) {
		fit(v, SY_PARITY_MARK, sureness(n), "7n1");
		mask(v);
		return true;
	}
	bool even = most(v->even, n), odd = most(n - v->even, n);
	if (!even && !odd)
		return false;
	mask(v);
	enum symptom s = even ? SY_PARITY_7E1 : is_685(buf_view(&v->bytes)) ? SY_PARITY_7O2 : SY_PARITY_7O1;
	const char *mode = s == SY_PARITY_7E1 ? "7e1" : s == SY_PARITY_7O2 ? "7o2" : "7o1";
	fit(v, s, sureness(n), mode);
	judge_answer(v, mode);
	return true;
}

/* Seven bits and parity read, and what is wrong shows what is sent. */
static bool judge_parity_errors(struct view *v)
{
	size_t n = view_n(v);
	bool odd_set = v->x->line.mode[1] == 'o';
	size_t wrong = odd_set ? v->on_even : v->on_odd, other = v->marked - wrong, could = odd_set ? n - v->odd : v->odd;
	if (n < LEAST || !with_parity(v) || v->marked == 0)
		return false;
	if (most(v->marked, n) && v->on_odd && v->on_even) {
		fit(v, SY_PARITY_OPPOSITE, sureness(n), odd_set ? "7e1" : "7o1");
		judge_answer(v, odd_set ? "7e1" : "7o1");
		return true;
	}
	if (other || !most(wrong, could))
		return false;
	fit(v, SY_PARITY_NONE, sureness(could) < sureness(n - could) ? sureness(could) : sureness(n - could), "8n1");
	judge_answer(v, "8n1");
	return true;
}

/* Printed text and the few controls that frame it. */
static bool is_sane(const struct view *v)
{
	size_t sane = 0;
	for (size_t i = 0; i < v->raw.n; i++) {
		uint8_t c = v->raw.p[i];
		sane += (c >= ' ' && c < 0x7F) || memchr("\x01\x02\x03\x05\x06\x09\x0A\x0D\x0E\x11\x12\x14\x15\x1B", c, 14);
	}
	return most(sane, v->raw.n);
}

/* The first that is long enough to be a record. */
static struct span burst(const struct view *v)
{
	size_t from = 0, n = view_n(v);
	for (size_t i = 1; i <= n; i++) {
		bool gap = i == n || v->x->moment[v->moment[i]].at - v->x->moment[v->moment[i - 1]].at > BURST_GAP;
		if (gap && i - from >= 3)
			return span_of(v->raw.p + from, i - from);
		if (gap)
			from = i;
	}
	return (struct span){ 0 };
}

/* Where each bit is read twice or more, none stands alone between others. */
static bool is_stretched(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned bits = (unsigned)s.p[i] << 1, alone = 0;	/* with the start bit */
		for (unsigned b = 1; b < 8; b++)
			alone += (bits >> b & 1) != (bits >> (b - 1) & 1) && (bits >> b & 1) != (bits >> (b + 1) & 1);
		if (alone)
			return false;
	}
	return true;
}

/* The likelier, the longer the burst, and the clearer before all other speeds. */
static unsigned trust(const struct guess *guess, size_t n, size_t burst_n)
{
	size_t k = 1;
	while (k < n && guess[k].set.baud == guess[0].set.baud)
		k++;
	unsigned trust = guess[0].likeness < 99 ? guess[0].likeness : 99;
	if (burst_n < 8)
		trust = trust * (unsigned)burst_n / 8;
	return k < n && guess[k].likeness + 5 > guess[0].likeness ? trust / 2 : trust;
}

/* How long a burst lasts tells the sender's speed, where it comes in pieces:
 * the 21 characters of a heartbeat take 210 bits. */
static void measure(const struct view *v, struct span b, struct finding *f)
{
	static const unsigned speeds[] = { 300, 600, 1200, 2400, 4800, 9600, 19200 };
	size_t from = (size_t)(b.p - v->raw.p);
	msec lasts = v->x->moment[v->moment[from + b.n - 1]].at - v->x->moment[v->moment[from]].at;
	size_t best = 0;
	for (size_t i = 1; i < sizeof speeds / sizeof *speeds; i++)
		if (llabs(lasts - 210000 / speeds[i]) < llabs(lasts - 210000 / speeds[best]))
			best = i;
	if (lasts >= 10)
		detail(f, _("a burst lasts %lld ms, as the 21 characters of a heartbeat do at about %u"), (long long)lasts, speeds[best]);
}

static void judge_speed(struct view *v)
{
	struct guess guess[GUESSES_MOST];
	struct span b = burst(v);
	size_t n = b.n ? speed_guesses(&v->x->line, b, guess) : 0;
	unsigned sure = n ? trust(guess, n, b.n) : 0, port = v->x->line.baud;
	bool known = sure >= 30 && guess[0].set.baud != port;
	bool fast = known ? guess[0].set.baud < port : is_stretched(b);
	struct finding *framing = find(v, SY_FRAMING, v->marked ? 90 : 50, b);
	if (b.n)
		measure(v, b, framing);
	find(v, fast ? SY_TOO_FAST : SY_TOO_SLOW, known ? sure : 60, b);
	if (!known)
		return;
	struct finding *f = find(v, SY_SPEED, sure, b);
	detail(f, "baud=%u&mode=%s", guess[0].set.baud, guess[0].set.mode);
	v->out->fitting = guess[0].set;
	if (guess[0].set.baud == 19200 && memcmp(guess[0].set.mode, "7e1", 3) == 0)
		find(v, SY_MLR2E, sure, b);
}

void view_line(struct view *v)
{
	size_t n = view_n(v);
	count(v);
	if (n == 0 || v->x->over_tcp)
		return;
	v->out->fault_rate = 100.0 * (double)v->marked / (double)n;
	value(find(v, SY_ERRORS, 100, (struct span){ 0 }), v->out->fault_rate, "%");
	if (v->zeros == n) {
		find(v, SY_BREAK, v->breaks || n > 2 ? 95 : 60, buf_view(&v->raw));
		return;
	}
	if (judge_high_bit(v) || judge_parity_errors(v))
		return;
	if (100 * v->marked > SOME * n || !is_sane(v))
		judge_speed(v);
	else if (v->marked)
		find(v, SY_NOISE, 80, buf_view(&v->raw));
}

/* The two that differ in nothing but the stop bits read the same. */
static bool is_planned(const struct serial_settings *plan, size_t n, const struct serial_settings *s)
{
	for (size_t i = 0; i < n; i++)
		if (plan[i].baud == s->baud && memcmp(plan[i].mode, s->mode, 2) == 0)
			return true;
	return false;
}

static size_t put(struct serial_settings *plan, size_t n, size_t room, const struct serial_settings *s)
{
	if (n < room && !is_planned(plan, n, s))
		plan[n++] = *s;
	return n;
}

size_t exam_plan(const struct exam *x, struct serial_settings *plan, size_t room)
{
	/* What receivers leave the factory with, then what is left. */
	static const struct {
		unsigned baud;
		char mode[4];
	} usual[] = {
		{ 9600, "8n1" }, { 1200, "7e1" }, { 19200, "7e1" }, { 9600, "7e1" }, { 1200, "8n1" }, { 1200, "7o2" }, { 19200, "8n1" },
		{ 2400, "8n1" }, { 4800, "8n1" }, { 9600, "7o1" }, { 2400, "7e1" }, { 4800, "7e1" }, { 38400, "8n1" }, { 115200, "8n1" },
		{ 57600, "8n1" }, { 2400, "7o1" }, { 4800, "7o1" }, { 19200, "7o1" }, { 300, "7e1" }, { 600, "7e1" },
	};
	struct findings *found = xcalloc(1, sizeof *found);
	struct guess guess[GUESSES_MOST];
	struct view v;
	size_t n = 0;
	view_begin(&v, x, x->began, found);
	view_line(&v);
	struct span b = burst(&v);
	size_t guesses = b.n ? speed_guesses(&x->line, b, guess) : 0;
	if (found->fitting.baud)
		n = put(plan, n, room, &found->fitting);
	for (size_t i = 0; i < guesses && i < 4 && guess[i].likeness >= SOME; i++)
		n = put(plan, n, room, &guess[i].set);
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		struct serial_settings s = x->line;
		s.baud = usual[i].baud;
		memcpy(s.mode, usual[i].mode, sizeof s.mode);
		n = put(plan, n, room, &s);
	}
	view_end(&v);
	free(found);
	return n;
}
