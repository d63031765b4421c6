/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/packet.h"

#include <arpa/inet.h>

#include "link/address.h"
#include "util/checksum.h"
#include "util/cursor.h"

#define TAGS_MOST 4	/* VLAN tags one inside the other */
#define HEADERS_MOST 16	/* extension headers of IPv6 */

enum { ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86DD, ETHER_PPPOE = 0x8864 };

/* Numbers of capture files (LINKTYPE_…); live captures have DLT_RAW for raw IP. */
enum {
	LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW_BSD = 12, LINK_RAW_OPENBSD = 14, LINK_RAW = 101, LINK_LOOP = 108,
	LINK_COOKED = 113, LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_COOKED2 = 276,
};

void endpoint_put(struct buf *out, const struct endpoint *e)
{
	struct address a = { 0 };
	if (e->host_n == 4) {
		a.n = sizeof a.in;
		a.in.sin_family = AF_INET;
		a.in.sin_port = htons(e->port);
		memcpy(&a.in.sin_addr, e->host, 4);
	} else {
		a.n = sizeof a.in6;
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(e->port);
		memcpy(&a.in6.sin6_addr, e->host, 16);
	}
	address_put(out, &a);
}

bool link_is_known(int link)
{
	static const int known[] = {
		LINK_NULL, LINK_ETHERNET, LINK_RAW_BSD, LINK_RAW_OPENBSD, LINK_RAW, LINK_LOOP, LINK_COOKED, LINK_IPV4, LINK_IPV6,
		LINK_COOKED2,
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i] == link)
			return true;
	return false;
}

static bool is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
}

/* 802.1Q tags, QinQ too, and PPP over Ethernet, which many panels' lines are. */
static uint16_t skip_tags(struct cursor *c, uint16_t type)
{
	for (unsigned i = 0; i < TAGS_MOST && is_tag(type); i++) {
		cursor_u16(c);
		type = cursor_u16(c);
	}
	if (type != ETHER_PPPOE)
		return type;
	cursor_take(c, 6);
	uint16_t ppp = cursor_u16(c);
	return ppp == 0x0021 ? ETHER_IPV4 : ppp == 0x0057 ? ETHER_IPV6 : 0;
}

/* Loopback of BSD and Windows: the address family, in the capturing host's
 * byte order; that of IPv6 differs from system to system. */
static uint16_t family(struct cursor *c)
{
	uint32_t value = cursor_u32(c);
	if (value > 0xFFFF)
		value = __builtin_bswap32(value);
	switch (value) {
	case 2:
		return ETHER_IPV4;
	case 10: case 23: case 24: case 28: case 30:
		return ETHER_IPV6;
	default:
		return 0;
	}
}

static uint16_t by_version(const struct cursor *c)
{
	int first = cursor_peek(c);
	return first >> 4 == 4 ? ETHER_IPV4 : first >> 4 == 6 ? ETHER_IPV6 : 0;
}

/* Takes the link layer off; gives the EtherType of what follows, 0 for none that we know. */
static uint16_t take_link(int link, struct cursor *c)
{
	uint16_t type;
	switch (link) {
	case LINK_ETHERNET:
		cursor_take(c, 12);
		return skip_tags(c, cursor_u16(c));
	case LINK_COOKED:
		cursor_take(c, 14);
		return skip_tags(c, cursor_u16(c));
	case LINK_COOKED2:
		type = cursor_u16(c);
		cursor_take(c, 18);
		return skip_tags(c, type);
	case LINK_NULL:
	case LINK_LOOP:
		return family(c);
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_IPV4:
	case LINK_IPV6:
		return by_version(c);
	default:
		return 0;
	}
}

/* An IP packet on its way through the layers. */
struct ip {
	struct packets *p;
	struct packet *out;
	uint8_t protocol;
	struct span payload;	/* as far as captured */
	size_t cut;		/* of it, not captured */
	struct fragment piece;
	bool is_piece;
};

static bool malformed(struct packets *p)
{
	p->count.malformed++;
	return false;
}

/* How much of the n bytes that the header promises was captured.  A card that
 * cuts segments itself leaves the length 0: all that follows. */
static bool take_payload(struct ip *ip, struct cursor *c, size_t n, size_t wire_n, bool all)
{
	if (all)
		n = wire_n;
	if (n > wire_n)
		return false;
	size_t here = n < c->rest.n ? n : c->rest.n;
	ip->cut = n - here;
	ip->payload = cursor_take(c, here);
	return true;
}

static void set_hosts(struct ip *ip, struct span from, struct span to)
{
	memcpy(ip->out->from.host, from.p, from.n);
	memcpy(ip->out->to.host, to.p, to.n);
	ip->out->from.host_n = ip->out->to.host_n = (uint16_t)from.n;
}

/* wire_n: bytes from the IP header on as they were on the wire. */
static bool read_ipv4(struct ip *ip, struct cursor *c, size_t wire_n)
{
	struct packets *p = ip->p;
	struct span all = c->rest;
	uint8_t first = cursor_u8(c);
	size_t header = (size_t)(first & 15) * 4;
	cursor_u8(c);
	size_t total = cursor_u16(c);
	ip->out->ip_id = cursor_u16(c);
	uint16_t place = cursor_u16(c);
	cursor_u8(c);
	ip->protocol = cursor_u8(c);
	uint16_t sum = cursor_u16(c);
	struct span from = cursor_take(c, 4), to = cursor_take(c, 4);
	if (!cursor_ok(c))
		return malformed(p);
	cursor_take(c, header < 20 ? SIZE_MAX : header - 20);
	if (first >> 4 != 4 || !cursor_ok(c) || header > wire_n || (total && total < header))
		return malformed(p);
	/* Some cards compute this one too: then it stands there as 0. */
	bool wrong = inet_sum(0, span_sub(all, 0, header)) != 0xFFFF;
	if (wrong && sum != 0 && !p->any_sum) {
		p->count.wrong_sum++;
		return false;
	}
	set_hosts(ip, from, to);
	if (!take_payload(ip, c, total - header, wire_n - header, total == 0))
		return malformed(p);
	ip->is_piece = place & 0x3FFF;
	ip->piece = (struct fragment){ .at = (size_t)(place & 0x1FFF) * 8, .more = place & 0x2000, .key.id = ip->out->ip_id };
	return true;
}

/* Takes one extension header off: its length is in units of its own. */
static void skip_extension(struct ip *ip, struct cursor *c)
{
	uint8_t type = ip->protocol;
	ip->protocol = cursor_u8(c);
	size_t length = cursor_u8(c);
	if (type == 44) {
		uint16_t place = cursor_u16(c);
		ip->is_piece = place & 0xFFF9;
		ip->piece.at = place & 0xFFF8;
		ip->piece.more = place & 1;
		ip->piece.key.id = cursor_u32(c);
	} else {
		cursor_take(c, type == 51 ? length * 4 + 6 : length * 8 + 6);
	}
}

static bool is_extension(uint8_t type)
{
	return type == 0 || type == 43 || type == 44 || type == 51 || type == 60 || type == 135 || type == 139 || type == 140;
}

/* Behind a piece's header comes a part of the datagram, not a header. */
static bool skip_extensions(struct ip *ip)
{
	struct cursor c = cursor_over(ip->payload);
	for (unsigned i = 0; i < HEADERS_MOST && is_extension(ip->protocol) && !(ip->is_piece && ip->piece.at); i++)
		skip_extension(ip, &c);
	ip->payload = c.rest;
	return cursor_ok(&c) || malformed(ip->p);
}

static bool read_ipv6(struct ip *ip, struct cursor *c, size_t wire_n)
{
	uint32_t first = cursor_u32(c);
	size_t length = cursor_u16(c);
	ip->protocol = cursor_u8(c);
	cursor_u8(c);
	struct span from = cursor_take(c, 16), to = cursor_take(c, 16);
	if (!cursor_ok(c) || first >> 28 != 6)
		return malformed(ip->p);
	set_hosts(ip, from, to);
	if (!take_payload(ip, c, length, wire_n - 40, length == 0))
		return malformed(ip->p);
	return skip_extensions(ip);
}

/* False: not whole yet. */
static bool join(struct ip *ip)
{
	struct fragments *f = &ip->p->fragments;
	struct packet *out = ip->out;
	ip->p->count.fragments++;
	if (ip->cut) {
		f->lost += ip->piece.at == 0;
		return false;
	}
	memcpy(ip->piece.key.from, out->from.host, 16);
	memcpy(ip->piece.key.to, out->to.host, 16);
	ip->piece.key.protocol = ip->protocol | (uint32_t)out->from.host_n << 8;
	ip->piece.bytes = ip->payload;
	ip->piece.at_us = out->at_us;
	ip->payload = fragments_add(f, &ip->piece);
	ip->is_piece = false;
	return ip->payload.n && (out->from.host_n == 4 || skip_extensions(ip));
}

static bool read_tcp(struct ip *ip)
{
	struct packet *out = ip->out;
	struct cursor c = cursor_over(ip->payload);
	out->from.port = cursor_u16(&c);
	out->to.port = cursor_u16(&c);
	out->seq = cursor_u32(&c);
	out->ack = cursor_u32(&c);
	size_t header = (size_t)(cursor_u8(&c) >> 4) * 4;
	out->flags = cursor_u8(&c);
	cursor_take(&c, 6);
	cursor_take(&c, header < 20 ? SIZE_MAX : header - 20);
	out->payload = c.rest;
	return cursor_ok(&c) || malformed(ip->p);
}

static bool read_udp(struct ip *ip)
{
	struct packet *out = ip->out;
	struct cursor c = cursor_over(ip->payload);
	out->from.port = cursor_u16(&c);
	out->to.port = cursor_u16(&c);
	size_t length = cursor_u16(&c);
	cursor_u16(&c);
	if (length == 0)
		length = ip->payload.n + ip->cut;
	if (!cursor_ok(&c) || length < 8 || length > ip->payload.n + ip->cut)
		return malformed(ip->p);
	/* What stands behind the datagram is not of it. */
	out->segment = span_sub(ip->payload, 0, length);
	out->payload = span_sub(c.rest, 0, length - 8);
	out->cut = (uint32_t)(length - 8 - out->payload.n);
	return true;
}

/* The first bytes of both ports are enough to pass a packet by; a header that
 * was cut is no use to anybody. */
static bool read_transport(struct ip *ip)
{
	ip->out->protocol = ip->protocol;
	ip->out->segment = ip->payload;
	ip->out->cut = (uint32_t)ip->cut;
	if (ip->protocol == IP_TCP)
		return read_tcp(ip);
	if (ip->protocol == IP_UDP)
		return read_udp(ip);
	ip->p->count.other++;
	return false;
}

bool packet_read(struct packets *p, int link, struct span bytes, size_t wire_n, struct packet *out)
{
	struct cursor c = cursor_over(bytes);
	struct ip ip = { .p = p, .out = out };
	size_t missing = wire_n > bytes.n ? wire_n - bytes.n : 0;
	*out = (struct packet){ .at_us = out->at_us, .number = out->number };
	p->count.packets++;
	p->count.bytes += bytes.n + missing;
	p->count.cut += missing != 0;
	uint16_t type = take_link(link, &c);
	if (!cursor_ok(&c) || (type != ETHER_IPV4 && type != ETHER_IPV6)) {
		p->count.other++;
		return false;
	}
	if (!(type == ETHER_IPV4 ? read_ipv4 : read_ipv6)(&ip, &c, c.rest.n + missing))
		return false;
	return (!ip.is_piece || join(&ip)) && read_transport(&ip);
}

static uint16_t pseudo_sum(const struct packet *packet, size_t length)
{
	uint8_t tail[4] = { 0, packet->protocol, (uint8_t)(length >> 8), (uint8_t)length };
	uint16_t sum = inet_sum(0, span_of(packet->from.host, packet->from.host_n));
	sum = inet_sum(sum, span_of(packet->to.host, packet->to.host_n));
	return inet_sum(sum, span_of(tail, sizeof tail));
}

bool packet_is_sound(struct packets *p, const struct packet *packet)
{
	size_t place = packet->protocol == IP_TCP ? 16 : 6;
	uint16_t sent = (uint16_t)(packet->segment.p[place] << 8 | packet->segment.p[place + 1]);
	bool none = packet->protocol == IP_UDP && sent == 0 && packet->from.host_n == 4;
	if (none || packet->cut || p->any_sum)
		return true;
	uint16_t pseudo = pseudo_sum(packet, packet->segment.n);
	if (inet_sum(pseudo, packet->segment) == 0xFFFF)
		return true;
	/* Cards that cut segments themselves want the sum without the length. */
	if (sent == pseudo || sent == pseudo_sum(packet, 0)) {
		p->count.offloaded++;
		return true;
	}
	p->count.wrong_sum++;
	return false;
}

void packets_free(struct packets *p)
{
	fragments_free(&p->fragments);
}
