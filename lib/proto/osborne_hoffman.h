/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of Osborne-Hoffman share.  Nobody else includes it. */
#ifndef VIGIE_PROTO_OSBORNE_HOFFMAN_H
#define VIGIE_PROTO_OSBORNE_HOFFMAN_H

#include "proto/session.h"

#define OH_MOST 4096

enum oh_what { OH_EVENT, OH_HEARTBEAT };

/* A message that begins at the front. */
struct oh_shape {
	enum oh_what what;
	size_t n;			/* without the zeros behind it */
	struct span length_field;	/* of an event */
	size_t length;			/* as it was counted */
	bool length_good;
	struct span body;		/* of an event: from the first quote to before CR */
	struct span receiver, line, account, id, time;	/* of a heartbeat */
};

/* V_OK; V_MORE; V_BAD_CHECK: an event whose end nobody finds, or which holds
 * what no text does; V_NOT_MINE.  at_end: never V_MORE. */
enum verdict oh_shape(struct span in, bool at_end, struct oh_shape *s);

/* What stands behind the data of an event. */
struct oh_tail {
	struct span data_end;		/* the body up to and with the data's ] */
	struct span panel_id;		/* 16 digits, out of a cipher of its own */
	struct span panel_account;
	msec sent;			/* CLOCK_NONE: not said */
};
struct oh_tail oh_tail(struct span body);

/* "ACK" or "NACK", as the panel spoke on this connection. */
void oh_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out);
void oh_explain(struct span frame, const struct context *cx, enum language language, struct buf *out);

extern const char oh_version_4[];	/* N_(): named, not spoken */
extern const struct conversation oh_conversation;

#endif
