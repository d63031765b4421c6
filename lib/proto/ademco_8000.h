/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the Silent Knight 9000 has in common with the ADEMCO 8000: marks
 * between the fields, a check byte before CR, codes of the receiver. */
#ifndef VIGIE_PROTO_ADEMCO_8000_H
#define VIGIE_PROTO_ADEMCO_8000_H

#include "proto/receiver.h"

/* One of the two: what a record begins with, how long its header is, and what is in it. */
struct ademco_8000_form {
	struct span ids;
	size_t header;
	bool (*read_header)(struct span text, struct receiver_record *r);
	bool (*read_body)(uint8_t id, struct span body, struct receiver_record *r);
};
bool ademco_8000_begins(const struct ademco_8000_form *f, struct span s);
bool ademco_8000_is_fill(const struct ademco_8000_form *f, uint8_t c);
enum verdict ademco_8000_parse(const struct ademco_8000_form *f, struct span text, struct receiver_record *r);

/* 40h, and the sum of all in front of it in six bits. */
bool ademco_8000_check(struct span text);

void ademco_8000_explain_check(struct span text, struct buf *out);
#define ADEMCO_8000_WAIT N_("after two silences or two NAKs it counts the computer as failed")

/* Account, caller and events behind the header of a call; false when no event is there. */
bool ademco_8000_call(struct span marks, struct receiver_record *r);

/* A code of the receiver itself and what stands behind it; its digits are put at r->joined + 16. */
bool ademco_8000_system(struct span body, struct receiver_record *r);

/* The protocol of a form. */
#define ADEMCO_8000_PROTOCOL(NAME, WORD, TITLE, FORM, DRAWINGS) \
	static bool begins(struct span s) { return ademco_8000_begins(&(FORM), s); } \
	static bool is_fill(uint8_t c) { return ademco_8000_is_fill(&(FORM), c); } \
	static ptrdiff_t end(struct span s) { return span_find(s, '\r'); } \
	static enum verdict parse(struct span text, struct receiver_record *r) { return ademco_8000_parse(&(FORM), text, r); } \
	static const struct receiver_borders borders = { \
		.most = 256, .is_fill = is_fill, .end = end, .begins = begins, .parse = parse, \
		.drawings = DRAWINGS, .explain = ademco_8000_explain_check, .wait = ADEMCO_8000_WAIT, \
	}; \
	RECEIVER_PROTOCOL(NAME, WORD, TITLE, \
	                  N_("partial: of the panels' formats only SIA is decoded, of others the digits are kept"), \
	                  borders, receiver_stranger, .proof = BY_SUM)

#endif
