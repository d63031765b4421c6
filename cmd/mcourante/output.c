/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/text.h"
#include "util/file.h"
#include "util/log.h"

#define MUCH 65536

static char *final, *unfinished;	/* NULL: none, or finished */

void output_begin(struct output *o, int fd, const char *name)
{
	*o = (struct output){ .fd = fd, .name = name };
	digest_begin(&o->digest);
}

static void write_out(struct output *o)
{
	digest_add(&o->digest, buf_view(&o->out));
	if (write_all(o->fd, buf_view(&o->out)) < 0)
		die(EXIT_WORK, "%s: %s", o->name, strerror(errno));
	buf_reset(&o->out);
}

void output_flush(struct output *o)
{
	if (o->out.n >= MUCH)
		write_out(o);
}

void output_end(struct output *o, bool sync)
{
	write_out(o);
	if (sync && (fsync(o->fd) < 0 || close(o->fd) < 0))
		die(EXIT_WORK, "%s: %s", o->name, strerror(errno));
	buf_free(&o->out);
}

static void remove_within(int fd)
{
	DIR *dir = fdopendir(fd);
	for (struct dirent *d; dir && (d = readdir(dir));) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), d->d_name, 0) == 0 || (errno != EISDIR && errno != EPERM))
			continue;
		int within = openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (within >= 0)
			remove_within(within);
		unlinkat(dirfd(dir), d->d_name, AT_REMOVEDIR);
	}
	if (dir)
		closedir(dir);
}

static void remove_unfinished(void)
{
	if (!unfinished)
		return;
	int fd = open(unfinished, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		remove_within(fd);
	if (fd >= 0)
		rmdir(unfinished);
	else
		unlink(unfinished);
}

static void begin_place(const char *path)
{
	struct buf name = { 0 };
	final = xstrdup(path);
	for (size_t n = strlen(final); n > 1 && final[n - 1] == '/'; n--)
		final[n - 1] = '\0';
	struct stat st;
	if (lstat(final, &st) == 0)
		die(EXIT_CALL, _("%s: it is there already; an export is not written over"), final);
	buf_printf(&name, "%s.%ld.new", final, (long)getpid());
	atexit(remove_unfinished);
	unfinished = xstrdup(buf_cstr(&name));
	buf_free(&name);
}

int place_file(const char *path)
{
	begin_place(path);
	int fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		die(EXIT_WORK, "%s: %s", unfinished, strerror(errno));
	return fd;
}

int place_folder(const char *path)
{
	begin_place(path);
	int fd = mkdir(unfinished, 0700) < 0 ? -1 : open(unfinished, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		die(EXIT_WORK, "%s: %s", unfinished, strerror(errno));
	return fd;
}

/* Neither replaces what somebody else has put there meanwhile: what gets the
 * name must be nothing, or an empty folder. */
void place_finish(void)
{
	char *slash = strrchr(final, '/');
	if (renameat2(AT_FDCWD, unfinished, AT_FDCWD, final, RENAME_NOREPLACE) < 0 &&
	    (errno != EINVAL || rename(unfinished, final) < 0))
		die(EXIT_WORK, "%s: %s", final, strerror(errno));
	free(unfinished);
	unfinished = NULL;
	if (slash)
		slash[slash == final] = '\0';
	if (dir_sync(slash ? final : ".") < 0)
		die(EXIT_WORK, "%s: %s", final, strerror(errno));
	free(final);
	final = NULL;
}
