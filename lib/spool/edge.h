/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records at the edges: the first of a segment, the last before a place.
 * They tell what time a part of the journal is from without reading it all. */
#ifndef VIGIE_SPOOL_EDGE_H
#define VIGIE_SPOOL_EDGE_H

#include "spool/reader.h"

/* The first record of a segment that is whole, within its first 256 KiB;
 * false when there is none.  *line, LF included, owns its bytes. */
bool edge_first(const char *dir, uint64_t segment, struct buf *line);

/* The last whole record that ends at or before this offset of a segment. */
bool edge_last(const char *dir, uint64_t segment, uint64_t end, struct buf *line);

/* The last whole record before a place, in whichever segment it is. */
bool edge_before(const char *dir, const struct place *place, struct buf *line);

/* Bytes of a segment, 0 when it is not there. */
uint64_t edge_size(const char *dir, uint64_t segment);

/* What there is: segments, bytes, and the newest. */
struct extent {
	uint64_t segments, bytes, newest;
};
int edge_extent(struct extent *e, const char *dir);	/* -1 and errno */

/* How much stands behind a place: bytes and lines. */
void edge_behind(const char *dir, const struct place *place, uint64_t *bytes, uint64_t *lines);

/* "at" of such a line; CLOCK_NONE when it has none. */
msec edge_time(const struct buf *line);

/* Places: the end of the journal as it is now; before the first record of
 * this time or later (the end when there is none); before the record with
 * this id, its parts left away (-1 and ENOENT when there is none).
 * Otherwise -1 and errno, or *why. */
int place_end(struct place *out, const char *dir);
int place_of_time(struct place *out, const char *dir, msec t, const char **why);
int place_of_id(struct place *out, const char *dir, struct span id, const char **why);

/* True when the place is of another journal than the one that is here now:
 * its record is gone, and the segments before it hold later ones, which a
 * reader from that place would never give. */
bool place_is_lost(const struct place *place, const char *dir);

#endif
