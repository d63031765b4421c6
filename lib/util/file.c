/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int read_fd(int fd, struct buf *out)
{
	for (;;) {
		ssize_t n = read(fd, buf_reserve(out, 65536), 65536);
		if (n == 0)
			return 0;
		if (n > 0)
			out->n += (size_t)n;
		else if (errno != EINTR)
			return -1;
	}
}

static int close_after(int fd, int result)
{
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

int file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -1 : close_after(fd, read_fd(fd, out));
}

int file_read_secret(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	struct stat st;
	if (fstat(fd, &st) < 0)
		return close_after(fd, -1);
	if (st.st_mode & 077) {
		errno = EACCES;
		return close_after(fd, -1);
	}
	return close_after(fd, read_fd(fd, out));
}

int write_all(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n >= 0)
			bytes = span_from(bytes, (size_t)n);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

int dir_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : close_after(fd, fsync(fd));
}

static int sync_parent(const char *path)
{
	char *copy = xstrdup(path);
	char *slash = strrchr(copy, '/');
	if (slash)
		slash[slash == copy] = '\0';
	int result = dir_sync(slash ? copy : ".");
	free(copy);
	return result;
}

int file_replace(const char *path, struct span content, mode_t mode)
{
	struct buf temporary = { 0 };
	buf_printf(&temporary, "%s.%ld.new", path, (long)getpid());
	const char *new = buf_cstr(&temporary);
	int result = -1;
	int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd >= 0) {
		result = write_all(fd, content) < 0 || fsync(fd) < 0 ? -1 : 0;
		result = close_after(fd, result);
		if (result == 0)
			result = rename(new, path) < 0 ? -1 : sync_parent(path);
		else
			unlink(new);
	}
	buf_free(&temporary);
	return result;
}

int file_lock(const char *path, pid_t *holder)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	char text[24] = "";
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int saved = errno;
		ssize_t n = pread(fd, text, sizeof text - 1, 0);
		if (holder)
			*holder = n > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
		errno = saved;
		return close_after(fd, -1);
	}
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) < 0)
		errno = 0;	/* on a full disk the lock holds all the same */
	return fd;
}

/* "1: FLOCK  ADVISORY  WRITE 4711 08:01:123456 0 EOF".  Some file systems
 * show another device there than stat() does, and a container another
 * process than the one that wrote its number: either of the two will do. */
static pid_t lock_line(struct span line, const struct stat *st, long pid)
{
	struct span word;
	char text[6][64];
	for (int i = 0; i < 6; i++) {
		if (!span_word(&line, &word) || word.n >= sizeof text[i])
			return 0;
		memcpy(text[i], word.p, word.n);
		text[i][word.n] = '\0';
	}
	unsigned major, minor;
	unsigned long long inode;
	if (strcmp(text[1], "FLOCK") != 0 || sscanf(text[5], "%x:%x:%llu", &major, &minor, &inode) != 3 || inode != st->st_ino)
		return 0;
	long holder = strtol(text[4], NULL, 10);
	return holder == pid || makedev(major, minor) == st->st_dev ? (pid_t)holder : 0;
}

pid_t file_lock_holder(const char *path)
{
	struct buf content = { 0 }, locks = { 0 };
	struct stat st;
	struct span rest, line;
	pid_t holder = 0;
	if (stat(path, &st) == 0 && file_read(path, &content) == 0) {
		long pid = strtol(buf_cstr(&content), NULL, 10);
		if (file_read("/proc/locks", &locks) == 0) {
			for (rest = buf_view(&locks); !holder && span_line(&rest, &line);)
				holder = lock_line(line, &st, pid);
		} else if (pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM)) {
			holder = (pid_t)pid;
		}
	}
	buf_free(&content);
	buf_free(&locks);
	return holder;
}

static char *path_under(const char *variable, const char *standard, const char *name)
{
	const char *folder = getenv(variable);
	struct buf path = { 0 };
	buf_printf(&path, "%s/%s", folder && *folder ? folder : standard, name);
	return (char *)(uintptr_t)buf_cstr(&path);
}

char *path_etc(const char *name)
{
	return path_under("VIGIE_ETC", "/etc/vigie", name);
}

char *path_state(const char *name)
{
	return path_under("VIGIE_STATE", "/var/lib/vigie", name);
}
