/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/crypto.h"

#include <nettle/aes.h>
#include <nettle/base64.h>
#include <nettle/cbc.h>
#include <nettle/des.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/random.h>

union aes {
	struct aes128_ctx k128;
	struct aes192_ctx k192;
	struct aes256_ctx k256;
};

/* nettle's functions for one key length; its ciphers take their state as void pointer. */
struct cipher {
	unsigned key_n;
	nettle_set_key_func *encrypt_key, *decrypt_key;
	nettle_cipher_func *encrypt, *decrypt;
};

static const struct cipher ciphers[] = {
	{ 16, (nettle_set_key_func *)aes128_set_encrypt_key, (nettle_set_key_func *)aes128_set_decrypt_key,
	  (nettle_cipher_func *)aes128_encrypt, (nettle_cipher_func *)aes128_decrypt },
	{ 24, (nettle_set_key_func *)aes192_set_encrypt_key, (nettle_set_key_func *)aes192_set_decrypt_key,
	  (nettle_cipher_func *)aes192_encrypt, (nettle_cipher_func *)aes192_decrypt },
	{ 32, (nettle_set_key_func *)aes256_set_encrypt_key, (nettle_set_key_func *)aes256_set_decrypt_key,
	  (nettle_cipher_func *)aes256_encrypt, (nettle_cipher_func *)aes256_decrypt },
};

static const struct cipher *cipher_for(unsigned key_n)
{
	for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++)
		if (ciphers[i].key_n == key_n)
			return &ciphers[i];
	abort();	/* a key of another length is the caller's mistake */
}

void aes_cbc_encrypt(const uint8_t *key, unsigned key_n, uint8_t *out, const uint8_t *in, size_t n)
{
	const struct cipher *c = cipher_for(key_n);
	union aes state;
	uint8_t iv[AES_BLOCK_SIZE] = { 0 };
	c->encrypt_key(&state, key);
	cbc_encrypt(&state, c->encrypt, AES_BLOCK_SIZE, iv, n, out, in);
	wipe(&state, sizeof state);
}

void aes_cbc_decrypt(const uint8_t *key, unsigned key_n, uint8_t *out, const uint8_t *in, size_t n)
{
	const struct cipher *c = cipher_for(key_n);
	union aes state;
	uint8_t iv[AES_BLOCK_SIZE] = { 0 };
	c->decrypt_key(&state, key);
	cbc_decrypt(&state, c->decrypt, AES_BLOCK_SIZE, iv, n, out, in);
	wipe(&state, sizeof state);
}

void triple_des_new_key(uint8_t key[static TRIPLE_DES_KEY])
{
	random_bytes(key, TRIPLE_DES_KEY);
	des_fix_parity(TRIPLE_DES_KEY, key, key);
}

void triple_des_encrypt(const uint8_t key[static TRIPLE_DES_KEY], uint8_t *out, const uint8_t *in, size_t n)
{
	struct des3_ctx state;
	des3_set_key(&state, key);
	des3_encrypt(&state, n, out, in);
	wipe(&state, sizeof state);
}

void triple_des_decrypt(const uint8_t key[static TRIPLE_DES_KEY], uint8_t *out, const uint8_t *in, size_t n)
{
	struct des3_ctx state;
	des3_set_key(&state, key);
	des3_decrypt(&state, n, out, in);
	wipe(&state, sizeof state);
}

void sha256(uint8_t digest[static SHA256_SIZE], struct span bytes)
{
	sha256_two(digest, bytes, (struct span){ 0 });
}

void sha256_two(uint8_t digest[static SHA256_SIZE], struct span a, struct span b)
{
	struct sha256_ctx state;
	sha256_init(&state);
	sha256_update(&state, a.n, a.p);
	sha256_update(&state, b.n, b.p);
	sha256_digest(&state, SHA256_SIZE, digest);
}

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct digest), "a digest under way has room");

static struct sha256_ctx *under_way(struct digest *d)
{
	return (struct sha256_ctx *)(void *)d->state;
}

void digest_begin(struct digest *d)
{
	sha256_init(under_way(d));
}

void digest_add(struct digest *d, struct span bytes)
{
	sha256_update(under_way(d), bytes.n, bytes.p);
}

void digest_end(struct digest *d, uint8_t digest[static SHA256_SIZE])
{
	sha256_digest(under_way(d), SHA256_SIZE, digest);
}

void to_base64(struct buf *out, struct span bytes)
{
	size_t n = BASE64_ENCODE_RAW_LENGTH(bytes.n);
	base64_encode_raw((char *)buf_reserve(out, n), bytes.n, bytes.p);
	out->n += n;
}

bool from_base64(struct buf *out, struct span text)
{
	struct base64_decode_ctx c;
	base64_decode_init(&c);
	for (struct span line; text.n && span_line(&text, &line);) {
		size_t n = BASE64_DECODE_LENGTH(line.n);
		uint8_t *to = buf_reserve(out, n);
		if (!base64_decode_update(&c, &n, to, line.n, (const char *)line.p))
			return false;
		out->n += n;
	}
	return base64_decode_final(&c);
}

void random_bytes(void *out, size_t n)
{
	if (getentropy(out, n) < 0)
		abort();
}

void wipe(void *secret, size_t n)
{
	explicit_bzero(secret, n);
}
