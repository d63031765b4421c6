/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop's thread writes, the helper thread waits for the disk.  Between
 * journal_flush() and finish() the batch on its way belongs to the helper;
 * the mutex guards sync_wanted, sync_ended, sync_error and quit, nothing
 * else is touched by both.
 *
 * After a failed write or fsync nobody knows what the disk holds of the
 * segment: the kernel may have dropped the pages and will not say so twice.
 * So it is left as it is, for readers to judge, and writing goes on in a new
 * one, under a new epoch.  While that fails too, what is queued is refused
 * at once and a timer tries again each second. */
#include "spool/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/reserve.h"
#include "spool/segment.h"
#include "text/text.h"
#include "util/file.h"

#define RETRY (1 * SECOND)
#define RESERVE_RETRY (30 * SECOND)

static void tell(struct journal *j, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct journal *j, const char *format, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	j->tell(j, text);
}

static unsigned mebibytes(uint64_t bytes)
{
	return (unsigned)((bytes + (1 << 20) - 1) >> 20);
}

/* Nothing of the old epoch can be mistaken for the new: ids are never given twice. */
static void begin_epoch(struct journal *j)
{
	uint32_t chance;
	if (getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance)
		chance = (uint32_t)clock_steady_us() ^ (uint32_t)getpid();
	epoch_new(j->epoch, clock_now(), chance);
	j->seq = j->stored = 0;
	buf_reset(&j->queue);
	j->queued = 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Of records that are refused. */
static void close_needs(struct buf *needs)
{
	int fd;
	for (size_t at = 0; at < needs->n; at += sizeof fd) {
		memcpy(&fd, needs->p + at, sizeof fd);
		close(fd);
	}
	buf_reset(needs);
}

/* Segments: an empty file of that number is as good as a new one; any other
 * is passed over, whoever made it. */
static int open_segment(struct journal *j, uint64_t number)
{
	for (;; number++) {
		char name[SEGMENT_NAME];
		struct stat st;
		segment_name(name, number);
		int fd = openat(j->dir_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return -1;
		if (fstat(fd, &st) == 0 && st.st_size == 0) {
			close_fd(&j->segment_fd);
			j->segment_fd = fd;
			j->segment_number = number;
			j->segment_size = 0;
			j->name_new = true;
			return 0;
		}
		close(fd);
	}
}

static int open_first_segment(struct journal *j)
{
	struct segments list = { 0 };
	int result = segments_list(&list, j->dir_fd);
	uint64_t last = list.n ? list.number[list.n - 1] : 1;
	segments_free(&list);
	return result < 0 ? -1 : open_segment(j, last);
}

/* When no new one can be had (no descriptor is free) the old one goes on:
 * its size is a convenience, a signal is not. */
static void rotate(struct journal *j)
{
	if (j->segment_size && j->segment_size + j->queue.n > j->options.segment_most)
		open_segment(j, j->segment_number + 1);
}

static bool is_full(int error)
{
	return error == ENOSPC || error == EDQUOT;
}

static void retry_in(struct journal *j, msec wait)
{
	timer_set(j->loop, &j->retry, j->loop->now + wait);
}

/* Says once what people must know; a full disk and its reserve have their own words. */
static void tell_trouble(struct journal *j, int error, bool given)
{
	const char *dir = j->options.dir ? j->options.dir : "-";
	if (given) {
		j->disk = DISK_RESERVE;
		tell(j, _("journal %s: the disk is full; the reserve of %u MiB is given back: make room now"), dir,
		     mebibytes(j->options.reserve));
	} else if (is_full(error)) {
		if (j->disk != DISK_FULL)
			tell(j, _("journal %s: the disk is full and nothing is acknowledged until there is room"), dir);
		j->disk = DISK_FULL;
	} else if (j->trouble != error) {
		tell(j, _("journal %s: %s: what was not on disk is not acknowledged"), dir, strerror(error));
	}
}

/* Nothing that is queued or on its way will be acknowledged. */
static void fail(struct journal *j, int error)
{
	bool first = j->trouble == 0;
	bool given = is_full(error) && j->reserve_fd >= 0 && reserve_give(j->reserve_fd) > 0;
	tell_trouble(j, error, given);
	j->trouble = error;
	j->busy = false;
	buf_reset(&j->writing);
	close_needs(&j->needs);
	close_needs(&j->needed);
	begin_epoch(j);
	if (j->options.dir) {
		close_fd(&j->segment_fd);
		/* The first time at once: the panels repeat within seconds. */
		if (!(first || given) || open_segment(j, j->segment_number) < 0)
			retry_in(j, RETRY);
		else if (given)
			retry_in(j, RESERVE_RETRY);
	}
	j->done(j, error);
}

static void succeed(struct journal *j)
{
	if (j->trouble) {
		tell(j, _("journal %s: signals are stored and acknowledged again"), j->options.dir ? j->options.dir : "-");
		j->trouble = 0;
	}
	if (j->disk == DISK_FULL) {
		j->disk = DISK_RESERVE;
		if (j->reserve_fd >= 0)
			retry_in(j, RESERVE_RETRY);
		else
			j->disk = DISK_FREE;
	}
	j->stored = j->writing_last;
	j->busy = false;
	buf_reset(&j->writing);
	j->done(j, 0);
}

static void retry_reserve(struct journal *j)
{
	if (reserve_retake(j->reserve_fd, j->options.reserve) < 0) {
		retry_in(j, RESERVE_RETRY);
		return;
	}
	j->disk = DISK_FREE;
	tell(j, _("journal %s: there is room; %u MiB are kept in reserve again"), j->options.dir,
	     mebibytes(j->options.reserve));
}

static void retry(struct timer *t)
{
	struct journal *j = OWNER(t, struct journal, retry);
	if (j->segment_fd < 0 && open_segment(j, j->segment_number) < 0) {
		tell_trouble(j, errno, false);
		j->trouble = errno;
		retry_in(j, RETRY);
	} else if (j->trouble == 0 && j->disk == DISK_RESERVE) {
		retry_reserve(j);
	} else if (j->disk == DISK_RESERVE) {
		retry_in(j, RESERVE_RETRY);
	}
}

/* The helper's work: stdout may be a pipe to somebody slow, which must not
 * hold up the loop.  What broke off within a line is ended before the next. */
static int write_stdout(struct journal *j)
{
	if (j->torn && write_all(STDOUT_FILENO, SPAN("\n")) < 0)
		return errno;
	j->torn = false;
	for (struct span rest = buf_view(&j->writing); rest.n;) {
		ssize_t n = write(STDOUT_FILENO, rest.p, rest.n);
		if (n >= 0) {
			rest = span_from(rest, (size_t)n);
			continue;
		}
		if (errno == EAGAIN) {
			struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };
			poll(&room, 1, -1);
		} else if (errno != EINTR) {
			int error = errno;
			j->torn = rest.p > j->writing.p && rest.p[-1] != '\n';
			return error;
		}
	}
	return 0;
}

/* All are closed, whatever becomes of them. */
static int sync_needed(struct journal *j)
{
	int error = 0, fd;
	for (size_t at = 0; at < j->needed.n; at += sizeof fd) {
		memcpy(&fd, j->needed.p + at, sizeof fd);
		if (fsync(fd) < 0 && error == 0)
			error = errno;
		close(fd);
	}
	buf_reset(&j->needed);
	return error;
}

static int make_durable(struct journal *j)
{
	int error = sync_needed(j);
	if (error)
		return error;
	if (!j->options.dir)
		return write_stdout(j);
	if (fdatasync(j->segment_fd) < 0)
		return errno;
	if (j->name_new && fsync(j->dir_fd) < 0)
		return errno;
	j->name_new = false;
	return 0;
}

static void *help(void *with)
{
	struct journal *j = with;
	pthread_mutex_lock(&j->mutex);
	for (;;) {
		while (!j->sync_wanted && !j->quit)
			pthread_cond_wait(&j->wake, &j->mutex);
		if (!j->sync_wanted)
			break;
		j->sync_wanted = false;
		pthread_mutex_unlock(&j->mutex);
		int error = make_durable(j);
		pthread_mutex_lock(&j->mutex);
		j->sync_error = error;
		j->sync_ended = true;
		pthread_cond_broadcast(&j->wake);
		eventfd_write(j->finished.fd, 1);
	}
	pthread_mutex_unlock(&j->mutex);
	return NULL;
}

/* True, and the result, when the helper has ended what it was given. */
static bool helper_ended(struct journal *j, bool wait, int *error)
{
	pthread_mutex_lock(&j->mutex);
	while (wait && j->busy && !j->sync_ended)
		pthread_cond_wait(&j->wake, &j->mutex);
	bool ended = j->sync_ended;
	*error = j->sync_error;
	j->sync_ended = false;
	pthread_mutex_unlock(&j->mutex);
	return ended;
}

static void finish(struct journal *j, bool wait)
{
	int error;
	if (!helper_ended(j, wait, &error))
		return;
	if (error)
		fail(j, error);
	else
		succeed(j);
}

static void rung(struct watch *w, uint32_t got)
{
	(void)got;
	eventfd_t count;
	eventfd_read(w->fd, &count);
	finish(OWNER(w, struct journal, finished), false);
}

void journal_id(const struct journal *j, struct buf *out)
{
	buf_span(out, buf_view(&j->node));
	buf_byte(out, '.');
	buf_add(out, j->epoch, EPOCH_TEXT);
	buf_byte(out, '-');
	buf_unsigned(out, j->seq + 1);
}

void journal_append(struct journal *j, struct span line)
{
	buf_span(&j->queue, line);
	j->queued++;
	j->seq++;
}

void journal_needs(struct journal *j, int fd)
{
	buf_add(&j->needs, &fd, sizeof fd);
}

static void hand_over(struct journal *j)
{
	j->busy = true;
	pthread_mutex_lock(&j->mutex);
	j->sync_wanted = true;
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->mutex);
}

void journal_flush(struct journal *j)
{
	if (j->busy || j->queue.n == 0)
		return;
	if (j->options.dir && j->segment_fd < 0) {
		close_needs(&j->needs);
		begin_epoch(j);
		j->done(j, j->trouble);
		return;
	}
	if (j->options.dir)
		rotate(j);
	struct buf empty = j->writing;
	j->writing = j->queue;
	j->queue = empty;
	buf_span(&j->needed, buf_view(&j->needs));
	buf_reset(&j->needs);
	j->queued = 0;
	j->writing_last = j->seq;
	if (j->options.dir && write_all(j->segment_fd, buf_view(&j->writing)) < 0) {
		fail(j, errno);
		return;
	}
	j->segment_size += j->writing.n;
	hand_over(j);
}

void journal_drain(struct journal *j)
{
	while (j->busy || j->queue.n) {
		journal_flush(j);
		if (j->busy)
			finish(j, true);
	}
}

/* Texts of journal_open() that carry a name; good until the next. */
static const char *explain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *explain(const char *format, ...)
{
	static char text[1024];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	return text;
}

/* Frames are personal data, and whoever writes here can make up alarms. */
static const char *guard(int dir_fd, const char *dir)
{
	struct stat st;
	if (fstat(dir_fd, &st) < 0)
		return explain("%s: %s", dir, strerror(errno));
	if (st.st_uid != geteuid())
		return explain(_("%s: belongs to the user with the number %u; run this as that user"), dir, (unsigned)st.st_uid);
	if (st.st_mode & 022)
		return explain(_("%s: other users may write there; a journal is its own folder: chmod 700 it or name another"), dir);
	if ((st.st_mode & 077) && fchmod(dir_fd, 0700) < 0)
		return explain("%s: %s", dir, strerror(errno));
	return NULL;
}

static const char *lock(struct journal *j, const char *dir)
{
	struct buf path = { 0 };
	pid_t holder = 0;
	buf_printf(&path, "%s/.lock", dir);
	j->lock_fd = file_lock(buf_cstr(&path), &holder);
	const char *why = NULL;
	if (j->lock_fd < 0 && errno != EWOULDBLOCK)
		why = explain("%s: %s", buf_cstr(&path), strerror(errno));
	else if (j->lock_fd < 0 && holder > 0)
		why = explain(_("%s: process %ld writes this journal already, and it has one writer"), dir, (long)holder);
	else if (j->lock_fd < 0)
		why = explain(_("%s: another process writes this journal already, and it has one writer"), dir);
	buf_free(&path);
	return why;
}

/* A new folder's own name must outlast a power cut too. */
static int sync_above(int dir_fd)
{
	int above = openat(dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (above < 0)
		return errno == EACCES ? 0 : -1;
	int result = fsync(above);
	int saved = errno;
	close(above);
	errno = saved;
	return result;
}

static const char *open_dir(struct journal *j, const char *dir)
{
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return explain(_("%s: cannot be made: %s"), dir, strerror(errno));
	j->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (j->dir_fd < 0)
		return explain("%s: %s", dir, strerror(errno));
	const char *why = guard(j->dir_fd, dir);
	if (!why)
		why = lock(j, dir);
	if (!why && (sync_above(j->dir_fd) < 0 || open_first_segment(j) < 0))
		why = explain(_("%s: cannot be written: %s"), dir, strerror(errno));
	return why;
}

/* Without a reserve reception still works; people are told. */
static void open_reserve(struct journal *j)
{
	j->reserve_fd = reserve_open(j->dir_fd, j->options.reserve);
	if (j->options.reserve == 0 || (j->reserve_fd >= 0 && reserve_take(j->reserve_fd, j->options.reserve) == 0))
		return;
	tell(j, _("journal %s: no reserve of %u MiB can be kept: %s"), j->options.dir, mebibytes(j->options.reserve),
	     strerror(errno));
	if (j->reserve_fd >= 0 && is_full(errno)) {
		j->disk = DISK_RESERVE;
		retry_in(j, RESERVE_RETRY);
	} else {
		close_fd(&j->reserve_fd);
	}
}

static const char *start_helper(struct journal *j)
{
	j->finished = (struct watch){ rung, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	if (j->finished.fd < 0 || loop_watch(j->loop, &j->finished, EPOLLIN) < 0)
		return strerror(errno);
	pthread_mutex_init(&j->mutex, NULL);
	pthread_cond_init(&j->wake, NULL);
	/* Signals are the loop's. */
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int error = pthread_create(&j->thread, NULL, help, j);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!error)
		return NULL;
	loop_forget(j->loop, &j->finished);
	return strerror(error);
}

static void close_files(struct journal *j)
{
	close_fd(&j->finished.fd);
	close_fd(&j->segment_fd);
	close_fd(&j->reserve_fd);
	close_fd(&j->lock_fd);
	close_fd(&j->dir_fd);
	close_needs(&j->needs);
	close_needs(&j->needed);
	buf_free(&j->node);
	buf_free(&j->queue);
	buf_free(&j->writing);
	buf_free(&j->needs);
	buf_free(&j->needed);
}

int journal_open(struct journal *j, const struct journal_options *options, const char **why)
{
	*j = (struct journal){
		.loop = j->loop, .done = j->done, .tell = j->tell, .options = *options,
		.dir_fd = -1, .segment_fd = -1, .lock_fd = -1, .reserve_fd = -1,
		.finished.fd = -1, .retry.due = retry,
	};
	*why = NULL;
	if (options->dir)
		*why = open_dir(j, options->dir);
	if (!*why)
		*why = start_helper(j);
	if (*why) {
		close_files(j);
		return -1;
	}
	if (options->dir)
		open_reserve(j);
	node_name(&j->node);
	begin_epoch(j);
	return 0;
}

void journal_close(struct journal *j)
{
	journal_drain(j);
	pthread_mutex_lock(&j->mutex);
	j->quit = true;
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->mutex);
	pthread_join(j->thread, NULL);
	pthread_mutex_destroy(&j->mutex);
	pthread_cond_destroy(&j->wake);
	timer_clear(j->loop, &j->retry);
	loop_forget(j->loop, &j->finished);
	close_files(j);
}
