/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AES, SHA-256 and chance; nettle stays in here. */
#ifndef VIGIE_CRYPTO_CRYPTO_H
#define VIGIE_CRYPTO_CRYPTO_H

#include "util/span.h"

/* AES-CBC with a starting block of zeros, as DC-09 wants it for every
 * message.  key_n is 16, 24 or 32, n a multiple of 16; out may be in. */
void aes_cbc_encrypt(const uint8_t *key, unsigned key_n, uint8_t *out, const uint8_t *in, size_t n);
void aes_cbc_decrypt(const uint8_t *key, unsigned key_n, uint8_t *out, const uint8_t *in, size_t n);

#define SHA256_SIZE 32
void sha256(uint8_t digest[static SHA256_SIZE], struct span bytes);

/* SHA-256 over a then b, without joining them. */
void sha256_two(uint8_t digest[static SHA256_SIZE], struct span a, struct span b);

/* From the kernel; ends the process when there is none to be had. */
void random_bytes(void *out, size_t n);

/* Overwrites a secret; the compiler cannot leave it out. */
void wipe(void *secret, size_t n);

#endif
