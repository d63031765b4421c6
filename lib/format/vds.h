/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a VdS 2465 telegram, for the carriers that have them. */
#ifndef VIGIE_FORMAT_VDS_H
#define VIGIE_FORMAT_VDS_H

#include "format/format.h"
#include "util/cursor.h"

enum {
	R_EVENT = 0x02, R_ACKNOWLEDGEMENT = 0x03, R_EVENT_UNACKNOWLEDGED = 0x04, R_QUERY = 0x10, R_ERROR = 0x11, R_STATUS = 0x20,
	R_BLOCK = 0x24, R_ALL = 0x26, R_DEVICE = 0x59,
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

/* Block status: device and area, address, number of bits, then the bits, low
 * one first, 0 active.  False where the bytes do not come out even. */
bool vds_block(struct span body, struct span *bits, unsigned *first, unsigned *n);

/* A sub-record of device features: what of, by which path, in words.  Whether
 * a length counts itself differs; the reading that ends with the record holds. */
struct vds_feature {
	uint8_t type, path;
	struct span text;
};
bool vds_next_feature(struct cursor *c, bool counts_itself, struct vds_feature *f);
bool vds_features(struct span body, bool *counts_itself);	/* false: neither reading fits */
const char *vds_feature_word(uint8_t type);

/* wide: address and additional address are one number of 16 bits. */
enum verdict vds_records(struct span records, bool wide, enum language language, struct event_list *list);

/* What the address of a device's own fault says; NULL: nothing that is public. */
struct vds_fault {
	uint8_t address;
	const char *word, *meaning;	/* in "data"; N_(), for a person */
};
const struct vds_fault *vds_fault(uint8_t address);

#endif
