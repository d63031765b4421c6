/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of what is given away as a folder, and the files that records name. */
#ifndef VIGIE_LOGBOOK_BUNDLE_H
#define VIGIE_LOGBOOK_BUNDLE_H

#include "util/span.h"

#define BUNDLE_MANIFEST "MANIFEST.sha256"	/* as sha256sum -c reads it */
#define BUNDLE_HEADS "heads.txt"
#define BUNDLE_CONTENTS "contents.txt"
#define BUNDLE_JOURNAL "journal.txt"
#define BUNDLE_SEALS "seals.txt"	/* all of them, one behind the other */
#define BUNDLE_KEYS "seal.pub"		/* the public keys that they name */
#define BUNDLE_SIGNED "seal.signed"	/* what the newest one signs, for openssl */
#define BUNDLE_SIGNATURE "seal.sig"
#define BUNDLE_FILES "files"		/* pictures and mails, named by their SHA-256 */

#define STORED_NAME_MOST 80

/* Takes the next name of a stored file off the front of a record, such as
 * "9f86…0a08.jpg": 64 digits, a dot, letters.  False when there is none. */
bool stored_name_next(struct span *text, char name[static STORED_NAME_MOST]);

#endif
