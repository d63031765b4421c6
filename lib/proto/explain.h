/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame taken apart for a person: as its protocol tells it, or, where that
 * has no words of its own, from what every signal has. */
#ifndef VIGIE_PROTO_EXPLAIN_H
#define VIGIE_PROTO_EXPLAIN_H

#include "event/explain.h"
#include "proto/proto.h"

void protocol_explain(const struct protocol *p, struct span frame, const struct context *cx, enum language language,
                      struct buf *out);

/* What the explanations of all protocols end with: the events, or why there
 * is none, with all that is strange; and the answer. */
void protocol_explain_events(const struct protocol *p, const struct signal *s, enum language language, struct buf *out);
void protocol_explain_answer(const struct protocol *p, const struct signal *s, const struct context *cx, enum answer a,
                             struct buf *out);

#endif
