/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log, or a part of it, as it was given away: read in one pass, line by
 * line, however long it is. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logbook/bundle.h"
#include "logbook/transcript.h"
#include "logbook/verify.h"
#include "util/lines.h"

#define LINE_MOST ((size_t)1 << 20)	/* a record of 64 KiB, each byte escaped in six, and what goes with it */

/* A file of lines, with the one that was read last. */
struct reading {
	struct lines lines;
	struct span line;
	int64_t number;		/* of the line */
	bool there;		/* false at the end */
};

static void advance(struct reading *r)
{
	while (!lines_next(&r->lines, &r->line)) {
		if (!lines_wait(&r->lines)) {
			r->there = false;
			r->line = (struct span){ 0 };
			return;
		}
	}
	r->there = true;
	r->number++;
}

static void progress(struct verify *v, int64_t all)
{
	if (v->entries % 256 == 0)
		v->progress(v, v->entries, all);
}

static int64_t size_of(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 ? (int64_t)st.st_size : 0;
}

static void check_end(struct verify *v, const struct transcript_end *end, int64_t heads, int64_t seals, int64_t line)
{
	if (v->entries && (end->first != v->first || end->last != v->number))
		verify_flaw(v, FLAW_LINE, line, 0);
	else if (end->heads != heads || end->entries != v->entries - heads || end->seals != seals)
		verify_flaw(v, FLAW_LINE, line, 0);
}

/* Lines are about as long as each other: good enough for a percentage. */
static int64_t about(const struct reading *r, int64_t bytes, int64_t read_bytes)
{
	return read_bytes ? (int64_t)((double)bytes / (double)read_bytes * (double)r->number) : r->number;
}

int verify_lines(struct verify *v, int fd)
{
	struct reading r = { .lines = { .fd = fd, .most = LINE_MOST } };
	struct buf scratch = { 0 };
	struct entry e;
	struct seal s;
	struct transcript_end end;
	bool ended = false;
	int64_t heads = 0, seals = 0, bytes = size_of(fd), read_bytes = 0;
	v->part = true;
	for (advance(&r); r.there; advance(&r)) {
		enum transcript what = ended ? T_NONE : transcript_read(r.line, &scratch, &e, &s, &end);
		read_bytes += (int64_t)r.line.n;
		if (what == T_ENTRY) {
			heads += !e.kept;
			verify_entry(v, &e);
			progress(v, about(&r, bytes, read_bytes));
		} else if (what == T_SEAL) {
			seals++;
			verify_seal(v, &s, true);
		} else if (what == T_END) {
			check_end(v, &end, heads, seals, r.number);
			ended = true;
		} else {
			verify_flaw(v, FLAW_LINE, r.number, 0);
		}
	}
	if (!ended)
		verify_flaw(v, FLAW_TORN, r.number, 0);
	verify_end(v);
	buf_free(&scratch);
	lines_free(&r.lines);
	errno = r.lines.error;
	return r.lines.error ? -1 : 0;
}

/* A folder being read. */
struct folder {
	struct verify *v;
	int fd, files;		/* files: -1 where it has none */
	struct reading heads, contents, journal, seals;
	struct buf random, seal;	/* seal: lines of the one that comes next */
	struct seal next;
	bool sound, more;	/* of next */
};

static int open_in(const struct folder *f, const char *name)
{
	f->v->file = name;
	return openat(f->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static int digest_file(const struct folder *f, const char *name, struct hash *hash)
{
	int fd = open_in(f, name);
	if (fd < 0)
		return -1;
	struct buf piece = { 0 };
	struct digest d;
	ssize_t n;
	digest_begin(&d);
	while ((n = read(fd, buf_reserve(&piece, 1 << 17), 1 << 17)) > 0)
		digest_add(&d, span_of(piece.p, (size_t)n));
	digest_end(&d, hash->byte);
	buf_free(&piece);
	close(fd);
	return n < 0 ? -1 : 0;
}

/* A name within the folder, not above it. */
static bool name_good(struct span name)
{
	return name.n > 0 && name.n < 200 && name.p[0] != '/' && !memmem(name.p, name.n, "..", 2) && span_find(name, '\0') < 0;
}

static bool named_so(struct span name, struct span digits)
{
	struct span files = SPAN(BUNDLE_FILES "/");
	return !span_starts(name, files) || span_starts(span_from(name, files.n), digits);
}

static void check_listed(struct folder *f, struct span line, int64_t number)
{
	struct span digits = span_sub(line, 0, 64), name = span_trim(span_from(line, 66));
	struct hash wanted, got;
	char path[200];
	if (!hash_read(digits, &wanted) || !name_good(name)) {
		f->v->file = BUNDLE_MANIFEST;
		verify_flaw(f->v, FLAW_LINE, number, 0);
		return;
	}
	memcpy(path, name.p, name.n);
	path[name.n] = '\0';
	if (digest_file(f, path, &got) < 0)
		verify_flaw(f->v, FLAW_FILE_MISSING, 0, 0);
	else if (!hash_eq(&wanted, &got) || !named_so(name, digits))
		verify_flaw(f->v, FLAW_FILE_CHANGED, 0, 0);
}

/* Written last: a folder without it was never finished. */
static int check_manifest(struct folder *f)
{
	struct reading r = { .lines.fd = open_in(f, BUNDLE_MANIFEST) };
	if (r.lines.fd < 0)
		return -1;
	for (advance(&r); r.there; advance(&r))
		check_listed(f, r.line, r.number);
	close(r.lines.fd);
	lines_free(&r.lines);
	return 0;
}

/* Pictures that a record names: where any were given away, all were. */
static void check_stored(struct folder *f, struct span body)
{
	char name[STORED_NAME_MOST];
	while (f->files >= 0 && stored_name_next(&body, name)) {
		if (faccessat(f->files, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		f->v->file = name;
		verify_flaw(f->v, FLAW_FILE_MISSING, 0, 0);
	}
}

static void bad_line(struct folder *f, const char *file, const struct reading *r)
{
	f->v->file = file;
	verify_flaw(f->v, FLAW_LINE, r->number, 0);
}

static void next_seal(struct folder *f)
{
	buf_reset(&f->seal);
	f->more = false;
	for (advance(&f->seals); f->seals.there; advance(&f->seals)) {
		buf_span(&f->seal, f->seals.line);
		if (!span_starts(f->seals.line, SPAN("signature: ")) && f->seal.n < 2000)
			continue;
		if (seal_read(buf_view(&f->seal), &f->next)) {
			f->more = true;
			return;
		}
		bad_line(f, BUNDLE_SEALS, &f->seals);
		buf_reset(&f->seal);
	}
	if (f->seal.n)
		bad_line(f, BUNDLE_SEALS, &f->seals);
}

static void take_contents(struct folder *f, struct entry *e)
{
	int64_t number = 0;
	struct entry got = { 0 };
	if (!f->contents.there)
		return;
	if (!contents_read(f->contents.line, &f->random, &number, &got)) {
		bad_line(f, BUNDLE_CONTENTS, &f->contents);
		advance(&f->contents);
		return;
	}
	if (number != e->head.number)
		return;
	e->random = got.random;
	e->body = got.body;
	e->kept = true;
	e->withheld = false;
	if (!f->journal.there || !journal_same(f->journal.line, e))
		bad_line(f, BUNDLE_JOURNAL, &f->journal);
	check_stored(f, e->body);
}

static void walk(struct folder *f)
{
	struct verify *v = f->v;
	struct entry e;
	int64_t bytes = size_of(f->heads.lines.fd), read_bytes = 0;
	for (; f->heads.there; advance(&f->heads)) {
		read_bytes += (int64_t)f->heads.line.n;
		if (!head_read(f->heads.line, &e)) {
			bad_line(f, BUNDLE_HEADS, &f->heads);
			continue;
		}
		for (; f->more && f->next.entry < e.head.number; next_seal(f))
			verify_seal(v, &f->next, true);
		take_contents(f, &e);
		verify_entry(v, &e);
		if (e.kept) {
			advance(&f->contents);
			advance(&f->journal);
		}
		progress(v, about(&f->heads, bytes, read_bytes));
	}
	for (; f->more; next_seal(f))
		verify_seal(v, &f->next, true);
	if (f->contents.there)
		bad_line(f, BUNDLE_CONTENTS, &f->contents);
	if (f->journal.there)
		bad_line(f, BUNDLE_JOURNAL, &f->journal);
}

static bool holds(struct folder *f, const char *name, struct span wanted)
{
	struct buf content = { 0 };
	int fd = open_in(f, name);
	ssize_t n = fd < 0 ? -1 : read(fd, buf_reserve(&content, 4096), 4096);
	bool same = n >= 0 && span_eq(span_of(content.p, (size_t)n), wanted);
	if (fd >= 0)
		close(fd);
	buf_free(&content);
	return same;
}

/* What is laid ready for openssl is the newest seal. */
static void check_ready(struct folder *f)
{
	struct buf text = { 0 };
	if (!f->v->seal_seen)
		return;
	seal_put_signed(&text, &f->v->seal);
	if (!holds(f, BUNDLE_SIGNED, buf_view(&text)))
		verify_flaw(f->v, FLAW_FILE_CHANGED, 0, 0);
	if (!holds(f, BUNDLE_SIGNATURE, span_of(f->v->seal.signature, SIGNATURE_SIZE)))
		verify_flaw(f->v, FLAW_FILE_CHANGED, 0, 0);
	buf_free(&text);
}

static int open_lines(struct folder *f, struct reading *r, const char *name)
{
	r->lines = (struct lines){ .fd = open_in(f, name), .most = LINE_MOST };
	if (r->lines.fd < 0)
		return -1;
	advance(r);
	return 0;
}

static int open_all(struct folder *f)
{
	if (check_manifest(f) < 0 || open_lines(f, &f->heads, BUNDLE_HEADS) < 0 ||
	    open_lines(f, &f->contents, BUNDLE_CONTENTS) < 0 || open_lines(f, &f->journal, BUNDLE_JOURNAL) < 0)
		return -1;
	f->seals.lines = (struct lines){ .fd = open_in(f, BUNDLE_SEALS), .most = LINE_MOST };
	f->files = openat(f->fd, BUNDLE_FILES, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (f->seals.lines.fd >= 0)
		next_seal(f);
	return 0;
}

int verify_folder(struct verify *v, const char *path)
{
	struct folder f = { .v = v, .files = -1, .fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	struct reading *all[] = { &f.heads, &f.contents, &f.journal, &f.seals };
	int error = 0;
	v->part = true;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		all[i]->lines.fd = -1;
	if (f.fd < 0 || open_all(&f) < 0) {
		error = errno;
	} else {
		walk(&f);
		v->file = NULL;
		verify_end(v);
		check_ready(&f);
	}
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		error = error ? error : all[i]->lines.error;
		if (all[i]->lines.fd >= 0)
			close(all[i]->lines.fd);
		lines_free(&all[i]->lines);
	}
	if (f.files >= 0)
		close(f.files);
	if (f.fd >= 0)
		close(f.fd);
	buf_free(&f.random);
	buf_free(&f.seal);
	errno = error;
	return error ? -1 : 0;
}
