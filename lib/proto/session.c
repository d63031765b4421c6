/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/session.h"

#include <stdlib.h>

#include "crypto/crypto.h"

struct session *session_new(const struct protocol *proto, struct common *common, msec now, struct buf *out)
{
	if (!proto->conversation)
		return NULL;
	struct session *t = xcalloc(1, sizeof *t);
	t->common = common;
	t->now = now;
	t->due = CLOCK_NONE;
	proto->conversation->begin(t, out);
	return t;
}

void session_free(struct session *t)
{
	if (!t)
		return;
	if (t->plain.n)
		wipe(t->plain.p, t->plain.n);
	buf_free(&t->whole);
	buf_free(&t->kept);
	buf_free(&t->plain);
	buf_free(&t->account);
	buf_free(&t->said);
	buf_free(&t->file_bytes);
	wipe(t, sizeof *t);
	free(t);
}
