/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notice.h"

#include "text/text.h"
#include "util/log.h"

static void begin(struct notice_slot *s, uint64_t host, const struct address *about, msec now)
{
	if (s->dropped && s->host == host && about->n) {
		struct buf text = { 0 };
		address_put_host(&text, about);
		warn(_("%s: %u more lines left out"), buf_cstr(&text), s->dropped);
		buf_free(&text);
	} else if (s->dropped) {
		warn(_("%u more lines left out"), s->dropped);
	}
	*s = (struct notice_slot){ .host = host, .began = now };
}

bool notice_may(struct notices *n, const struct address *about, msec now)
{
	uint64_t host = address_hash_host(about);
	struct notice_slot *s = &n->slot[(host ^ host >> 32) % NOTICE_SLOTS];
	bool over = now - s->began >= MINUTE || now < s->began;
	/* Whoever shares the slot keeps it for the minute: many addresses at once are limited together. */
	if (over)
		begin(s, host, about, now);
	if (s->said < NOTICES_A_MINUTE) {
		s->said++;
		return true;
	}
	s->dropped++;
	return false;
}
