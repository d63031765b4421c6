/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of a SIP message (RFC 3261): what a receiver that takes MESSAGE
 * requests, and nothing else, has to know of it, and its responses.
 * Everything borrows from the message. */
#ifndef VIGIE_PROTO_SIP_H
#define VIGIE_PROTO_SIP_H

#include "util/buf.h"

struct sip_field {
	struct span name, value;	/* the value without blanks around it, folded lines still in it */
	struct span all;		/* name, colon, value */
};

struct sip {
	bool is_response;
	struct span line, method, uri;
	struct span head;		/* start line, fields and the empty line; its n is 0 where that has not come */
	struct span fields;
	struct sip_field from, to, call_id, cseq, type;
	bool has_via;
	bool has_length, length_bad;	/* there is a Content-Length; it is no number, or there are two */
	size_t length;
};

/* Could a message begin so, as far as the bytes are there?  "MESSAGE sip:", "SIP/2.0 ". */
bool sip_begins(struct span s);

/* False: the start line is not there as a whole, or is none of SIP. */
bool sip_read(struct span message, struct sip *m);

/* The next field off the front; false at the end of them. */
bool sip_next(struct span *fields, struct sip_field *f);

/* Is it the field of that name, or of its compact form (0: it has none)? */
bool sip_is(const struct sip_field *f, struct span name, uint8_t compact);

/* The response to a request: its own Via, From, To, Call-ID and CSeq, and the
 * lines that are given, each with its CR LF; with a body of that type (both may be empty). */
void sip_respond(struct buf *out, const struct sip *m, const char *status, const char *lines, struct span type, struct span body);

#endif
