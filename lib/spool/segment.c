/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/hex.h"

void segment_name(char name[static SEGMENT_NAME], uint64_t number)
{
	snprintf(name, SEGMENT_NAME, "%0*" PRIu64 ".jsonl", SEGMENT_DIGITS, number % UINT64_C(10000000000));
}

uint64_t segment_number(const char *name)
{
	uint64_t number = 0;
	for (int i = 0; i < SEGMENT_DIGITS; i++) {
		if (!is_digit((uint8_t)name[i]))
			return 0;
		number = number * 10 + (uint64_t)(name[i] - '0');
	}
	return strcmp(name + SEGMENT_DIGITS, ".jsonl") == 0 ? number : 0;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void add(struct segments *list, uint64_t number)
{
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->number = xrealloc(list->number, list->room * sizeof *list->number);
	}
	list->number[list->n++] = number;
}

int segments_list(struct segments *list, int dir_fd)
{
	/* A description of its own: the place in the directory is not shared. */
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int saved = errno;
		if (fd >= 0)
			close(fd);
		errno = saved;
		return -1;
	}
	list->n = 0;
	errno = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		uint64_t number = segment_number(e->d_name);
		if (number)
			add(list, number);
	}
	int failed = errno;
	closedir(dir);
	if (list->n)
		qsort(list->number, list->n, sizeof *list->number, compare);
	errno = failed;
	return failed ? -1 : 0;
}

uint64_t segments_from(const struct segments *list, uint64_t number)
{
	size_t low = 0, high = list->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->number[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->n ? list->number[low] : 0;
}

void segments_free(struct segments *list)
{
	free(list->number);
	*list = (struct segments){ 0 };
}
