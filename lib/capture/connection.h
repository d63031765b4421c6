/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP connection in both directions: what to give out, and how long to
 * wait for what is not there.  Between flow.c and connection.c only. */
#ifndef VIGIE_CAPTURE_CONNECTION_H
#define VIGIE_CAPTURE_CONNECTION_H

#include "capture/flow.h"

/* Does the packet belong to another connection between the same ports? */
bool flow_is_another(const struct traffic *w, unsigned d, const struct packet *p);

void flow_take(struct flows *f, struct traffic *w, unsigned d, const struct packet *p);

/* Gives out what is held and ends it; it stays known as one that is over. */
void flow_finish(struct flows *f, struct traffic *w, enum flow_end how);

#endif
