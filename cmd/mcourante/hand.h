/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIGIE_MCOURANTE_HAND_H
#define VIGIE_MCOURANTE_HAND_H

#include "util/clock.h"

/* Runs the command in a shell with the text on its standard input, and ends
 * it when it takes too long.  False when it did not take it: said. */
bool hand_over(const char *command, struct span text, msec most);

#endif
