/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/cursor_file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tap.h"
#include "util/file.h"

static char dir[] = "/tmp/cursor_file_test.XXXXXX";

static void names(void)
{
	ok(cursor_name_sound("main") && cursor_name_sound("a.b_C-9") && cursor_name_sound("...") && cursor_name_sound("-"), "sound names");
	ok(!cursor_name_sound("") && !cursor_name_sound(".") && !cursor_name_sound(".."), "no name that a folder has already");
	ok(!cursor_name_sound("a/b") && !cursor_name_sound("a b") && !cursor_name_sound("caf\xc3\xa9") && !cursor_name_sound("a+b"), "no other signs");
	char sixty[66];
	memset(sixty, 'x', 65);
	sixty[65] = '\0';
	ok(!cursor_name_sound(sixty), "65 letters are too many");
	ok(cursor_name_sound(sixty + 1), "64 are not");
}

static void make(const char *name, uint64_t segment, uint64_t offset, const char *id, bool temporary)
{
	struct cursor_file c = { 0 };
	ok(cursor_make(&c, dir, name) == 0, "%s: the folder is made", name);
	c.place = (struct place){ segment, offset, "" };
	strcpy(c.place.id, id);
	c.temporary = temporary;
	ok(cursor_write(&c) == 0, "%s: and its place written", name);
	cursor_close(&c);
}

static void written_and_read(void)
{
	struct cursor_file c = { 0 };
	ok(cursor_open(&c, dir, "main") < 0 && errno == ENOENT, "there is none at first");
	cursor_close(&c);
	msec before = clock_now();
	make("main", 12, 3456, "pc1.abc-78", false);
	ok(cursor_open(&c, dir, "main") == 0, "what was written is read");
	ok(c.place.segment == 12 && c.place.offset == 3456, "its place");
	is(c.place.id, "pc1.abc-78", "its record");
	ok(c.moved >= before && c.moved <= clock_now(), "and when it moved");
	ok(!c.temporary && !c.held, "it stays, and nothing holds it");
	cursor_close(&c);
	make("short-lived", 0, 0, "", true);
	ok(cursor_open(&c, dir, "short-lived") == 0 && c.temporary, "a temporary one is known as such");
	ok(c.place.segment == 0 && c.place.id[0] == '\0', "the start of everything has no record");
	cursor_close(&c);
}

static void put_place(const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/cursors/main/place", dir);
	ok(file_replace(path, span_str(text), 0600) == 0, "a file that says \"%.20s\"", text);
}

static void strange(void)
{
	static const char *const bad[] = {
		"", "\n", "1\n", "1 2\nmoved 2026-01-13T20:14:03.120Z\n", "x 2 id\nmoved 2026-01-13T20:14:03.120Z\n", "1 2 id\n",
		"1 -2 id\nmoved 2026-01-13T20:14:03.120Z\n", "1 2 id\nmoved yesterday\n", "9999999999999999999 2 id\nmoved 2026-01-13T20:14:03.120Z\n",
	};
	struct cursor_file c = { 0 };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put_place(bad[i]);
		ok(cursor_open(&c, dir, "main") < 0 && errno == EILSEQ, "is no cursor");
	}
	char zeros[65] = { 0 };
	put_place("1 2 id\nmoved 2026-01-13T20:14:03.120Z\nsomething of a later version\n");
	ok(cursor_open(&c, dir, "main") == 0 && strcmp(c.place.id, "id") == 0, "what is added later is passed over");
	char path[256];
	snprintf(path, sizeof path, "%s/cursors/main/place", dir);
	ok(file_replace(path, span_of(zeros, sizeof zeros), 0600) == 0 && cursor_open(&c, dir, "main") < 0 && errno == EILSEQ,
	   "zeros are no cursor");
	cursor_close(&c);
}

/* In a process of its own: a lock is a process's. */
static void locks(void)
{
	struct cursor_file c = { 0 };
	make("main", 1, 2, "a.b-1", false);
	ok(cursor_open(&c, dir, "main") == 0, "a cursor to lock");
	ok(cursor_holder(&c, CURSOR_FOLLOW) == 0, "nobody holds it");
	int fd = cursor_lock(&c, CURSOR_FOLLOW, NULL);
	ok(fd >= 0, "one follows");
	ok(cursor_holder(&c, CURSOR_FOLLOW) == getpid(), "and is seen to");
	ok(cursor_holder(&c, CURSOR_COMMIT) == 0, "nobody commits");
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		pid_t holder = 0;
		int other = cursor_lock(&c, CURSOR_FOLLOW, &holder);
		int mine = cursor_lock(&c, CURSOR_COMMIT, NULL);
		_exit(other < 0 && errno != 0 && holder == getppid() && mine >= 0 ? 0 : 1);
	}
	int status = 1;
	waitpid(child, &status, 0);
	ok(status == 0, "a second is refused and told who; the other side is free");
	close(fd);
	ok(cursor_holder(&c, CURSOR_FOLLOW) == 0, "the lock ends with the descriptor, though the file stays");
	cursor_close(&c);
}

static void held(void)
{
	struct cursor_file c = { 0 };
	struct buf id = { 0 };
	msec since = 0, when = clock_parse(SPAN("2026-01-13T20:14:03.120Z"));
	ok(cursor_open(&c, dir, "main") == 0 && !cursor_held(&c, &id, &since), "nothing is overdue");
	ok(cursor_hold(&c, SPAN("a.b-2"), when) == 0, "a record is");
	ok(cursor_held(&c, &id, &since) && since == when, "since when");
	is(buf_cstr(&id), "a.b-2", "and which");
	cursor_close(&c);
	ok(cursor_open(&c, dir, "main") == 0 && c.held, "the next process knows");
	cursor_unhold(&c);
	ok(!c.held && !cursor_held(&c, &id, &since), "until it is taken back");
	cursor_close(&c);
	buf_free(&id);
}

static void removed(void)
{
	struct cursor_file c = { 0 };
	struct cursor_names all;
	ok(cursor_names(&all, dir) == 0 && all.n == 2, "two cursors");
	ok(strcmp(all.name[0], "main") == 0 && strcmp(all.name[1], "short-lived") == 0, "in their order");
	cursor_names_free(&all);
	ok(cursor_open(&c, dir, "main") == 0 && cursor_hold(&c, SPAN("a.b-2"), 0) == 0, "one with all its files");
	int fd = cursor_lock(&c, CURSOR_COMMIT, NULL);
	ok(cursor_remove(&c) == 0 && access(c.folder, F_OK) < 0, "is removed, folder and all");
	close(fd);
	cursor_close(&c);
	ok(cursor_open(&c, dir, "short-lived") == 0 && cursor_remove(&c) == 0, "the other too");
	cursor_close(&c);
	ok(cursor_names(&all, dir) == 0 && all.n == 0, "none is left");
	cursor_names_free(&all);
	ok(cursor_names(&all, "/nonexistent") == 0 && all.n == 0, "none where there is no journal");
	cursor_names_free(&all);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	names();
	written_and_read();
	strange();
	locks();
	held();
	removed();
	char path[64];
	snprintf(path, sizeof path, "%s/cursors", dir);
	rmdir(path);
	rmdir(dir);
	return done();
}
