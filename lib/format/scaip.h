/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a SCAIP request.  Spans borrow from it and are as they came:
 * entities are still in them, see element_text(). */
#ifndef VIGIE_FORMAT_SCAIP_H
#define VIGIE_FORMAT_SCAIP_H

#include "format/format.h"

enum scaip_tag {
#define TAG(name, tag, key, english, french) SCAIP_##name,
#include "format/scaip_tags.def"
#undef TAG
	SCAIP_TAGS
};

/* What the answer says (snu). */
enum scaip_status {
	SCAIP_OK = 0,
	SCAIP_BAD_FORMAT = 2,		/* no sound XML */
	SCAIP_WRONG_CONTENT = 3,	/* two accounts, two states: a question for a person */
	SCAIP_NOT_TREATED = 5,
	SCAIP_TAG_MISSING = 7,
};

struct scaip_request {
	enum scaip_status status;
	struct span root;		/* mrq; scaip with some units */
	struct span tag[SCAIP_TAGS];	/* the first of each, empty: not sent */
	size_t n;			/* bytes up to where the root has ended; 0: it does not end */
	warnings warnings;
};

/* False: no SCAIP request begins here. */
bool scaip_read(struct span body, struct scaip_request *r);

/* A sign of life, and nothing else to tell. */
bool scaip_is_heartbeat(const struct scaip_request *r);

#endif
