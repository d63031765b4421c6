/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files with keys for seals.  All of them end the process with a message
 * where a file is not what it should be. */
#ifndef VIGIE_MCOURANTE_KEYS_H
#define VIGIE_MCOURANTE_KEYS_H

#include "logbook/verify.h"

/* The secret key: of mode 0600 or stricter, else refused. */
void key_read(const char *path, struct sign_key *k);

/* Makes a key in path, where there is none yet, and its public one beside it. */
void key_make(const char *path);

/* "seal.pub" for "seal.key".  Owned by the caller. */
char *key_public_name(const char *path);

/* Adds the public keys of the file to the ring. */
void ring_read(const char *path, struct key_ring *ring);
void ring_free(struct key_ring *ring);

/* Adds the seals that the file has, one or many, among other text. */
void seals_read(const char *path, struct seal **seals, size_t *n);

#endif
