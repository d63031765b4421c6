/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flat list of short XML elements, as units of the field send it in a few
 * hundred bytes, read over a cursor: no tree, no heap, nothing for an entity
 * to unfold.  Documents of any shape are for libxml2.  Borrows. */
#ifndef VIGIE_FORMAT_ELEMENT_H
#define VIGIE_FORMAT_ELEMENT_H

#include "util/buf.h"
#include "util/cursor.h"

#define ELEMENT_DEPTH 8

/* Zero-initialise but for c. */
struct elements {
	struct cursor c;	/* over the document; behind the root once that has ended */
	struct span root;	/* its name, without prefix */
	bool ended;		/* the root is closed */
	bool bad;		/* not well formed, or with what has no place here: a DOCTYPE, text between elements */
	/* internal */
	struct span open[ELEMENT_DEPTH];
	unsigned depth;
	bool fresh;		/* the innermost has just been opened */
};

struct element {
	struct span name;	/* without prefix */
	struct span value;	/* as it stands there, blanks around it left away */
};

/* The next element that holds no others; false at the end, or when it is bad. */
bool elements_next(struct elements *e, struct element *found);

/* Appends what a value says: entities and CDATA resolved, comments left away.  Never longer than the value. */
void element_text(struct buf *out, struct span value);

#endif
