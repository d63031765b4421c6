/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/sign.h"

#include <nettle/eddsa.h>

#include "crypto/crypto.h"
#include "text/text.h"

#define BEGIN_SECRET SPAN("-----BEGIN PRIVATE KEY-----")
#define END_SECRET SPAN("-----END PRIVATE KEY-----")
#define BEGIN_OPEN SPAN("-----BEGIN PUBLIC KEY-----")
#define END_OPEN SPAN("-----END PUBLIC KEY-----")

/* RFC 8410: the object identifier 1.3.101.112 stands for Ed25519 and has no
 * parameters, so a key is these bytes and its own 32.  Version 1 of the form
 * (RFC 5958) repeats the public key behind the secret one. */
static const uint8_t secret_head[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };
static const uint8_t open_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

#define SECRET_DER (sizeof secret_head + SIGN_KEY)
#define OPEN_DER (sizeof open_head + SIGN_KEY)

static void complete(struct sign_key *k)
{
	ed25519_sha512_public_key(k->open, k->secret);
}

void sign_new_key(struct sign_key *k)
{
	random_bytes(k->secret, SIGN_KEY);
	complete(k);
}

void sign_bytes(uint8_t signature[static SIGNATURE_SIZE], const struct sign_key *k, struct span bytes)
{
	ed25519_sha512_sign(k->open, k->secret, bytes.n, bytes.p, signature);
}

bool sign_good(const uint8_t open[static SIGN_KEY], struct span bytes, const uint8_t signature[static SIGNATURE_SIZE])
{
	return ed25519_sha512_verify(open, bytes.n, bytes.p, signature) == 1;
}

void sign_put_secret(struct buf *pem, const struct sign_key *k)
{
	uint8_t der[SECRET_DER];
	memcpy(der, secret_head, sizeof secret_head);
	memcpy(der + sizeof secret_head, k->secret, SIGN_KEY);
	buf_span(pem, BEGIN_SECRET);
	buf_byte(pem, '\n');
	to_base64(pem, span_of(der, sizeof der));
	buf_byte(pem, '\n');
	buf_span(pem, END_SECRET);
	buf_byte(pem, '\n');
	wipe(der, sizeof der);
}

void sign_put_line(struct buf *out, const uint8_t open[static SIGN_KEY])
{
	uint8_t der[OPEN_DER];
	memcpy(der, open_head, sizeof open_head);
	memcpy(der + sizeof open_head, open, SIGN_KEY);
	to_base64(out, span_of(der, sizeof der));
}

void sign_put_open(struct buf *pem, const uint8_t open[static SIGN_KEY])
{
	buf_span(pem, BEGIN_OPEN);
	buf_byte(pem, '\n');
	sign_put_line(pem, open);
	buf_byte(pem, '\n');
	buf_span(pem, END_OPEN);
	buf_byte(pem, '\n');
}

bool sign_read_line(struct span line, uint8_t open[static SIGN_KEY])
{
	struct buf der = { 0 };
	bool good = from_base64(&der, line) && der.n == OPEN_DER && memcmp(der.p, open_head, sizeof open_head) == 0;
	if (good)
		memcpy(open, der.p + sizeof open_head, SIGN_KEY);
	buf_free(&der);
	return good;
}

/* Takes what stands between the two lines off the front. */
static bool between(struct span *pem, struct span begin, struct span end, struct span *text)
{
	struct span line;
	do {
		if (!span_line(pem, &line))
			return false;
	} while (!span_eq(span_trim(line), begin));
	const uint8_t *from = pem->p, *to = from;
	while (span_line(pem, &line)) {
		if (span_eq(span_trim(line), end)) {
			*text = span_of(from, (size_t)(to - from));
			return true;
		}
		to = pem->p;
	}
	return false;
}

static bool secret_form(const struct buf *der)
{
	uint8_t head[sizeof secret_head];
	if (der->n < SECRET_DER)
		return false;
	memcpy(head, der->p, sizeof head);
	bool form_1 = head[4] == 1 && head[1] == der->n - 2;
	if (form_1) {
		head[1] = secret_head[1];
		head[4] = 0;
	}
	return (form_1 || der->n == SECRET_DER) && memcmp(head, secret_head, sizeof head) == 0;
}

const char *sign_read_secret(struct span pem, struct sign_key *k)
{
	struct buf der = { 0 };
	struct span text, rest = pem;
	const char *why = NULL;
	if (!between(&rest, BEGIN_SECRET, END_SECRET, &text))
		return N_("no private key in PEM: mcourante seal --new-key makes one, without a pass phrase");
	buf_reserve(&der, text.n + 16);
	if (!from_base64(&der, text) || !secret_form(&der))
		why = N_("no Ed25519 key");
	else
		memcpy(k->secret, der.p + sizeof secret_head, SIGN_KEY);
	wipe(der.p, der.room);
	buf_free(&der);
	if (!why)
		complete(k);
	return why;
}

bool sign_next_open(struct span *pem, uint8_t open[static SIGN_KEY], const char **why)
{
	struct span before = *pem, text;
	*why = NULL;
	if (!between(pem, BEGIN_OPEN, END_OPEN, &text)) {
		struct span line;
		while (span_line(&before, &line))
			if (span_starts(line, SPAN("-----BEGIN ")))
				*why = N_("no public key in PEM");
		return false;
	}
	if (!sign_read_line(text, open))
		*why = N_("no Ed25519 key");
	return *why == NULL;
}
