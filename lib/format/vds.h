/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a VdS 2465 telegram, for the carriers that have them. */
#ifndef VIGIE_FORMAT_VDS_H
#define VIGIE_FORMAT_VDS_H

#include "format/format.h"
#include "util/cursor.h"

enum {
	R_EVENT = 0x02, R_ACKNOWLEDGEMENT = 0x03, R_EVENT_UNACKNOWLEDGED = 0x04, R_QUERY = 0x10, R_ERROR = 0x11, R_STATUS = 0x20,
	R_TEST = 0x40, R_TEST_ACKNOWLEDGEMENT = 0x41, R_TIME = 0x50, R_IDENTIFICATION = 0x56, R_COUNTER = 0x73,
};

struct vds_record {
	uint8_t type;
	struct span body;
};

/* False at the end, and where a record runs past it. */
bool vds_next(struct cursor *c, struct vds_record *r);

/* The body of the first record of a type; empty when there is none. */
struct span vds_find(struct span records, uint8_t type);

/* FT 1.2: all bytes added up. */
uint8_t vds_sum(struct span s);

/* Two digits a byte, the low nibble first, F fills up; gives how many there are. */
size_t vds_account(struct span bcd, uint8_t *digits, size_t most);

/* wide: address and additional address are one number of 16 bits. */
enum verdict vds_records(struct span records, bool wide, enum language language, struct event_list *list);

#endif
