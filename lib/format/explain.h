/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A payload taken apart for a person, whatever its language: the language's
 * own rows, its events, what is strange or wrong. */
#ifndef VIGIE_FORMAT_EXPLAIN_H
#define VIGIE_FORMAT_EXPLAIN_H

#include "event/explain.h"
#include "format/format.h"

/* A payload without its frame, from the title on. */
void format_explain(const struct format *f, struct span payload, enum language language, struct buf *out);

/* For a protocol whose payload it is: the bytes and the language's own rows
 * alone.  Events, notes and the answer are the protocol's. */
void format_explain_parts(const struct format *f, struct span payload, enum language language, struct buf *out);

#endif
