/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file is a row of blocks, in sections, each of which has a byte order and
 * interfaces of its own (draft-ietf-opsawg-pcapng):
 *
 *	type 4 | length 4 | body … | length 4
 *
 *	0A0D0D0A section: 1A2B3C4D, version, length     1 interface: link type, -, most, options
 *	6 packet: interface, time high, low, captured, length, bytes     3 packet without a time
 *
 * Every other block is passed over. */
#include "capture/pcapng.h"

#include <errno.h>
#include <stdlib.h>

#include "text/text.h"
#include "util/cursor.h"

#define BLOCK_MOST ((uint32_t)16 << 20)
#define INTERFACES_MOST 1024

enum { SECTION = 0x0A0D0D0A, INTERFACE = 1, PACKET = 2, SIMPLE = 3, ENHANCED = 6 };
enum { OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };

struct interface {
	int link;
	uint32_t most;		/* bytes kept of a packet, 0: all */
	uint64_t per_second;	/* units of its clock */
	int64_t offset_s;
};

static uint16_t u16(const struct pcapng *p, struct cursor *c)
{
	uint16_t value = cursor_u16(c);
	return p->big ? value : __builtin_bswap16(value);
}

static uint32_t u32(const struct pcapng *p, struct cursor *c)
{
	uint32_t value = cursor_u32(c);
	return p->big ? value : __builtin_bswap32(value);
}

static enum capture_got torn(const char **why, const char *text)
{
	*why = text;
	return CAPTURE_TORN;
}

/* Exactly n bytes behind those in the block. */
static enum capture_got read_bytes(struct pcapng *p, size_t n, const char **why)
{
	size_t got = fread(buf_reserve(&p->block, n), 1, n, p->file);
	p->place += got;
	p->block.n += got;
	if (got == n)
		return CAPTURE_PACKET;
	if (ferror(p->file)) {
		*why = strerror(errno);
		return CAPTURE_FAILED;
	}
	if (p->block.n == 0)
		return CAPTURE_END;
	return torn(why, _("the file ends within a packet"));
}

/* The order of bytes stands behind the length that it is needed for. */
static enum capture_got read_header(struct pcapng *p, uint32_t *type, uint32_t *length, const char **why)
{
	buf_reset(&p->block);
	enum capture_got got = read_bytes(p, 8, why);
	if (got != CAPTURE_PACKET)
		return got;
	struct cursor c = cursor_over(buf_view(&p->block));
	*type = cursor_u32(&c);
	if (*type == SECTION) {
		got = read_bytes(p, 4, why);
		if (got != CAPTURE_PACKET)
			return got;
		struct cursor magic = cursor_over(span_from(buf_view(&p->block), 8));
		uint32_t order = cursor_u32(&magic);
		if (order != 0x1A2B3C4D && order != 0x4D3C2B1A)
			return torn(why, _("the file is damaged: a section has no byte order"));
		p->big = order == 0x1A2B3C4D;
		p->interfaces = 0;
	}
	c = cursor_over(span_sub(buf_view(&p->block), 0, 8));
	*type = u32(p, &c);
	*length = u32(p, &c);
	return CAPTURE_PACKET;
}

/* The body of the next block. */
static enum capture_got read_block(struct pcapng *p, uint32_t *type, struct span *body, const char **why)
{
	uint32_t length;
	enum capture_got got = read_header(p, type, &length, why);
	if (got != CAPTURE_PACKET)
		return got;
	if (length % 4 || length < 12 || length > BLOCK_MOST || length < p->block.n + 4)
		return torn(why, _("the file is damaged: a block has an impossible length"));
	got = read_bytes(p, length - p->block.n, why);
	if (got != CAPTURE_PACKET)
		return got;
	struct span block = buf_view(&p->block);
	struct cursor tail = cursor_over(span_from(block, length - 4));
	if (u32(p, &tail) != length)
		return torn(why, _("the file is damaged: a block has two lengths"));
	*body = span_sub(block, 8, length - 12);
	return CAPTURE_PACKET;
}

/* "10 to the power of -n", or 2 where the high bit is set. */
static uint64_t resolution(uint8_t value)
{
	uint64_t units = 1;
	unsigned n = value & 0x7F, most = value & 0x80 ? 62 : 18;
	for (unsigned i = 0; i < n && i < most; i++)
		units *= value & 0x80 ? 2 : 10;
	return units;
}

static void take_options(const struct pcapng *p, struct cursor *c, struct interface *i)
{
	while (c->rest.n >= 4) {
		uint16_t code = u16(p, c), length = u16(p, c);
		struct cursor value = cursor_over(cursor_take(c, length));
		cursor_take(c, (size_t)(-length & 3));
		if (code == OPTION_RESOLUTION)
			i->per_second = resolution(cursor_u8(&value));
		if (code == OPTION_OFFSET && length == 8) {
			uint64_t first = u32(p, &value), second = u32(p, &value);
			i->offset_s = (int64_t)(p->big ? first << 32 | second : second << 32 | first);
		}
	}
}

static enum capture_got take_interface(struct pcapng *p, struct span body, const char **why)
{
	struct cursor c = cursor_over(body);
	struct interface i = { .per_second = 1000000 };
	if (p->interfaces == INTERFACES_MOST)
		return torn(why, _("the file is damaged: it has more interfaces than a machine can have"));
	i.link = u16(p, &c);
	u16(p, &c);
	i.most = u32(p, &c);
	take_options(p, &c, &i);
	if (!cursor_ok(&c))
		return torn(why, _("the file is damaged: an interface is cut short"));
	p->interface = xrealloc(p->interface, (p->interfaces + 1) * sizeof *p->interface);
	p->interface[p->interfaces++] = i;
	return CAPTURE_PACKET;
}

#define LATEST INT64_C(253402300799)	/* the last second of the year 9999 */

static int64_t time_us(const struct pcapng *p, const struct interface *i, uint64_t units)
{
	uint64_t seconds = units / i->per_second, rest = units % i->per_second;
	if (seconds > LATEST || i->offset_s > LATEST || i->offset_s < -(int64_t)seconds)
		return p->last_us;
	int64_t s = (int64_t)seconds + i->offset_s;
	if (s > LATEST)
		return p->last_us;
	return s * 1000000 + (int64_t)((double)rest / (double)i->per_second * 1e6 + 1e-6);
}

/* The blocks of packets differ in their heads. */
static bool take_packet(struct pcapng *p, uint32_t type, struct span body, struct captured *out)
{
	struct cursor c = cursor_over(body);
	uint32_t number = 0;
	uint64_t units = 0;
	if (type == ENHANCED) {
		number = u32(p, &c);
	} else if (type == PACKET) {
		number = u16(p, &c);
		u16(p, &c);
	}
	if (number >= p->interfaces)
		return false;
	const struct interface *i = &p->interface[number];
	if (type != SIMPLE) {
		units = (uint64_t)u32(p, &c) << 32;
		units |= u32(p, &c);
	}
	size_t captured = type == SIMPLE ? c.rest.n : u32(p, &c);
	out->wire_n = u32(p, &c);
	if (type == SIMPLE)
		captured = i->most && i->most < out->wire_n ? i->most : out->wire_n;
	out->bytes = cursor_take(&c, captured);
	out->link = i->link;
	out->at_us = type == SIMPLE ? p->last_us : time_us(p, i, units);
	p->last_us = out->at_us;
	return cursor_ok(&c);
}

enum capture_got pcapng_next(struct pcapng *p, struct captured *out, const char **why)
{
	for (;;) {
		uint32_t type;
		struct span body;
		enum capture_got got = read_block(p, &type, &body, why);
		if (got == CAPTURE_PACKET && type == INTERFACE)
			got = take_interface(p, body, why);
		if (got != CAPTURE_PACKET)
			return got;
		if (type != ENHANCED && type != PACKET && type != SIMPLE)
			continue;
		return take_packet(p, type, body, out) ? CAPTURE_PACKET : torn(why, _("the file is damaged: a packet has no interface or no end"));
	}
}

void pcapng_free(struct pcapng *p)
{
	free(p->interface);
	buf_free(&p->block);
}
