/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys file: what an account's traffic is opened and answered with.
 *
 *	key 1002      hex:00112233445566778899AABBCCDDEEFF
 *	key L12/1002  ascii:0123456789ABCDEF  window=off clear=refuse
 *	key *         hex:000102030405060708090A0B0C0D0E0F  window=90s/20s
 *	key vds:7     hex:00112233445566778899AABBCCDDEEFF
 *
 * The address is an account, or a line and an account; * is any.  The key's
 * notation is said, never guessed: hex: and 32, 48 or 64 digits (digits alone
 * are hex: too), or ascii: and 16, 24 or 32 characters.  Most specific first:
 * line and account, account, line, any.  VdS 2465 names its keys by numbers,
 * before the account is known: vds:7.  Accounts are compared without case,
 * leading zeros count.  The file is 0600 or stricter, else refused; what was
 * read is wiped when it is freed. */
#ifndef VIGIE_PROTO_KEYS_H
#define VIGIE_PROTO_KEYS_H

#include "proto/proto.h"

struct key_entry;

struct keys {
	struct key_entry *entry;	/* internal: sorted, searched by line and account */
	unsigned n, room;
};

/* Reads the file into keys, which is replaced only when all of it is sound.
 * -1 and *why (translated, "FILE:LINE: what is wrong"; valid until the next call); no key is ever in it. */
int keys_load(struct keys *keys, const char *path, const char **why);

/* NULL: no key for this account. */
const struct key *keys_find(const struct keys *keys, struct span line, struct span account);

/* What the signal is sealed with: the key of its account or, where it names a
 * key by its number, that of vds:NUMBER.  NULL: none. */
const struct key *keys_of(const struct keys *keys, const struct signal *s);

void keys_free(struct keys *keys);

#endif
