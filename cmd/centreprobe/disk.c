/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "centreprobe.h"
#include "util/file.h"

#define TRIES 5

static void probe_room(struct probe *p)
{
	struct check c = probe_check(p, DISK, span_str(p->settings->spool));
	struct statvfs v;
	if (statvfs(p->settings->spool, &v) < 0 || v.f_blocks == 0) {
		probe_state(p, &c, CHECK_CRITICAL, "%s", strerror(errno));
		return;
	}
	double free_part = 100.0 * (double)v.f_bavail / (double)v.f_blocks;
	double mebibytes = (double)v.f_bavail * (double)v.f_frsize / 1048576;
	probe_value(p, &c, free_part, "%", _("%.0f %% of the disk is free, %.0f MiB"), free_part, mebibytes);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Milliseconds of one write and sync; negative when it failed. */
static double sync_once(int fd)
{
	static const char bytes[4096];
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (write_all(fd, span_of(bytes, sizeof bytes)) < 0 || fdatasync(fd) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1000 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

/* On the journal's disk, in a file without a name: nothing is left behind. */
static void probe_sync(struct probe *p)
{
	struct check c = probe_check(p, FSYNC, span_str(p->settings->spool));
	double took[TRIES];
	int fd = open(p->settings->spool, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	bool good = fd >= 0;
	for (int i = 0; i < TRIES && good; i++)
		good = (took[i] = sync_once(fd)) >= 0;
	if (!good) {
		probe_state(p, &c, CHECK_CRITICAL, _("nothing can be written: %s"), strerror(errno));
	} else {
		qsort(took, TRIES, sizeof *took, by_value);
		probe_value(p, &c, took[TRIES / 2], "ms", _("a write is on disk after %.1f ms"), took[TRIES / 2]);
	}
	if (fd >= 0)
		close(fd);
}

void probe_disk(struct probe *p)
{
	probe_room(p);
	probe_sync(p);
}
