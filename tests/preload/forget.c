/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A power cut, for tests of "store, then acknowledge".  Preloaded into a
 * writer, it remembers for each file under $FORGET_DIR how much of it has
 * been fsync'ed and which names its directory had at its last fsync.  At a
 * random call it cuts the power: files go back to what was synced, names
 * that were not are removed, and the process is killed.  The disk has then
 * forgotten all that nobody asked it to keep.
 *
 *	FORGET_DIR=/tmp/x FORGET_ONE_IN=500 LD_PRELOAD=forget.so alarmrecv ...
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 4096

struct file {
	char path[512];
	off_t synced;		/* bytes that would survive */
	bool named;		/* its directory entry would survive */
};

static struct file files[MOST];
static int files_n;
static const char *folder;
static unsigned one_in;
static unsigned seed;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void)
{
	folder = getenv("FORGET_DIR");
	one_in = getenv("FORGET_ONE_IN") ? (unsigned)atoi(getenv("FORGET_ONE_IN")) : 0;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	seed = (unsigned)now.tv_nsec ^ (unsigned)getpid();
}

static bool ours(const char *path)
{
	return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static bool path_of(int fd, char *path, size_t room)
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, room - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return ours(path);
}

static struct file *find(const char *path, bool make)
{
	for (int i = 0; i < files_n; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	if (!make || files_n == MOST)
		return NULL;
	struct file *f = &files[files_n++];
	snprintf(f->path, sizeof f->path, "%s", path);
	return f;
}

/* Everything that was there before the process began has survived. */
static void meet(const char *path, bool new)
{
	struct stat st;
	struct file *f = find(path, false);
	if (f || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	f = find(path, true);
	if (f) {
		f->named = !new;
		f->synced = new ? 0 : st.st_size;
	}
}

static void cut(void)
{
	for (int i = 0; i < files_n; i++) {
		if (strstr(files[i].path, "/.lock") || strstr(files[i].path, "/.reserve"))
			continue;
		if (!files[i].named)
			unlink(files[i].path);
		else
			truncate(files[i].path, files[i].synced);
	}
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

static void perhaps(void)
{
	if (!folder || !one_in)
		return;
	pthread_mutex_lock(&mutex);
	if ((unsigned)rand_r(&seed) % one_in == 0)
		cut();
	pthread_mutex_unlock(&mutex);
}

static void *next(const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);
	if (!symbol)
		abort();
	return symbol;
}

static int opened(int fd, bool was_there)
{
	char path[512];
	if (fd >= 0 && path_of(fd, path, sizeof path)) {
		pthread_mutex_lock(&mutex);
		meet(path, !was_there);
		pthread_mutex_unlock(&mutex);
	}
	return fd;
}

static int open_any(int at, const char *path, int flags, mode_t mode)
{
	struct stat st;
	bool was_there = fstatat(at, path, &st, 0) == 0;
	return opened((int)syscall(SYS_openat, at, path, flags, mode), was_there);
}

#define MODE(flags, last) \
	mode_t mode = 0; \
	if ((flags) & O_CREAT) { \
		va_list ap; \
		va_start(ap, last); \
		mode = va_arg(ap, mode_t); \
		va_end(ap); \
	}

int open(const char *path, int flags, ...)
{
	MODE(flags, flags)
	return open_any(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	MODE(flags, flags)
	return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
	MODE(flags, flags)
	return open_any(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...)
{
	MODE(flags, flags)
	return open_any(at, path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	if (!real)
		real = (ssize_t (*)(int, const void *, size_t))next("write");
	char path[512];
	bool mine = path_of(fd, path, sizeof path);
	if (mine)
		perhaps();
	ssize_t written = real(fd, bytes, n);
	if (mine)
		perhaps();
	return written;
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	static ssize_t (*real)(int, const void *, size_t, int);
	if (!real)
		real = (ssize_t (*)(int, const void *, size_t, int))next("send");
	ssize_t sent = real(fd, bytes, n, flags);
	perhaps();	/* the answer has left: its frame must be there */
	return sent;
}

/* Names that the directory holds now survive; those it lost are lost for good. */
static void directory_synced(const char *path)
{
	size_t n = strlen(path);
	for (int i = 0; i < files_n; i++)
		if (strncmp(files[i].path, path, n) == 0 && files[i].path[n] == '/' &&
		    !strchr(files[i].path + n + 1, '/') && access(files[i].path, F_OK) == 0)
			files[i].named = true;
}

static int synced(int fd, int (*real)(int))
{
	char path[512];
	struct stat st;
	if (!path_of(fd, path, sizeof path) || fstat(fd, &st) < 0)
		return real(fd);
	perhaps();
	int result = real(fd);
	pthread_mutex_lock(&mutex);
	if (result == 0 && S_ISDIR(st.st_mode)) {
		directory_synced(path);
	} else if (result == 0) {
		struct file *f = find(path, true);
		if (f && st.st_size > f->synced)
			f->synced = st.st_size;	/* what had been written when it was asked */
	}
	pthread_mutex_unlock(&mutex);
	perhaps();
	return result;
}

int fsync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = (int (*)(int))next("fsync");
	return synced(fd, real);
}

int fdatasync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = (int (*)(int))next("fdatasync");
	return synced(fd, real);
}

/* The new name holds what the old one held; without a sync of the directory
 * the rename is lost.  Only the state of whole small files goes that way,
 * and losing it keeps the older one, which a copy stands in for. */
int rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);
	if (!real)
		real = (int (*)(const char *, const char *))next("rename");
	int result = real(from, to);
	if (result == 0 && ours(to)) {
		pthread_mutex_lock(&mutex);
		struct file *f = find(from, false);
		struct file *target = find(to, true);
		if (f && target) {
			target->synced = f->synced;
			target->named = true;
			f->path[0] = '\0';
		}
		pthread_mutex_unlock(&mutex);
	}
	return result;
}
