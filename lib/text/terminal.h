/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person at a terminal sees: colour only there, and never with
 * NO_COLOR; progress of long work on stderr. */
#ifndef VIGIE_TEXT_TERMINAL_H
#define VIGIE_TEXT_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

enum colour { C_NONE, C_BOLD, C_DIM, C_RED, C_GREEN, C_YELLOW, C_BLUE };

bool terminal_is(int fd);
bool terminal_colour(int fd);
unsigned terminal_width(int fd);	/* columns, 80 when not known */

/* Appends the text, coloured when on is set; control bytes become \xHH. */
void terminal_text(struct buf *out, bool on, enum colour colour, struct span text);

/* As terminal_text, filled with blanks up to `columns`. */
void terminal_cell(struct buf *out, bool on, enum colour colour, struct span text, unsigned columns);

/* "label 42 %", rewritten in place at most ten times a second; nothing when
 * stderr is no terminal. */
void progress_show(const char *label, uint64_t done, uint64_t all);
void progress_end(void);

#endif
