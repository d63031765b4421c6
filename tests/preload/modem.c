/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests only: lends pseudo-terminals what libserialport wants of a real
 * port before it opens one, a name below /sys/class/tty and modem lines.  So
 * its own calls are tested where there is no port.  What it sets the lines to
 * is written to the file MODEM_LOG, a line each: "dtr on". */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#define CLASS "/sys/class/tty/pts/"

static bool is_ours(const char *path)
{
	return strncmp(path, CLASS, strlen(CLASS)) == 0;
}

static int lines = TIOCM_DTR | TIOCM_RTS;	/* the system raises them when a port is opened */

static void note(const char *line, int bit, int bits, bool on)
{
	char text[16];
	const char *log = getenv("MODEM_LOG");
	int fd = log && bits & bit ? open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd < 0)
		return;
	int n = snprintf(text, sizeof text, "%s %s\n", line, on ? "on" : "off");
	if (write(fd, text, (size_t)n) != n)
		abort();
	close(fd);
}

static int set(const int *bits, bool on)
{
	lines = on ? lines | *bits : lines & ~*bits;
	note("dtr", TIOCM_DTR, *bits, on);
	note("rts", TIOCM_RTS, *bits, on);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	va_start(ap, request);
	int *argument = va_arg(ap, int *);
	va_end(ap);
	bool modem = request == TIOCMGET || request == TIOCMBIS || request == TIOCMBIC;
	if (!modem || !isatty(fd))
		return (int)syscall(SYS_ioctl, fd, request, argument);
	if (request != TIOCMGET)
		return set(argument, request == TIOCMBIS);
	*argument = lines | TIOCM_DSR | TIOCM_CTS;
	return 0;
}

/* A real port keeps bits and parity; a pseudo-terminal is not asked for them,
 * since the C library calls it an error that it drops them. */
int tcsetattr(int fd, int when, const struct termios *t)
{
	static int (*next)(int fd, int when, const struct termios *t);
	struct termios plain = *t;
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "tcsetattr");
	plain.c_cflag = (plain.c_cflag & ~(tcflag_t)(CSIZE | PARENB | PARODD)) | CS8;
	return next(fd, when, &plain);
}

int lstat(const char *path, struct stat *st)
{
	if (!is_ours(path))
		return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
	memset(st, 0, sizeof *st);
	st->st_mode = S_IFLNK | 0777;
	return 0;
}

/* What lstat() was before glibc 2.33, for a library that was built then. */
int __lxstat(int version, const char *path, struct stat *st);
int __lxstat(int version, const char *path, struct stat *st)
{
	(void)version;
	return lstat(path, st);
}

ssize_t readlink(const char *path, char *text, size_t room)
{
	static const char shown[] = "../../devices/pci0000:00/tty/ttyS9";
	if (!is_ours(path))
		return readlinkat(AT_FDCWD, path, text, room);
	size_t n = sizeof shown - 1 < room ? sizeof shown - 1 : room;
	memcpy(text, shown, n);
	return (ssize_t)n;
}
