/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A character is a low start bit, its data from the lowest bit on, perhaps
 * parity, and high stop bits.  The reader waits for the line to fall, looks
 * at the middle of each bit of its own, and takes what is low where a stop
 * bit should be for an error; then it waits until the line has been high
 * and falls again.  Of a character with several errors a system tells one:
 * a break before parity before framing. */
#include "link/uart.h"

/* A wire that these bytes run over, one behind the other. */
struct wire {
	const struct serial_settings *set;
	struct span bytes;
	size_t width;		/* bits of a character, start and stop included */
};

static unsigned data_bits(const struct serial_settings *s)
{
	return (unsigned)(s->mode[0] - '0');
}

static bool has_parity(const struct serial_settings *s)
{
	return s->mode[1] != 'n';
}

static unsigned parity_bit(const struct serial_settings *s, unsigned byte)
{
	return (unsigned)__builtin_parity(byte & ((1u << data_bits(s)) - 1)) ^ (s->mode[1] == 'o');
}

static size_t width(const struct serial_settings *s)
{
	return 1 + data_bits(s) + has_parity(s) + (size_t)(s->mode[2] - '0');
}

static size_t wire_end(const struct wire *w)
{
	return w->bytes.n * w->width;
}

/* The wire while the sender's bit number `at` is on it. */
static unsigned level(const struct wire *w, size_t at)
{
	unsigned bits = data_bits(w->set), bit = (unsigned)(at % w->width);
	if (at >= wire_end(w) || bit > bits + has_parity(w->set))
		return 1;
	unsigned byte = w->bytes.p[at / w->width];
	if (bit == 0)
		return 0;
	return bit <= bits ? byte >> (bit - 1) & 1 : parity_bit(w->set, byte);
}

/* Where the line next falls behind `at`; the wire's end when it does not. */
static size_t next_fall(const struct wire *w, size_t at)
{
	for (at++; at < wire_end(w); at++)
		if (level(w, at - 1) && !level(w, at))
			return at;
	return wire_end(w);
}

struct reader {
	const struct serial_settings *set;
	const struct wire *wire;
	size_t start;		/* where the character's start bit fell */
};

/* The sender's bit in the middle of the reader's n-th, 0 the start bit. */
static size_t place(const struct reader *r, unsigned n)
{
	return r->start + (size_t)((2 * (uint64_t)n + 1) * r->wire->set->baud / (2 * (uint64_t)r->set->baud));
}

static enum fault read_character(const struct reader *r, uint8_t *byte, size_t *stop)
{
	unsigned bits = data_bits(r->set), value = 0, n = 1;
	for (unsigned b = 0; b < bits; b++)
		value |= level(r->wire, place(r, n++)) << b;
	unsigned parity = has_parity(r->set) ? level(r->wire, place(r, n++)) : 0;
	bool wrong = has_parity(r->set) && parity != parity_bit(r->set, value);
	*stop = place(r, n);
	*byte = (uint8_t)value;
	if (level(r->wire, *stop))
		return wrong ? FAULT_PARITY : FAULT_NONE;
	if (value == 0 && !parity)
		return FAULT_BREAK;
	return wrong ? FAULT_PARITY : FAULT_FRAMING;
}

size_t uart_read(const struct serial_settings *sender, struct span sent, const struct serial_settings *reader, uint8_t *bytes,
                 uint8_t *faults, size_t room)
{
	struct wire w = { .set = sender, .bytes = sent, .width = width(sender) };
	struct reader r = { .set = reader, .wire = &w };
	size_t n = 0;
	while (r.start < wire_end(&w) && n < room) {
		size_t end = place(&r, 0);
		if (level(&w, end) == 0) {	/* else a spike, and no start bit */
			faults[n] = (uint8_t)read_character(&r, &bytes[n], &end);
			n++;
		}
		r.start = next_fall(&w, end);
	}
	return n;
}
