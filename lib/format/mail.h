/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An e-mail, as cameras write them: header fields (RFC 5322), words in other
 * alphabets (RFC 2047), parts (MIME, RFC 2045 and 2046).  What it has no
 * rule for is left as it came. */
#ifndef VIGIE_FORMAT_MAIL_H
#define VIGIE_FORMAT_MAIL_H

#include "util/buf.h"
#include "util/clock.h"

/* Raw and perhaps folded; empty when the head has none. */
struct span mail_field(struct span mail, const char *name);

/* A field for a person: unfolded, its words decoded, UTF-8; spare is for them. */
void mail_words(struct buf *out, struct span field, struct buf *spare);

/* "name" of: image/jpeg; name="a.jpg".  Empty when there is none. */
struct span mail_parameter(struct span field, const char *name);

/* Of a Date field, UTC; CLOCK_NONE when it is none. */
msec mail_time(struct span date);

struct mail_part {
	struct span type;	/* "image/jpeg", as it was sent; empty: plain text */
	struct span head, body;	/* body: still coded */
};

#define MAIL_DEPTH 4

/* The leaves, in order: while (mail_next(&w, &part)). */
struct mail_walk {
	struct span rest[MAIL_DEPTH], boundary[MAIL_DEPTH];
	unsigned depth;
	bool begun;
	struct span mail;
};
struct mail_walk mail_parts(struct span mail);
bool mail_next(struct mail_walk *w, struct mail_part *part);

/* Its bytes, out of base64 or quoted-printable.  False: damaged, and what could be read is there. */
bool mail_decode(struct buf *out, const struct mail_part *part);

/* How reception records one: in front of the mail's beginning the files that
 * it was kept in, and the envelope.
 *
 *	FILE 9f86….eml 123456
 *	CUT			where not all of it was kept
 *	MAIL FROM:<camera@site.example>
 *	RCPT TO:<1002+3@centre.example>
 *	DATA
 *	From: …
 */
struct mail_record {
	struct span files, from, to;	/* lines of files; the first recipient */
	struct span recipients;	/* the lines of all, and what follows */
	bool cut;		/* the mail was longer than what is kept of one */
	struct span mail;
};
bool mail_record_read(struct span bytes, struct mail_record *r);

/* What stands in < and > in a line of the envelope. */
struct span mail_path(struct span line);

/* Each of `recipients`; false behind the last. */
bool mail_next_recipient(struct span *recipients, struct span *to);

/* Of a recipient "1002+3@centre.example": the account 1002 and, behind +, the zone. */
void mail_recipient(struct span to, struct span *account, struct span *zone);

#endif
