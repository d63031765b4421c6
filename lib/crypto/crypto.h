/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AES, triple DES, SHA-256, base64 and chance (signatures: sign.h); nettle
 * stays in here. */
#ifndef VIGIE_CRYPTO_CRYPTO_H
#define VIGIE_CRYPTO_CRYPTO_H

#include "util/buf.h"

/* AES-CBC with a starting block of zeros, as DC-09 wants it for every
 * message.  key_n is 16, 24 or 32, n a multiple of 16; out may be in. */
void aes_cbc_encrypt(const uint8_t *key, unsigned key_n, uint8_t *out, const uint8_t *in, size_t n);
void aes_cbc_decrypt(const uint8_t *key, unsigned key_n, uint8_t *out, const uint8_t *in, size_t n);

/* Triple DES, block by block, as Osborne-Hoffman wants it; n is a multiple of
 * 8, out may be in.  A fresh key has the odd parity that some panels look for. */
#define TRIPLE_DES_KEY 24
#define TRIPLE_DES_BLOCK 8
void triple_des_new_key(uint8_t key[static TRIPLE_DES_KEY]);
void triple_des_encrypt(const uint8_t key[static TRIPLE_DES_KEY], uint8_t *out, const uint8_t *in, size_t n);
void triple_des_decrypt(const uint8_t key[static TRIPLE_DES_KEY], uint8_t *out, const uint8_t *in, size_t n);

#define SHA256_SIZE 32
void sha256(uint8_t digest[static SHA256_SIZE], struct span bytes);

/* SHA-256 over a then b, without joining them. */
void sha256_two(uint8_t digest[static SHA256_SIZE], struct span a, struct span b);

/* The same over bytes that come in pieces. */
struct digest {
	uint64_t state[16];	/* internal */
};
void digest_begin(struct digest *d);
void digest_add(struct digest *d, struct span bytes);
void digest_end(struct digest *d, uint8_t digest[static SHA256_SIZE]);

/* Appends the bytes as text, in one line. */
void to_base64(struct buf *out, struct span bytes);

/* Appends what the text stands for; blanks and line ends may be in it.  False:
 * it breaks off or is damaged, and what came before that is there. */
bool from_base64(struct buf *out, struct span text);

/* From the kernel; ends the process when there is none to be had. */
void random_bytes(void *out, size_t n);

/* Overwrites a secret; the compiler cannot leave it out. */
void wipe(void *secret, size_t n);

#endif
