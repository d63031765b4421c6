/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/journal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "../journal_check.h"
#include "../tap.h"

/* The disk, as the journal sees it: it may refuse, break off, or take its time. */
static struct {
	int sync_error;		/* of the next fdatasync */
	int write_error;	/* of writes, once `room` bytes have been taken */
	size_t room;
	bool slow;		/* fdatasync waits for `gate` */
	int gate[2];
	ino_t folder;		/* the journal's */
	unsigned syncs, dir_syncs;
	bool tight;		/* next to nothing is free */
} disk;

ssize_t write(int fd, const void *bytes, size_t n)
{
	if (disk.write_error && n > disk.room) {
		n = disk.room;
		disk.room = 0;
		if (n == 0) {
			errno = disk.write_error;
			return -1;
		}
	}
	return syscall(SYS_write, fd, bytes, n);
}

int fdatasync(int fd)
{
	char byte;
	if (disk.slow && read(disk.gate[0], &byte, 1) != 1)
		return -1;
	__atomic_add_fetch(&disk.syncs, 1, __ATOMIC_SEQ_CST);
	if (disk.sync_error) {
		errno = disk.sync_error;
		disk.sync_error = 0;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	struct stat st;
	if (fstat(fd, &st) == 0 && st.st_ino == disk.folder)
		__atomic_add_fetch(&disk.dir_syncs, 1, __ATOMIC_SEQ_CST);
	return (int)syscall(SYS_fsync, fd);
}

int fstatvfs(int fd, struct statvfs *st)
{
	(void)fd;
	*st = (struct statvfs){ .f_frsize = 4096, .f_bavail = disk.tight ? 300 : 600 };
	return 0;
}

static struct loop loop;
static struct journal journal;
static struct buf said;
static struct {
	unsigned good, bad;
	int error;
	uint64_t stored;
	unsigned dir_syncs;	/* before the first good one */
} got;

static void batch_done(struct journal *j, int error)
{
	if (!error && got.good == 0)
		got.dir_syncs = __atomic_load_n(&disk.dir_syncs, __ATOMIC_SEQ_CST);
	got.good += !error;
	got.bad += error != 0;
	got.error = error;
	got.stored = j->stored;
}

static void told(struct journal *j, const char *line)
{
	(void)j;
	buf_str(&said, line);
	buf_byte(&said, '\n');
}

static bool has_said(const char *words)
{
	bool found = said.n && memmem(said.p, said.n, words, strlen(words));
	buf_reset(&said);
	return found;
}

static const char *begin(const char *dir, uint64_t most, uint64_t reserve)
{
	struct journal_options options = { dir, most, reserve };
	const char *why = NULL;
	struct stat st;
	disk.folder = dir && stat(dir, &st) == 0 ? st.st_ino : 0;
	disk.dir_syncs = 0;
	memset(&got, 0, sizeof got);
	buf_reset(&said);
	journal = (struct journal){ .loop = &loop, .done = batch_done, .tell = told };
	return journal_open(&journal, &options, &why) < 0 ? why : NULL;
}

static void add(unsigned count)
{
	struct buf line = { 0 };
	while (count--) {
		buf_reset(&line);
		buf_lit(&line, "{\"type\":\"frame\",\"id\":\"");
		journal_id(&journal, &line);
		buf_lit(&line, "\",\"at\":\"2026-01-13T20:14:03.120Z\"}\n");
		journal_append(&journal, buf_view(&line));
	}
	buf_free(&line);
}

static void store(unsigned count)
{
	add(count);
	journal_drain(&journal);
}

/* Some turns of the loop, until that many batches are through. */
static void turn_until(unsigned batches)
{
	for (int i = 0; i < 1000 && got.good + got.bad < batches; i++)
		loop_turn(&loop, 10);
}

static size_t segment_size(const struct sample *s, unsigned number)
{
	char path[128];
	struct stat st;
	sample_path(s, number, path);
	return stat(path, &st) == 0 ? (size_t)st.st_size : SIZE_MAX;
}

static const char *path_in(const struct sample *s, const char *name)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	return path;
}

static void clean(struct sample *s)
{
	s->segments = 99;
	unlink(path_in(s, ".lock"));
	unlink(path_in(s, ".reserve"));
	sample_free(s);
	sample_make(s);
}

static struct heard heard_in(const struct sample *s)
{
	struct heard h = { 0 };
	hear_all(&h, s);
	return h;
}

static void grouped(struct sample *s)
{
	ok(!begin(s->dir, 1 << 20, 0), "a journal opens");
	ok(journal.epoch[0] && journal.seq == 0 && segment_size(s, 1) == 0, "with an epoch and an empty first segment");
	disk.slow = true;
	add(3);
	journal_flush(&journal);
	add(2);
	journal_flush(&journal);
	ok(journal.busy && journal.queued == 2 && journal.seq == 5, "while a batch is on its way the next one gathers");
	loop_turn(&loop, 20);
	ok(got.good == 0 && journal.stored == 0, "nothing is done before the disk has it");
	ok(syscall(SYS_write, disk.gate[1], "x", 1) == 1, "the disk ends");
	turn_until(1);
	disk.slow = false;
	ok(got.good == 1 && got.stored == 3 && got.dir_syncs >= 1, "then it is, and the segment's name was synced before");
	unsigned dir_syncs = disk.dir_syncs, syncs = disk.syncs;
	journal_flush(&journal);
	turn_until(2);
	ok(got.good == 2 && got.stored == 5 && disk.syncs == syncs + 1 && disk.dir_syncs == dir_syncs,
	   "the next batch has one sync, and the name none again");
	store(1000);
	ok(got.good == 3 && journal.stored == 1005 && journal.queue.n == 0, "a thousand records in one batch");
	journal_close(&journal);
	struct heard h = heard_in(s);
	ok(h.records == 1005 && h.damages == 0, "a reader finds them all");
	heard_free(&h);
	clean(s);
}

static void restarted(struct sample *s)
{
	char epoch[EPOCH_TEXT + 1];
	begin(s->dir, 1 << 20, 0);
	store(2);
	memcpy(epoch, journal.epoch, sizeof epoch);
	journal_close(&journal);
	begin(s->dir, 1 << 20, 0);
	ok(strcmp(epoch, journal.epoch) != 0 && segment_size(s, 2) == 0, "a start begins an epoch and a segment");
	journal_close(&journal);
	begin(s->dir, 1 << 20, 0);
	ok(segment_size(s, 2) == 0 && segment_size(s, 3) == SIZE_MAX, "one that is empty is used");
	store(1);
	journal_close(&journal);
	sample_write(s, 2, SPAN("{\"torn"), true);
	size_t before = segment_size(s, 2);
	begin(s->dir, 1 << 20, 0);
	store(1);
	journal_close(&journal);
	ok(segment_size(s, 2) == before, "a torn segment is left as it is");
	struct heard h = heard_in(s);
	ok(h.records == 4 && h.damages == 1, "its end is told, all records are read");
	heard_free(&h);
	clean(s);
}

static void rotated(struct sample *s)
{
	begin(s->dir, 500, 0);
	for (int i = 0; i < 50; i++)
		store(1);
	ok(segment_size(s, 1) <= 500 && segment_size(s, 7) < 500 && segment_size(s, 8) != SIZE_MAX,
	   "a segment that is full has a successor");
	journal_close(&journal);
	struct heard h = heard_in(s);
	ok(h.records == 50 && h.damages == 0, "numbers go on over segments");
	heard_free(&h);
	clean(s);
}

static void sync_failed(struct sample *s)
{
	char epoch[EPOCH_TEXT + 1];
	begin(s->dir, 1 << 20, 0);
	store(2);
	memcpy(epoch, journal.epoch, sizeof epoch);
	disk.slow = true;
	disk.sync_error = EIO;
	add(3);
	journal_flush(&journal);
	add(4);
	ok(syscall(SYS_write, disk.gate[1], "x", 1) == 1, "a disk that fails");
	turn_until(2);
	disk.slow = false;
	ok(got.good == 1 && got.bad == 1 && got.error == EIO, "an fsync that fails is told once");
	ok(journal.queue.n == 0 && journal.queued == 0 && journal.seq == 0 && journal.stored == 0 &&
	   strcmp(epoch, journal.epoch) != 0, "the queue is dropped, an epoch begins");
	ok(has_said("not acknowledged"), "people are told");
	store(5);
	ok(got.good == 2 && got.stored == 5 && has_said("again") && segment_size(s, 2) != 0, "writing goes on in a new segment at once");
	journal_close(&journal);
	struct heard h = heard_in(s);
	ok(h.records == 10 && h.damages == 0, "what was whole on disk is read, the queue left no gap");
	heard_free(&h);
	clean(s);
}

static void write_failed(struct sample *s)
{
	begin(s->dir, 1 << 20, 0);
	store(2);
	disk.write_error = EIO;
	disk.room = 100;
	store(3);
	disk.write_error = 0;
	ok(got.bad == 1 && got.error == EIO && journal.stored == 0, "a write that breaks off");
	store(2);
	ok(got.stored == 2, "the next batch is stored");
	journal_close(&journal);
	struct heard h = heard_in(s);
	ok(h.records == 5 && h.damages == 1, "the torn line is told; what was whole before it is read");
	heard_free(&h);
	clean(s);
}

static bool reserved(const struct sample *s, uint64_t bytes)
{
	struct stat st;
	return stat(path_in(s, ".reserve"), &st) == 0 && (uint64_t)st.st_blocks * 512 >= bytes;
}

/* Time stands still unless it is let go. */
static void full(struct sample *s)
{
	loop_free(&loop);
	loop_init(&loop, NULL);
	begin(s->dir, 1 << 20, 1 << 20);
	ok(reserved(s, 1 << 20), "real blocks are reserved");
	store(1);
	disk.write_error = ENOSPC;
	store(1);
	ok(got.error == ENOSPC && !reserved(s, 1) && has_said("reserve of 1 MiB is given back"),
	   "a full disk gives the reserve back and tells people");
	disk.write_error = 0;
	store(1);
	ok(got.error == 0 && journal.stored == 1 && has_said("again"), "which is room to go on at once");
	disk.write_error = ENOSPC;
	store(1);
	ok(has_said("disk is full and nothing is acknowledged"), "full again, without a reserve");
	store(1);
	unsigned bad = got.bad;
	disk.write_error = 0;
	store(1);
	ok(got.bad == bad + 1 && got.error == ENOSPC && said.n == 0, "until the timer nothing is tried and nothing said twice");
	loop_advance(&loop, loop.now + SECOND);
	store(1);
	ok(got.error == 0 && has_said("again"), "room is back: stored, acknowledged and told");
	loop_advance(&loop, loop.now + 29 * SECOND);
	ok(!reserved(s, 1), "the reserve waits");
	disk.tight = true;
	loop_advance(&loop, loop.now + SECOND);
	ok(!reserved(s, 1), "as long as it would take more than half of what is free");
	disk.tight = false;
	loop_advance(&loop, loop.now + 30 * SECOND);
	ok(reserved(s, 1 << 20) && has_said("in reserve again"), "then it is kept again");
	journal_close(&journal);
	struct heard h = heard_in(s);
	ok(h.records == 3 && h.damages == 0, "no number is missing");
	heard_free(&h);
	begin(s->dir, 1 << 20, 0);
	ok(access(path_in(s, ".reserve"), F_OK) < 0, "none wanted, none there");
	journal_close(&journal);
	loop_free(&loop);
	loop_init(&loop, clock_now);
	clean(s);
}

static void no_descriptor(struct sample *s)
{
	char path[128];
	begin(s->dir, 200, 0);
	store(2);
	sample_path(s, 2, path);
	ok(mkdir(path, 0700) == 0, "a successor that cannot be opened");
	store(2);
	store(2);
	ok(got.good == 3 && segment_size(s, 1) > 300, "the segment goes on: its size is no reason to refuse a signal");
	rmdir(path);
	store(2);
	ok(got.good == 4 && segment_size(s, 2) < 200, "until a successor can be made");
	journal_close(&journal);
	clean(s);
}

static int needed(void)
{
	int fd = dup(journal.dir_fd);
	journal_needs(&journal, fd);
	return fd;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* What refused records needed is given back, however long that lasts. */
static void needs_refused(struct sample *s)
{
	char path[128];
	begin(s->dir, 1 << 20, 0);
	store(2);
	sample_path(s, 2, path);
	ok(mkdir(path, 0700) == 0, "a successor that cannot be opened");
	int first = needed();
	disk.write_error = EIO;
	disk.room = 0;
	store(1);
	ok(got.bad == 1 && !is_open(first), "a write that fails");
	disk.write_error = 0;
	int second = needed();
	store(1);
	ok(got.bad == 2 && !is_open(second), "nowhere to write to");
	rmdir(path);
	journal_close(&journal);
	clean(s);
}

static void refused(struct sample *s)
{
	const char *why;
	begin(s->dir, 1 << 20, 0);
	struct journal second = { .loop = &loop, .done = batch_done, .tell = told };
	struct journal_options options = { s->dir, 1 << 20, 0 };
	char pid[24];
	snprintf(pid, sizeof pid, " %ld ", (long)getpid());
	ok(journal_open(&second, &options, &why) < 0 && strstr(why, pid), "a second writer is refused, the first one named");
	journal_close(&journal);
	ok(!begin(s->dir, 1 << 20, 0), "when that has gone it opens");
	journal_close(&journal);

	chmod(s->dir, 0755);
	struct stat st;
	ok(!begin(s->dir, 1 << 20, 0) && stat(s->dir, &st) == 0 && (st.st_mode & 0777) == 0700, "the folder becomes 0700");
	journal_close(&journal);
	chmod(s->dir, 01777);
	why = begin(s->dir, 1 << 20, 0);
	ok(why && strstr(why, "other users may write"), "where others may write is no place for it");
	chmod(s->dir, 0700);
	why = begin("/nonexistent/spool", 1 << 20, 0);
	ok(why && strstr(why, "/nonexistent/spool"), "a folder that cannot be made is named");
	why = begin(path_in(s, ".lock"), 1 << 20, 0);
	ok(why && strstr(why, "irectory"), "a file is no folder");
	if (geteuid() == 0 && chown(s->dir, 1, 1) == 0) {
		why = begin(s->dir, 1 << 20, 0);
		ok(why && strstr(why, "belongs to"), "the folder of another user is refused");
		if (chown(s->dir, 0, 0) < 0)
			abort();
	}
	char inner[128];
	snprintf(inner, sizeof inner, "%s", path_in(s, "spool"));
	ok(!begin(inner, 1 << 20, 0) && stat(inner, &st) == 0 && (st.st_mode & 0777) == 0700, "a new folder is 0700");
	journal_close(&journal);
	struct sample within = { .segments = 1 };
	snprintf(within.dir, sizeof within.dir, "%.63s", inner);
	unlink(path_in(&within, ".lock"));
	sample_free(&within);
	clean(s);
}

/* TAP's own stdout is put aside meanwhile. */
static void to_stdout(void)
{
	int fds[2], kept;
	char bytes[4096];
	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	if (pipe(fds) < 0 || dup2(fds[1], STDOUT_FILENO) < 0)
		abort();
	close(fds[1]);
	begin(NULL, 0, 0);
	store(2);
	bool stored = got.good == 1 && journal.stored == 2;
	ssize_t n = read(fds[0], bytes, sizeof bytes);
	bool whole = n > 0 && memchr(bytes, '\n', (size_t)n) && bytes[n - 1] == '\n';
	disk.write_error = ENOSPC;
	disk.room = 10;
	store(1);
	bool full = got.error == ENOSPC;
	disk.write_error = 0;
	store(1);
	n = read(fds[0], bytes, sizeof bytes);
	bool ended = n > 11 && bytes[10] == '\n' && bytes[11] == '{';
	close(fds[0]);
	store(1);
	bool broken = got.error == EPIPE;
	journal_close(&journal);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	ok(stored && whole, "without a folder records go to stdout, and are done when they are written");
	ok(full && ended, "what broke off within a line is ended before the next");
	ok(broken, "a reader that has gone is told");
}

/* The epoch's text order is time order; never two alike. */
static void epochs(struct sample *s)
{
	char last[EPOCH_TEXT + 1] = "";
	bool differ = true;
	for (int i = 0; i < 20; i++) {
		begin(s->dir, 1 << 20, 0);
		differ = differ && strcmp(last, journal.epoch) != 0 && memcmp(last, journal.epoch, 7) <= 0;
		memcpy(last, journal.epoch, sizeof last);
		journal_close(&journal);
	}
	ok(differ, "twenty starts, twenty epochs, in the order of time");
	clean(s);
}

int main(void)
{
	struct sample s;
	signal(SIGPIPE, SIG_IGN);
	if (pipe(disk.gate) < 0 || loop_init(&loop, clock_now) < 0)
		return 1;
	sample_make(&s);
	grouped(&s);
	restarted(&s);
	rotated(&s);
	sync_failed(&s);
	write_failed(&s);
	full(&s);
	no_descriptor(&s);
	needs_refused(&s);
	refused(&s);
	to_stdout();
	epochs(&s);
	sample_free(&s);
	loop_free(&loop);
	buf_free(&said);
	return done();
}
