/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

/* Its own name must be on disk too: who made it may have died before it was. */
static int open_dir(struct journal *j)
{
	if (mkdirat(j->dir_fd, "files", 0700) < 0 && errno != EEXIST)
		return -1;
	int dir = openat(j->dir_fd, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int above = dir < 0 ? -1 : fcntl(j->dir_fd, F_DUPFD_CLOEXEC, 0);
	if (dir >= 0 && above < 0) {
		close(dir);
		return -1;
	}
	if (dir >= 0)
		journal_needs(j, above);
	return dir;
}

/* One that is there already is written once more, the same over the same:
 * after a power cut or a failed fsync nobody knows what the disk holds of it,
 * and records that are acknowledged may name it. */
static int put_file(int dir, const struct session_file *f, struct span bytes)
{
	const int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW;
	int fd = openat(dir, f->name, flags | O_CREAT | O_EXCL, 0600);
	bool was_there = fd < 0 && errno == EEXIST;
	if (was_there)
		fd = openat(dir, f->name, flags);
	if (fd < 0 || (write_all(fd, bytes) == 0 && ftruncate(fd, (off_t)bytes.n) == 0))
		return fd;
	int error = errno;
	if (!was_there)
		unlinkat(dir, f->name, 0);
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
		stored = put_file(dir, f, span_sub(buf_view(&t->file_bytes), f->at, f->n));
		if (stored >= 0)
			journal_needs(j, stored);
	}
	if (dir >= 0)
		journal_needs(j, dir);
	t->files = 0;
	buf_free(&t->file_bytes);
	return dir < 0 || stored < 0 ? -1 : 0;
}
