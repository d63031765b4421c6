/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMTP (RFC 5321), as much of it as cameras speak: they send an e-mail, with
 * a picture, and speak nothing else.  A frame is a mail as format/mail.h
 * records it; the mail itself and its pictures are files. */
#ifndef VIGIE_PROTO_SMTP_H
#define VIGIE_PROTO_SMTP_H

#include "proto/session.h"

#define SMTP_RECORD_MOST 10240	/* of envelope and mail in a record; the rest is in the file */
#define SMTP_MAIL_MOST ((size_t)10 << 20)

extern const struct conversation smtp_conversation;
void smtp_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out);

#endif
