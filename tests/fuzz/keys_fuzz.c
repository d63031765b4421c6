/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a keys file: read or refused in one line, and no key in that line. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/keys.h"
#include "util/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];
	struct keys keys = { 0 };
	const char *why = NULL;
	if (fd < 0) {
		fd = memfd_create("keys", 0);
		if (fd < 0 || fchmod(fd, 0600) < 0)
			abort();
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (keys_load(&keys, path, &why) < 0) {
		if (!why || strchr(why, '\n'))
			abort();
	} else {
		keys_find(&keys, SPAN("0"), span_of(data, size < 8 ? size : 8));
	}
	keys_free(&keys);
	return 0;
}
