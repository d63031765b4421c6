/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection of Osborne-Hoffman.  The receiver speaks first: 24 bytes, a
 * fresh key behind a mask that all panels know.  From then on both sides send
 * triple DES, message by message filled up with zeros; a panel that is set to
 * clear takes no notice of the key.  It waits for each answer. */
#include "crypto/crypto.h"
#include "proto/osborne_hoffman.h"

#define BLOCK TRIPLE_DES_BLOCK

enum { UNDECIDED, SEALED, CLEAR };	/* the session's state */

static const uint8_t mask[TRIPLE_DES_KEY] = {
	0x55, 0x2D, 0x6A, 0x05, 0x23, 0x49, 0x39, 0xA8, 0x45, 0x29, 0xD3, 0xE9,
	0x94, 0xC2, 0xB5, 0x88, 0x45, 0xA3, 0x50, 0x8A, 0x44, 0xAA, 0x69, 0x54,
};

static void begin(struct session *t, struct buf *out)
{
	t->state = UNDECIDED;
	triple_des_new_key(t->key);
	t->key_n = TRIPLE_DES_KEY;
	for (size_t i = 0; i < sizeof mask; i++)
		buf_byte(out, t->key[i] ^ mask[i]);
}

/* The first that a receiver says is the key of the connection. */
static size_t overheard(struct session *t, struct span said)
{
	if (t->settled || said.n < sizeof mask)
		return 0;
	t->settled = true;
	for (size_t i = 0; i < sizeof mask; i++)
		t->key[i] = said.p[i] ^ mask[i];
	return sizeof mask;
}

static size_t whole_blocks(size_t n)
{
	return n / BLOCK * BLOCK;
}

/* As much as one message can be. */
static struct span opened(struct session *t, struct span in)
{
	size_t n = whole_blocks(in.n < OH_MOST ? in.n : OH_MOST);
	buf_reset(&t->plain);
	triple_des_decrypt(t->key, buf_reserve(&t->plain, n), in.p, n);
	t->plain.n = n;
	return buf_view(&t->plain);
}

/* Panels fill a message up to whole blocks, and send one more when it was whole. */
static size_t zero_blocks(struct span plain)
{
	static const uint8_t zeros[BLOCK];
	size_t n = 0;
	while (span_starts(span_from(plain, n), span_of(zeros, BLOCK)))
		n += BLOCK;
	return n;
}

/* A panel that waits for its answer has sent nothing behind what is damaged. */
static enum verdict damaged(struct session *t, struct span in, struct span plain, struct span *frame)
{
	bool is_event = span_starts(plain, SPAN("\n0101"));
	*frame = span_sub(in, 0, is_event ? plain.n : OH_MOST);
	if (span_starts(plain, SPAN("DHR")))	/* asks for a key of version 4 */
		t->neighbour = oh_version_4;
	buf_span(&t->whole, is_event ? plain : *frame);
	return V_BAD_CHECK;
}

static enum verdict sealed(struct session *t, struct span in, bool at_end, struct span *frame)
{
	struct span plain = opened(t, in);
	size_t fill = t->state == SEALED ? zero_blocks(plain) : 0;
	struct oh_shape s;
	*frame = span_sub(in, 0, fill);
	if (fill)
		return V_OK;
	if (plain.n == 0 && !at_end)
		return V_MORE;
	enum verdict v = oh_shape(plain, at_end, &s);
	if (v == V_MORE && in.n < OH_MOST) {
		buf_span(&t->whole, plain);	/* should the rest never come */
		return v;
	}
	if (v != V_OK)
		return damaged(t, in, plain, frame);
	t->state = SEALED;
	*frame = span_sub(in, 0, whole_blocks(s.n + BLOCK - 1));
	buf_span(&t->whole, span_sub(plain, 0, s.n));
	while (t->whole.n && t->whole.p[t->whole.n - 1] == '\0')
		t->whole.n--;
	return V_OK;
}

static enum verdict in_clear(struct session *t, struct span in, bool at_end, struct span *frame)
{
	const struct protocol *oh = protocol_find(SPAN("osborne-hoffman"));
	enum verdict v = oh->frame(in, at_end, frame);
	if (v != V_MORE)
		buf_span(&t->whole, *frame);
	if (v == V_OK || v == V_BAD_CHECK)
		t->state = CLEAR;
	return v;
}

/* The first bytes tell: as they are, or out of the cipher.  That bytes of the
 * one look like the other happens once in a million million connections. */
static bool looks_clear(struct span in)
{
	static const struct span beginnings[] = { SPAN("\n0101"), SPAN("SR"), SPAN("#40R") };
	const struct protocol *oh = protocol_find(SPAN("osborne-hoffman"));
	struct oh_shape s;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (span_starts(in, beginnings[i]) && (i != 1 || oh_shape(in, false, &s) != V_NOT_MINE))
			return true;
	return oh->neighbour(in) != NULL;
}

static enum verdict converse(struct session *t, struct span in, bool at_end, struct span *frame, struct buf *reply)
{
	struct oh_shape s;
	(void)reply;
	t->neighbour = NULL;
	buf_reset(&t->whole);
	if (t->state == UNDECIDED && in.n < BLOCK && !at_end) {
		*frame = span_sub(in, 0, 0);
		return V_MORE;
	}
	bool is_sealed = t->state == SEALED;
	if (t->state == UNDECIDED)
		is_sealed = oh_shape(opened(t, in), false, &s) != V_NOT_MINE || !looks_clear(in);
	if (is_sealed)
		return sealed(t, in, at_end, frame);
	return in_clear(t, in, at_end, frame);
}

static void put_sealed(const struct session *t, struct span text, struct buf *out)
{
	uint8_t block[BLOCK] = { 0 };
	memcpy(block, text.p, text.n);
	triple_des_encrypt(t->key, block, block, BLOCK);
	buf_add(out, block, BLOCK);
}

void oh_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	bool is_clear = !cx->session || cx->session->state == CLEAR;
	(void)s;
	if (a == A_NONE)
		return;
	if (is_clear)
		buf_str(out, a == A_ACK ? "ACK\r\n" : "NACK\r\n");
	else
		put_sealed(cx->session, a == A_ACK ? SPAN("ACK\r") : SPAN("NACK\r"), out);
}

const struct conversation oh_conversation = { .begin = begin, .frame = converse, .overheard = overheard };
