/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layout as references draw it, held against what came: each field becomes
 * a row, and where the two part ways a row says so.
 *
 *	'5'RRL+ 18AAAAQEEEPPNNN
 *
 *	R receiver	L line		A account	Q qualifier	E code
 *	P partition	Z zone		U user		N zone or user	C channels
 *	K status	S check digit	D caller	T type		V text
 *	O sequence	X what has no row of its own
 *
 * A capital is a digit or letter of its field, a small one a digit, decimal
 * or hexadecimal, T any byte; of P, Z, U, N, K, D and V any may be blank, and
 * so may what "." stands for, which belongs to the field behind it; with none
 * behind, it is blank.  "+" behind a field: it may be wider, up to 16.  "*" is
 * anything.  All else stands for itself, and so does what stands between
 * quotes; in front that is the type, by which a drawing is chosen: 'T'RRL.
 * Drawings are constants of the protocols and formats. */
#ifndef VIGIE_EVENT_DRAWING_H
#define VIGIE_EVENT_DRAWING_H

#include "event/explain.h"

/* Rows of the drawing that fits best, of a list that ends with NULL; false
 * where none fits whole: then the layout that was expected is shown below
 * the bytes, and where reading stopped. */
bool drawing_explain(struct buf *out, const char *const drawings[], struct span text);

#endif
