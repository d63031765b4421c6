/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of SIA DC-03 for a person: a row each, its function by name, its
 * length and its parity; events taken apart below it. */
#include <stdio.h>

#include "event/explain.h"
#include "format/sia_block.h"

static const struct {
	uint8_t function;
	const char *name;
} functions[] = {
	{ '#', N_("account") }, { '&', N_("account behind") }, { 'N', N_("new event") }, { 'O', N_("old event") }, { 'A', N_("text") },
	{ 'X', N_("extended") }, { 'C', N_("control") }, { 'E', N_("environmental") }, { 'P', N_("program") }, { '@', N_("configuration") },
	{ '?', N_("remote login") }, { 'L', N_("listen-in") }, { 'V', N_("voice or video") }, { 'v', N_("voice or video") },
	{ 'I', N_("video") }, { '0', N_("end of data") }, { '1', N_("wait") }, { '2', N_("abort") }, { '6', N_("taken, go on") },
	{ '7', N_("taken, hang up") }, { '8', N_("taken") }, { 0x08, N_("taken") }, { '9', N_("refused") }, { 0x09, N_("refused") },
};

static const char *name_of(uint8_t function)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (functions[i].function == function)
			return _(functions[i].name);
	return _("reserved");
}

static uint8_t parity_of(struct span block)
{
	uint8_t all = 0xFF;
	for (size_t i = 0; i + 1 < block.n; i++)
		all ^= block.p[i];
	return all;
}

static void put_block(struct buf *out, const struct sia_block *b, bool sound, enum language language)
{
	char note[160];
	uint8_t sent = b->whole.p[b->whole.n - 1], computed = parity_of(b->whole);
	size_t n = b->content.n - 1;
	if (sent == computed)
		snprintf(note, sizeof note, _("%zu bytes, parity %02X right"), n, sent);
	else
		snprintf(note, sizeof note, _("%zu bytes, parity %02X WRONG: computed %02X"), n, sent, computed);
	size_t used = strlen(note);
	if (!b->wants_answer)
		snprintf(note + used, sizeof note - used, _(", asks for no answer"));
	explain_row(out, name_of(b->function), span_from(b->content, 1), note);
	if (sound && (b->function == 'N' || b->function == 'O'))
		format_find(SPAN("sia"))->explain(b->content, language, out);
}

void sia_block_explain(struct span blocks, enum language language, struct buf *out)
{
	struct sia_block b;
	while (blocks.n) {
		enum verdict v = sia_block_take(blocks, &b);
		if (blocks.p[0] == '\0' && b.whole.n == 0) {	/* some panels send NUL behind a block */
			blocks = span_from(blocks, 1);
			continue;
		}
		if (b.whole.n == 0)
			break;
		put_block(out, &b, v == V_OK, language);
		blocks = span_from(blocks, b.whole.n);
	}
	if (blocks.n == 0)
		return;
	explain_bytes(out, _("cut off"), blocks, NULL);
	if (blocks.n > 1 && sia_block_take(blocks, &b) == V_NOT_MINE)
		explain_stop(out, blocks, 1, _("the letter of a function"));
	else
		explain_say(out, _("stops"), _("a block of %u bytes begins here, and %zu are left"), (blocks.p[0] & 63u) + 3, blocks.n);
}
