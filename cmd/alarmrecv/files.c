/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

#define UNDER_WAY "new"

static int open_dir(struct journal *j)
{
	if (mkdirat(j->dir_fd, "files", 0700) == 0)
		journal_needs(j, dup(j->dir_fd));
	else if (errno != EEXIST)
		return -1;
	return openat(j->dir_fd, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* One that is there already has the same bytes: its name says so.  Its age
 * is told by when it last came. */
static int known(int dir, const struct session_file *f)
{
	struct stat st;
	int fd = openat(dir, f->name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && (size_t)st.st_size == f->n && futimens(fd, NULL) == 0)
		return fd;
	close(fd);
	return -1;
}

static int write_new(int dir, const struct session_file *f, struct span bytes)
{
	int fd = openat(dir, UNDER_WAY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	if (write_all(fd, bytes) == 0 && renameat(dir, UNDER_WAY, dir, f->name) == 0)
		return fd;
	int error = errno;
	unlinkat(dir, UNDER_WAY, 0);
	close(fd);
	errno = error;
	return -1;
}

int files_store(struct journal *j, struct session *t)
{
	if (t->files == 0)
		return 0;
	int dir = open_dir(j), stored = 0;
	for (unsigned i = 0; i < t->files && dir >= 0 && stored >= 0; i++) {
		const struct session_file *f = &t->file[i];
		stored = known(dir, f);
		if (stored < 0)
			stored = write_new(dir, f, span_sub(buf_view(&t->file_bytes), f->at, f->n));
		if (stored >= 0)
			journal_needs(j, stored);
	}
	if (dir >= 0)
		journal_needs(j, dir);
	t->files = 0;
	buf_free(&t->file_bytes);
	return dir < 0 || stored < 0 ? -1 : 0;
}
