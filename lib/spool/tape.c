/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/tape.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096	/* what a disk gives or does not give */

void tape_begin(struct tape *t, int dir_fd, uint64_t segment, uint64_t offset)
{
	*t = (struct tape){ .dir_fd = dir_fd, .fd = -1, .segment = segment, .base = offset };
}

void tape_skip(struct tape *t, uint64_t n)
{
	if (n <= t->bytes.n - t->used) {
		t->used += (size_t)n;
		return;
	}
	t->base = tape_position(t) + n;
	t->used = t->bytes.n = 0;
}

int tape_segment(const struct tape *t, uint64_t number)
{
	char name[SEGMENT_NAME];
	segment_name(name, number);
	return openat(t->dir_fd, name, O_RDONLY | O_CLOEXEC);
}

/* The time is taken first: what changes meanwhile is listed again. */
static int list_anew(struct tape *t)
{
	struct stat st;
	if (fstat(t->dir_fd, &st) < 0)
		return -1;
	t->listed = st.st_mtim;
	return segments_list(&t->list, t->dir_fd);
}

int tape_open(struct tape *t)
{
	for (;;) {
		if (list_anew(t) < 0)
			return -1;
		uint64_t number = segments_from(&t->list, t->segment);
		if (number == 0)
			return 0;
		t->fd = tape_segment(t, number);
		if (t->fd >= 0) {
			if (number != t->segment)
				t->base = 0;
			t->segment = number;
			return 1;
		}
		if (errno != ENOENT)	/* else pruned just now */
			return -1;
	}
}

static void close_segment(struct tape *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

void tape_leave(struct tape *t)
{
	close_segment(t);
	t->segment++;
	t->base = 0;
	t->used = t->bytes.n = 0;
	t->superseded = t->unreadable = false;
}

ssize_t tape_fill(struct tape *t)
{
	if (t->unreadable)
		return 0;
	t->base += t->used;
	buf_consume(&t->bytes, t->used);
	t->used = 0;
	for (;;) {
		uint8_t *room = buf_reserve(&t->bytes, TAPE_CHUNK);
		ssize_t n = pread(t->fd, room, TAPE_CHUNK, (off_t)(t->base + t->bytes.n));
		if (n >= 0) {
			t->bytes.n += (size_t)n;
			return n;
		}
		if (errno == EIO) {
			t->unreadable = true;
			return 0;
		}
		if (errno != EINTR)
			return -1;
	}
}

/* The usual successor is asked for by name; the directory is listed only
 * when it has changed. */
bool tape_succeeded(struct tape *t)
{
	char name[SEGMENT_NAME];
	struct stat st;
	segment_name(name, t->segment + 1);
	if (faccessat(t->dir_fd, name, F_OK, 0) == 0) {
		t->superseded = true;
	} else if (fstat(t->dir_fd, &st) == 0) {
		bool same = st.st_mtim.tv_sec == t->listed.tv_sec && st.st_mtim.tv_nsec == t->listed.tv_nsec;
		t->superseded = (same || list_anew(t) == 0) && segments_from(&t->list, t->segment + 1) != 0;
	}
	return t->superseded;
}

static size_t zero_run(const uint8_t *p, size_t n)
{
	size_t i = 0;
	while (i < n && p[i] == 0)
		i++;
	return i;
}

uint64_t tape_zeros(struct tape *t, bool *open)
{
	struct span rest = tape_rest(t);
	uint8_t more[16384];
	uint64_t n = zero_run(rest.p, rest.n);
	*open = n == rest.n && !t->unreadable;
	while (*open) {
		ssize_t got = pread(t->fd, more, sizeof more, (off_t)(tape_position(t) + n));
		if (got == 0)
			break;
		size_t zero = got > 0 ? zero_run(more, (size_t)got) : 0;
		n += zero;
		*open = got > 0 && zero == (size_t)got;
	}
	return n;
}

uint64_t tape_refused(struct tape *t)
{
	uint64_t end = (tape_position(t) / BLOCK + 1) * BLOCK;
	uint8_t byte;
	while (pread(t->fd, &byte, 1, (off_t)end) < 0 && errno == EIO)
		end += BLOCK;
	t->unreadable = false;
	return end - tape_position(t);
}

void tape_free(struct tape *t)
{
	close_segment(t);
	close(t->dir_fd);
	segments_free(&t->list);
	buf_free(&t->bytes);
}
