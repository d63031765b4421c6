/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a journal: 0000000001.jsonl and on, so that names sort in
 * the order in which they were written. */
#ifndef VIGIE_SPOOL_SEGMENT_H
#define VIGIE_SPOOL_SEGMENT_H

#include "util/buf.h"

#define SEGMENT_DIGITS 10
#define SEGMENT_NAME (SEGMENT_DIGITS + sizeof ".jsonl")

/* "0000000001.jsonl" */
void segment_name(char name[static SEGMENT_NAME], uint64_t number);

/* 0 when it is no segment's name. */
uint64_t segment_number(const char *name);

/* The numbers that a directory holds, rising.  Zero-initialise, list anew at
 * will, free. */
struct segments {
	uint64_t *number;
	size_t n, room;
};

/* -1 and errno. */
int segments_list(struct segments *list, int dir_fd);

/* The first that is at least `number`; 0 when there is none. */
uint64_t segments_from(const struct segments *list, uint64_t number);

void segments_free(struct segments *list);

#endif
