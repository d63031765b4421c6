/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int reserve_open(int dir_fd, uint64_t bytes)
{
	if (bytes == 0) {
		unlinkat(dir_fd, ".reserve", 0);
		return -1;
	}
	return openat(dir_fd, ".reserve", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int reserve_take(int fd, uint64_t bytes)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -1;
	if ((uint64_t)st.st_size > bytes && ftruncate(fd, (off_t)bytes) < 0)
		return -1;
	if (fallocate(fd, 0, 0, (off_t)bytes) == 0)
		return 0;
	int saved = errno;
	if (ftruncate(fd, 0) < 0)
		saved = errno;
	errno = saved;
	return -1;
}

int reserve_retake(int fd, uint64_t bytes)
{
	struct statvfs disk;
	if (fstatvfs(fd, &disk) < 0)
		return -1;
	if (disk.f_bavail < bytes / disk.f_frsize * 2) {
		errno = ENOSPC;
		return -1;
	}
	return reserve_take(fd, bytes);
}

int reserve_give(int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_blocks == 0)
		return 0;
	return ftruncate(fd, 0) < 0 ? -1 : 1;
}
