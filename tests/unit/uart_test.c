/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model of a wire, held against what is known of a receiver's heartbeat
 * on a line that is set wrongly. */
#include "../tap.h"

#include "link/uart.h"

#define HEARTBEAT SPAN("1011           @    \x14")
#define ROOM 64

static struct serial_settings settings(unsigned baud, const char *mode)
{
	struct serial_settings s = { .baud = baud };
	memcpy(s.mode, mode, 4);
	return s;
}

struct seen {
	char text[3 * ROOM + 1];	/* as digits */
	size_t n;
	unsigned faults;
	uint8_t bytes[ROOM], fault[ROOM];
};

static struct seen look(struct span sent, unsigned from, const char *from_mode, unsigned to, const char *to_mode)
{
	struct seen s = { .n = 0 };
	struct serial_settings a = settings(from, from_mode), b = settings(to, to_mode);
	s.n = uart_read(&a, sent, &b, s.bytes, s.fault, ROOM);
	for (size_t i = 0; i < s.n; i++) {
		snprintf(s.text + 3 * i, 4, "%02X ", s.bytes[i]);
		s.faults += s.fault[i] != FAULT_NONE;
	}
	if (s.n)
		s.text[3 * s.n - 1] = '\0';
	return s;
}

static const struct row {
	const char *name;
	unsigned from;
	const char *from_mode;
	unsigned to;
	const char *to_mode, *bytes;
	size_t n;
	unsigned faults;
} rows[] = {
	{ "right", 9600, "8n1", 9600, "8n1", "31 30 31 31 20 20 20 20 20 20 20 20 20 20 20 40 20 20 20 20 14", 21, 0 },
	{ "7e1 read as 8n1", 9600, "7e1", 9600, "8n1", "B1 30 B1 B1 A0 A0 A0 A0 A0 A0 A0 A0 A0 A0 A0 C0 A0 A0 A0 A0 14", 21, 0 },
	{ "7o1 read as 8n1", 9600, "7o1", 9600, "8n1", "31 B0 31 31 20 20 20 20 20 20 20 20 20 20 20 40 20 20 20 20 94", 21, 0 },
	{ "8n1 read as 7e1", 9600, "8n1", 9600, "7e1", "31 30 31 31 20 20 20 20 20 20 20 20 20 20 20 40 20 20 20 20 14", 21, 19 },
	{ "8n1 read as 7o1", 9600, "8n1", 9600, "7o1", "31 30 31 31 20 20 20 20 20 20 20 20 20 20 20 40 20 20 20 20 14", 21, 2 },
	{ "7e1 read as 7o1", 9600, "7e1", 9600, "7o1", "31 30 31 31 20 20 20 20 20 20 20 20 20 20 20 40 20 20 20 20 14", 21, 21 },
	{ "7o1 read as 7e1", 9600, "7o1", 9600, "7e1", "31 30 31 31 20 20 20 20 20 20 20 20 20 20 20 40 20 20 20 20 14", 21, 21 },
	{ "9600 read at 4800", 9600, "8n1", 4800, "8n1", "A5 AD 08 08 08", 10, 2 },
	{ "9600 read at 2400", 9600, "8n1", 2400, "8n1", "21 21 21 21 21 FE", 6, 5 },
	{ "9600 read at 1200", 9600, "8n1", 1200, "8n1", "08 21 E4", 3, 1 },
	{ "9600 read at 19200", 9600, "8n1", 19200, "8n1", "06 18 98 E0 98 E0 18 18 18", 24, 20 },
};

static void table(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct seen s = look(HEARTBEAT, r->from, r->from_mode, r->to, r->to_mode);
		ok(strncmp(s.text, r->bytes, strlen(r->bytes)) == 0, "%s: the bytes", r->name);
		ok(s.n == r->n, "%s: how many", r->name);
		ok(s.faults == r->faults, "%s: how many faults", r->name);
	}
}

/* What becomes of a host's 06 and 15: the byte, or '!' for a parity error. */
static const char *arrives(const char *host, const char *receiver, uint8_t answer)
{
	static char text[sizeof (struct seen)];
	struct seen s = look(span_of(&answer, 1), 9600, host, 9600, receiver);
	return strcpy(text, s.faults ? "!" : s.text);
}

static void answers(void)
{
	static const struct {
		const char *host, *receiver, *ack, *nak;
	} answer[] = {
		{ "8n1", "7e1", "06", "!" }, { "8n1", "7o1", "!", "15" }, { "7e1", "8n1", "06", "95" },
		{ "7o1", "8n1", "86", "15" }, { "7e1", "7o1", "!", "!" }, { "7o1", "7e1", "!", "!" },
	};
	for (size_t i = 0; i < sizeof answer / sizeof *answer; i++) {
		is(arrives(answer[i].host, answer[i].receiver, 0x06), answer[i].ack, "06 from %s to %s", answer[i].host, answer[i].receiver);
		is(arrives(answer[i].host, answer[i].receiver, 0x15), answer[i].nak, "15 from %s to %s", answer[i].host, answer[i].receiver);
	}
}

int main(void)
{
	table();
	answers();
	struct seen low = look(SPAN("\0\0"), 9600, "8n1", 38400, "8n1");
	ok(low.n == 2 && low.fault[0] == FAULT_BREAK && low.fault[1] == FAULT_BREAK, "low for longer than a character: breaks");
	ok(look(SPAN("12"), 9600, "8n2", 9600, "8n1").faults == 0, "a second stop bit is idle time");
	return done();
}
