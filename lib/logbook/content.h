/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a record says, apart from what filters have added on its way and from
 * words that follow from the language of a screen. */
#ifndef VIGIE_LOGBOOK_CONTENT_H
#define VIGIE_LOGBOOK_CONTENT_H

#include "json/record.h"

/* Events, errors and links are written; frames, marks and all others are not. */
bool content_written(struct span type);

/* Whether two records of one such type say the same. */
bool content_same(struct span type, const struct record *a, const struct record *b);

/* Appends the id of a line that has none of its own: "line+" and 16 digits of
 * its SHA-256, so that the same line is known again. */
void content_line_id(struct buf *out, struct span line);

/* The record's id, or that of its line; in scratch where it is no part of the line. */
struct span content_id(const struct record *r, struct buf *scratch);

#endif
