/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long fdatasync takes here: appends `size` bytes and syncs, `count`
 * times, and prints the figures as JSON.
 *
 *	disk FOLDER [COUNT [SIZE]] */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/histogram.h"
#include "util/log.h"

static struct histogram took;

int main(int argc, char **argv)
{
	log_name = "disk";
	if (argc < 2)
		die(EXIT_CALL, "a folder is wanted");
	long count = argc > 2 ? atol(argv[2]) : 1000;
	size_t size = argc > 3 ? (size_t)atol(argv[3]) : 300;

	struct buf path = { 0 }, line = { 0 };
	buf_printf(&path, "%s/disk.%ld", argv[1], (long)getpid());
	int fd = open(buf_cstr(&path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		die(EXIT_WORK, "%s: %s", buf_cstr(&path), strerror(errno));
	memset(buf_reserve(&line, size), 'x', size);
	line.n = size;
	for (long i = 0; i < count; i++) {
		int64_t began = clock_steady_us();
		if (write_all(fd, buf_view(&line)) < 0 || fdatasync(fd) < 0)
			die(EXIT_WORK, "%s: %s", buf_cstr(&path), strerror(errno));
		histogram_add(&took, (uint64_t)(clock_steady_us() - began));
	}
	unlink(buf_cstr(&path));
	printf("{\"count\":%ld,\"bytes\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n", count, size,
	       (double)histogram_at(&took, 500) / 1000, (double)histogram_at(&took, 990) / 1000,
	       (double)took.most / 1000);
	return EXIT_OK;
}
