/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder that proves itself.  All files are streams, so a log of any
 * length fits; the manifest names each and is written last. */
#include "logbook/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "output.h"
#include "readme.h"
#include "text/text.h"
#include "util/file.h"
#include "util/hex.h"
#include "util/log.h"

static struct {
	int fd, files, spool;	/* the folder, its files, the journal's files */
	struct output heads, contents, journal, seals, manifest;
	struct buf keys;	/* PEM of those that the seals name */
	struct seal seal;	/* the newest */
	bool sealed;
} bundle = { .files = -1, .spool = -1 };

static int open_new(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		die(EXIT_WORK, "%s: %s", name, strerror(errno));
	return fd;
}

static void list(const char *folder, const char *name, struct output *written)
{
	uint8_t digest[SHA256_SIZE];
	struct buf *out = &bundle.manifest.out;
	digest_end(&written->digest, digest);
	hex_lower(out, span_of(digest, sizeof digest));
	buf_printf(out, "  %s%s\n", folder, name);
	output_flush(&bundle.manifest);
}

static void finish(struct output *o)
{
	output_end(o, true);
	list("", o->name, o);
}

static void write_small(const char *name, struct span content)
{
	struct output o;
	output_begin(&o, open_new(bundle.fd, name), name);
	buf_span(&o.out, content);
	finish(&o);
}

static void begin_file(struct output *o, const char *name)
{
	output_begin(o, open_new(bundle.fd, name), name);
}

static int open_spool(const char *spool)
{
	int dir = open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		die(EXIT_CALL, "%s: %s", spool, strerror(errno));
	int fd = openat(dir, BUNDLE_FILES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dir);
	return fd;	/* a journal to which nothing came has none */
}

static void begin(struct export *x)
{
	if (x->spool)
		bundle.spool = open_spool(x->spool);
	bundle.fd = place_folder(x->path);
	if (x->spool && (mkdirat(bundle.fd, BUNDLE_FILES, 0700) < 0 ||
	                 (bundle.files = openat(bundle.fd, BUNDLE_FILES, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0))
		die(EXIT_WORK, "%s: %s", BUNDLE_FILES, strerror(errno));
	begin_file(&bundle.manifest, BUNDLE_MANIFEST ".new");
	begin_file(&bundle.heads, BUNDLE_HEADS);
	begin_file(&bundle.contents, BUNDLE_CONTENTS);
	begin_file(&bundle.journal, BUNDLE_JOURNAL);
	begin_file(&bundle.seals, BUNDLE_SEALS);
}

static bool named_by_digest(const char *name, struct digest d)
{
	uint8_t digest[SHA256_SIZE];
	struct buf digits = { 0 };
	digest_end(&d, digest);
	hex_lower(&digits, span_of(digest, sizeof digest));
	bool same = span_starts(span_str(name), buf_view(&digits));
	buf_free(&digits);
	return same;
}

static void copy(int from, const char *name)
{
	struct output o;
	ssize_t n;
	output_begin(&o, open_new(bundle.files, name), name);
	while ((n = read(from, buf_reserve(&o.out, 1 << 16), 1 << 16)) > 0) {
		o.out.n += (size_t)n;
		output_flush(&o);
	}
	if (n < 0)
		die(EXIT_WORK, "%s: %s", name, strerror(errno));
	output_end(&o, true);
	if (!named_by_digest(name, o.digest))
		warn(_("%s: it is not what its name says; it is given away as it is"), name);
	list(BUNDLE_FILES "/", name, &o);
}

static void take_file(struct export *x, const char *name)
{
	if (bundle.files < 0) {
		x->named++;
		return;
	}
	if (faccessat(bundle.files, name, F_OK, 0) == 0)
		return;
	int fd = bundle.spool < 0 ? -1 : openat(bundle.spool, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		warn(_("%s: named by an entry, and not in the journal's folder any more"), name);
		x->missing++;
		return;
	}
	copy(fd, name);
	close(fd);
}

static void entry(struct export *x, const struct entry *e)
{
	char name[STORED_NAME_MOST];
	head_put(&bundle.heads.out, &e->head);
	output_flush(&bundle.heads);
	if (!e->kept)
		return;
	contents_put(&bundle.contents.out, e);
	journal_put(&bundle.journal.out, e);
	output_flush(&bundle.contents);
	output_flush(&bundle.journal);
	for (struct span body = e->body; stored_name_next(&body, name);)
		take_file(x, name);
}

static void seal(struct export *x, const struct seal *s)
{
	(void)x;
	seal_put(&bundle.seals.out, s);
	output_flush(&bundle.seals);
	if (!bundle.sealed || memcmp(bundle.seal.key, s->key, SIGN_KEY) != 0)
		sign_put_open(&bundle.keys, s->key);
	bundle.seal = *s;
	bundle.sealed = true;
}

static void write_seal(void)
{
	struct buf text = { 0 };
	seal_put_signed(&text, &bundle.seal);
	write_small(BUNDLE_SIGNED, buf_view(&text));
	write_small(BUNDLE_SIGNATURE, span_of(bundle.seal.signature, SIGNATURE_SIZE));
	write_small(BUNDLE_KEYS, buf_view(&bundle.keys));
	buf_free(&text);
}

static void end(struct export *x)
{
	(void)x;
	finish(&bundle.heads);
	finish(&bundle.contents);
	finish(&bundle.journal);
	finish(&bundle.seals);
	if (bundle.sealed)
		write_seal();
	write_small("LISEZMOI.txt", span_str(readme_french));
	write_small("README.txt", span_str(readme_english));
	output_end(&bundle.manifest, true);
	if (renameat(bundle.fd, BUNDLE_MANIFEST ".new", bundle.fd, BUNDLE_MANIFEST) < 0 || fsync(bundle.fd) < 0 ||
	    (bundle.files >= 0 && fsync(bundle.files) < 0))
		die(EXIT_WORK, "%s: %s", BUNDLE_MANIFEST, strerror(errno));
	close(bundle.fd);
	buf_free(&bundle.keys);
	place_finish();
}

const struct form form_bundle = { .proof = true, .begin = begin, .entry = entry, .seal = seal, .end = end };
