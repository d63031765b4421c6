/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/proto.h"

#define PROTOCOL(name) extern const struct protocol protocol_##name;
#include "proto/protocols.def"
#undef PROTOCOL

const struct protocol *const protocols[] = {
#define PROTOCOL(name) &protocol_##name,
#include "proto/protocols.def"
#undef PROTOCOL
	NULL
};

const struct protocol *protocol_find(struct span name)
{
	for (const struct protocol *const *p = protocols; *p; p++)
		if (span_is(name, (*p)->name))
			return *p;
	return NULL;
}

const char *answer_word(enum answer a)
{
	static const char *const words[] = { [A_NONE] = "none", [A_ACK] = "ack", [A_NAK] = "nak", [A_DUH] = "duh" };
	return words[a];
}

enum warning signal_damage(const struct signal *s)
{
	warnings damage = s->warnings & (WARN(CRC_BAD) | WARN(LENGTH_BAD) | WARN(WIDTH_BAD) | WARN(CHECK_BYTE) | WARN(KEY_WRONG) |
	                                  WARN(MANDATORY_MISSING) | WARN(METHOD_REFUSED));
	return damage ? (enum warning)__builtin_ctzll(damage) : W_STRUCTURE_BAD;
}

#define FIRST_BYTES 512	/* that tell a protocol; asked for each piece of noise */

const char *protocol_stranger(struct span in)
{
	const struct protocol *dc09 = protocol_find(SPAN("dc09"));
	struct span frame;
	in = span_sub(in, 0, FIRST_BYTES);
	return dc09->frame(in, true, &frame) == V_OK ? "SIA DC-09" : dc09->neighbour(in);
}
