/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/cursor_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

static const char *const files[] = { "place", "held", "follow.lock", "commit.lock" };
enum { PLACE, HELD, LOCKS };

bool cursor_name_sound(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t n = strlen(name);
	return n >= 1 && n <= 64 && strspn(name, letters) == n && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static const char *path_of(const struct cursor_file *c, unsigned file, struct buf *path)
{
	buf_reset(path);
	buf_printf(path, "%s/%s", c->folder, files[file]);
	return buf_cstr(path);
}

static void set_folder(struct cursor_file *c, const char *dir, const char *name)
{
	struct buf path = { 0 };
	buf_printf(&path, "%s/cursors/%s", dir, name);
	free(c->folder);
	c->folder = xstrdup(buf_cstr(&path));
	buf_free(&path);
}

/* What a later version may add below is passed over. */
static bool read_file(struct cursor_file *c, struct span rest)
{
	struct span line, word;
	if (!span_line(&rest, &line) || place_parse(line, &c->place) < 0)
		return false;
	c->moved = CLOCK_NONE;
	c->temporary = false;
	while (span_line(&rest, &line)) {
		if (!span_word(&line, &word))
			continue;
		if (span_is(word, "moved") && span_word(&line, &word))
			c->moved = clock_parse(word);
		else if (span_is(word, "temporary"))
			c->temporary = true;
	}
	return c->moved != CLOCK_NONE;
}

int cursor_open(struct cursor_file *c, const char *dir, const char *name)
{
	struct buf path = { 0 }, content = { 0 };
	set_folder(c, dir, name);
	int result = file_read(path_of(c, PLACE, &path), &content);
	if (result == 0 && !read_file(c, buf_view(&content))) {
		errno = EILSEQ;
		result = -1;
	}
	c->held = result == 0 && access(path_of(c, HELD, &path), F_OK) == 0;
	int saved = result < 0 ? errno : 0;
	buf_free(&path);
	buf_free(&content);
	errno = saved;
	return result;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

/* A cursor that stands must stand after a power cut too, so each folder's
 * name is on disk before the first place is written into it. */
int cursor_make(struct cursor_file *c, const char *dir, const char *name)
{
	struct buf all = { 0 };
	buf_printf(&all, "%s/cursors", dir);
	set_folder(c, dir, name);
	int result = -1;
	if (make_folder(buf_cstr(&all)) == 0 && make_folder(c->folder) == 0 && dir_sync(buf_cstr(&all)) == 0)
		result = dir_sync(dir);
	int saved = errno;
	buf_free(&all);
	errno = saved;
	return result;
}

int cursor_write(struct cursor_file *c)
{
	struct buf path = { 0 }, content = { 0 };
	msec now = clock_now();
	place_put(&content, &c->place);
	buf_str(&content, "\nmoved ");
	clock_put(&content, now);
	buf_str(&content, c->temporary ? "\ntemporary\n" : "\n");
	int result = file_replace(path_of(c, PLACE, &path), buf_view(&content), 0600);
	int saved = errno;
	if (result == 0)
		c->moved = now;
	buf_free(&path);
	buf_free(&content);
	errno = saved;
	return result;
}

int cursor_lock(const struct cursor_file *c, enum cursor_side side, pid_t *holder)
{
	struct buf path = { 0 };
	int fd = file_lock(path_of(c, LOCKS + side, &path), holder);
	int saved = errno;
	buf_free(&path);
	errno = saved;
	return fd;
}

pid_t cursor_holder(const struct cursor_file *c, enum cursor_side side)
{
	struct buf path = { 0 };
	pid_t holder = file_lock_holder(path_of(c, LOCKS + side, &path));
	buf_free(&path);
	return holder;
}

int cursor_hold(struct cursor_file *c, struct span id, msec since)
{
	struct buf path = { 0 }, content = { 0 };
	buf_span(&content, id);
	buf_byte(&content, ' ');
	clock_put(&content, since);
	buf_byte(&content, '\n');
	int result = file_replace(path_of(c, HELD, &path), buf_view(&content), 0600);
	int saved = errno;
	c->held = c->held || result == 0;
	buf_free(&path);
	buf_free(&content);
	errno = saved;
	return result;
}

void cursor_unhold(struct cursor_file *c)
{
	struct buf path = { 0 };
	if (c->held && (unlink(path_of(c, HELD, &path)) == 0 || errno == ENOENT))
		c->held = false;
	buf_free(&path);
}

bool cursor_held(const struct cursor_file *c, struct buf *id, msec *since)
{
	struct buf path = { 0 }, content = { 0 };
	struct span rest, word;
	bool held = file_read(path_of(c, HELD, &path), &content) == 0;
	if (held) {
		rest = span_trim(buf_view(&content));
		held = span_word(&rest, &word);
		buf_span(id, word);
		*since = clock_parse(span_trim(rest));
	}
	buf_free(&path);
	buf_free(&content);
	return held;
}

/* The place goes first: what is left of a removal that was cut short is no
 * cursor any more. */
int cursor_remove(const struct cursor_file *c)
{
	struct buf path = { 0 };
	int result = 0;
	for (unsigned i = 0; i < sizeof files / sizeof *files; i++)
		if (unlink(path_of(c, i, &path)) < 0 && errno != ENOENT)
			result = -1;
	buf_free(&path);
	return result == 0 ? rmdir(c->folder) : -1;
}

void cursor_close(struct cursor_file *c)
{
	free(c->folder);
	*c = (struct cursor_file){ 0 };
}

static int is_name(const struct dirent *e)
{
	return cursor_name_sound(e->d_name);
}

int cursor_names(struct cursor_names *names, const char *dir)
{
	struct buf path = { 0 };
	struct dirent **entry = NULL;
	*names = (struct cursor_names){ 0 };
	buf_printf(&path, "%s/cursors", dir);
	int n = scandir(buf_cstr(&path), &entry, is_name, alphasort);
	int saved = errno;
	buf_free(&path);
	if (n < 0) {
		errno = saved;
		return saved == ENOENT ? 0 : -1;
	}
	names->name = xcalloc((size_t)n + 1, sizeof *names->name);
	for (int i = 0; i < n; i++) {
		names->name[names->n++] = xstrdup(entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return 0;
}

void cursor_names_free(struct cursor_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
	*names = (struct cursor_names){ 0 };
}
