/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ed25519 signatures, and their keys as PEM: PKCS#8 for the secret one
 * (RFC 8410), so that openssl reads and makes the same files. */
#ifndef VIGIE_CRYPTO_SIGN_H
#define VIGIE_CRYPTO_SIGN_H

#include "util/buf.h"

#define SIGN_KEY 32
#define SIGNATURE_SIZE 64

/* Wipe it when it has done its work. */
struct sign_key {
	uint8_t secret[SIGN_KEY], open[SIGN_KEY];
};

void sign_new_key(struct sign_key *k);
void sign_bytes(uint8_t signature[static SIGNATURE_SIZE], const struct sign_key *k, struct span bytes);
bool sign_good(const uint8_t open[static SIGN_KEY], struct span bytes, const uint8_t signature[static SIGNATURE_SIZE]);

/* Appends PEM.  The secret goes into the buffer: reserve enough that it does
 * not move, and wipe it. */
void sign_put_secret(struct buf *pem, const struct sign_key *k);
void sign_put_open(struct buf *pem, const uint8_t open[static SIGN_KEY]);

/* The line between the others of such a PEM: the key in base64 (SubjectPublicKeyInfo). */
void sign_put_line(struct buf *out, const uint8_t open[static SIGN_KEY]);
bool sign_read_line(struct span line, uint8_t open[static SIGN_KEY]);

/* NULL, or why not, N_(). */
const char *sign_read_secret(struct span pem, struct sign_key *k);

/* Takes the next public key off the front; *why is NULL at the end of a sound file. */
bool sign_next_open(struct span *pem, uint8_t open[static SIGN_KEY], const char **why);

#endif
