/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries as people and as pipes see them. */
#ifndef VIGIE_MCOURANTE_PRINT_H
#define VIGIE_MCOURANTE_PRINT_H

#include "logbook/logbook.h"

/* How lines are shown; the day of the last one decides when a date is put. */
struct page {
	bool json, colour, numbers;
	int day;
};

/* Lines on a terminal or where they are asked for, records otherwise. */
struct page page_for(bool json, bool lines);

/* Appends what the page shows of the entry. */
void print_entry(struct buf *out, struct page *page, const struct entry *e);

/* Appends the record of type entry; `whole` also where it is longer than a
 * line of a pipe may be. */
void print_json(struct buf *out, const struct entry *e, bool whole);

/* Appends all that is stored, a line for each part, and whether it is intact. */
void print_whole(struct buf *out, const struct entry *e, bool colour);

/* The entry's own proof: head and body fit their hashes. */
bool entry_intact(const struct entry *e);

/* Writes to standard output, or ends the process. */
void print_out(struct buf *out);

#endif
