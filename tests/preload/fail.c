/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that fails when a test says so.  Preloaded into a tool, calls on
 * files under $FAIL_DIR fail while the file $FAIL_FLAG names them, one a
 * line: CALL ERRNO [COUNT], the errno as a number, COUNT the bytes that a
 * write still takes.  CALL is write, fdatasync, fsync, openat (for writing)
 * or pread.
 *
 *	echo 'fdatasync 5' >flag
 *	FAIL_DIR=/tmp/x FAIL_FLAG=flag LD_PRELOAD=fail.so alarmrecv ...
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder, *flag;

__attribute__((constructor)) static void begin(void)
{
	folder = getenv("FAIL_DIR");
	flag = getenv("FAIL_FLAG");
}

static bool ours(int fd)
{
	char link[64], path[512];
	if (!folder || !flag)
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	path[n > 0 ? n : 0] = '\0';
	return strncmp(path, folder, strlen(folder)) == 0;
}

/* The errno that the call shall fail with, 0 when it shall not. */
static int failing(const char *call, size_t *taken)
{
	char text[512], name[32];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, flag, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		int error = 0;
		unsigned long count = 0;
		if (sscanf(line, "%31s %d %lu", name, &error, &count) >= 2 && strcmp(name, call) == 0) {
			if (taken)
				*taken = count;
			return error;
		}
	}
	return 0;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	size_t taken = 0;
	int error = ours(fd) ? failing("write", &taken) : 0;
	/* What is still taken is the beginning of a longer write; the next one fails. */
	if (error && (taken == 0 || taken >= n)) {
		errno = error;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, error ? taken : n);
}

static int sync_call(const char *call, long number, int fd)
{
	int error = ours(fd) ? failing(call, NULL) : 0;
	if (error) {
		errno = error;
		return -1;
	}
	return (int)syscall(number, fd);
}

int fsync(int fd)
{
	return sync_call("fsync", SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_call("fdatasync", SYS_fdatasync, fd);
}

ssize_t pread(int fd, void *bytes, size_t n, off_t offset)
{
	int error = ours(fd) ? failing("pread", NULL) : 0;
	if (error) {
		errno = error;
		return -1;
	}
	return syscall(SYS_pread64, fd, bytes, n, offset);
}

int openat(int at, const char *path, int flags, ...)
{
	mode_t mode = 0;
	if (flags & O_CREAT) {
		va_list ap;
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	int error = (flags & O_CREAT) && ours(at) ? failing("openat", NULL) : 0;
	if (error) {
		errno = error;
		return -1;
	}
	return (int)syscall(SYS_openat, at, path, flags, mode);
}
