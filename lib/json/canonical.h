/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One spelling for equal JSON: keys sorted by code point, no blanks, UTF-8
 * unescaped but for what JSON demands.  jansson stays in here. */
#ifndef VIGIE_JSON_CANONICAL_H
#define VIGIE_JSON_CANONICAL_H

#include "util/buf.h"

/* Appends the canonical form; -1 when it is not one JSON object, or has a
 * key twice on any level. */
int json_canonical(struct span json, struct buf *out);

/* True when jansson takes it as one object. */
bool json_sound(struct span json);

#endif
