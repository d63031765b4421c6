/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "mcourante.h"
#include "print.h"
#include "util/file.h"
#include "util/log.h"

#define ROOM ((size_t)256 * 1024)	/* more than a read takes: what was read does not move */

void key_read(const char *path, struct sign_key *k)
{
	struct buf pem = { 0 };
	buf_reserve(&pem, ROOM);
	if (file_read_secret(path, &pem) < 0) {
		int error = errno;
		if (error == EACCES && access(path, R_OK) == 0)
			die(EXIT_CALL, _("%s: group or others may read or write it: chmod 600 %s"), path, path);
		die(EXIT_CALL, "%s: %s", path, strerror(error));
	}
	const char *why = sign_read_secret(buf_view(&pem), k);
	wipe(pem.p, pem.room);
	buf_free(&pem);
	if (why)
		die(EXIT_CALL, "%s: %s", path, _(why));
}

char *key_public_name(const char *path)
{
	struct buf name = { 0 };
	struct span s = span_str(path);
	if (span_ends(s, SPAN(".key")))
		s.n -= 4;
	buf_span(&name, s);
	buf_lit(&name, ".pub");
	buf_byte(&name, '\0');
	return (char *)name.p;
}

/* Never over another key: what it has sealed could not be proved with the new one. */
static void write_secret(const char *path, struct span pem)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == EEXIST)
		die(EXIT_CALL, _("%s: it is there already; a key is not written over"), path);
	if (fd < 0)
		die(EXIT_WORK, "%s: %s", path, strerror(errno));
	if (write_all(fd, pem) < 0 || fsync(fd) < 0) {
		int error = errno;
		unlink(path);
		die(EXIT_WORK, "%s: %s", path, strerror(error));
	}
	close(fd);
}

void key_make(const char *path)
{
	struct sign_key k;
	struct buf pem = { 0 };
	char *name = key_public_name(path);
	sign_new_key(&k);
	buf_reserve(&pem, 4096);
	sign_put_secret(&pem, &k);
	write_secret(path, buf_view(&pem));
	wipe(pem.p, pem.n);
	wipe(k.secret, SIGN_KEY);
	buf_reset(&pem);
	sign_put_open(&pem, k.open);
	/* Its folder is synced with it, and so is the name of the other. */
	if (file_replace(name, buf_view(&pem), 0644) < 0)
		die(EXIT_WORK, "%s: %s", name, strerror(errno));
	print_out(&pem);
	buf_free(&pem);
	free(name);
}

void ring_read(const char *path, struct key_ring *ring)
{
	struct buf pem = { 0 };
	uint8_t key[SIGN_KEY];
	const char *why;
	size_t before = ring->n;
	if (file_read(path, &pem) < 0)
		die(EXIT_CALL, "%s: %s", path, strerror(errno));
	struct span rest = buf_view(&pem);
	while (sign_next_open(&rest, key, &why)) {
		ring->key = xrealloc(ring->key, (ring->n + 1) * SIGN_KEY);
		memcpy(ring->key[ring->n++], key, SIGN_KEY);
	}
	if (why || ring->n == before)
		die(EXIT_CALL, "%s: %s", path, why ? _(why) : _("no public key in PEM"));
	buf_free(&pem);
}

void ring_free(struct key_ring *ring)
{
	free(ring->key);
	*ring = (struct key_ring){ 0 };
}

void seals_read(const char *path, struct seal **seals, size_t *n)
{
	struct buf text = { 0 };
	struct seal s;
	bool sound;
	size_t before = *n;
	if (file_read(path, &text) < 0)
		die(EXIT_CALL, "%s: %s", path, strerror(errno));
	struct span rest = buf_view(&text);
	while (seal_next(&rest, &s, &sound)) {
		if (!sound)
			die(EXIT_NO, _("%s: a seal in it is damaged"), path);
		*seals = xrealloc(*seals, (*n + 1) * sizeof **seals);
		(*seals)[(*n)++] = s;
	}
	if (*n == before)
		die(EXIT_CALL, _("%s: no seal in it"), path);
	buf_free(&text);
}
