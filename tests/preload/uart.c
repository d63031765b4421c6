/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests only: a pseudo-terminal has neither speed nor parity, so this
 * stands between it and the tool as the wire and the UART would.  UART_FAR is
 * how the far end is set, "19200 7e1"; how the near end is, its termios say.
 * What is read is what the model of the wire makes of the bytes, with marks
 * where the system sets them (PARMRK); what is written arrives at the far end
 * as it would there, without what that finds damaged. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "link/uart.c"

#define MOST 4096

static bool far_end(struct serial_settings *s)
{
	const char *far = getenv("UART_FAR");
	return far && sscanf(far, "%u %3s", &s->baud, s->mode) == 2;
}

static unsigned baud_of(speed_t speed)
{
	static const struct {
		speed_t speed;
		unsigned baud;
	} speeds[] = {
		{ B300, 300 }, { B600, 600 }, { B1200, 1200 }, { B2400, 2400 }, { B4800, 4800 }, { B9600, 9600 },
		{ B19200, 19200 }, { B38400, 38400 }, { B57600, 57600 }, { B115200, 115200 },
	};
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].speed == speed)
			return speeds[i].baud;
	return 9600;
}

/* A pseudo-terminal has eight bits and no parity, so what it is told is noted
 * here; and it looks like a port that can be told more. */
static tcflag_t told[1024];

int tcsetattr(int fd, int when, const struct termios *t)
{
	int (*real)(int, int, const struct termios *) = (int (*)(int, int, const struct termios *))dlsym(RTLD_NEXT, "tcsetattr");
	struct termios plain = *t;
	if (fd >= 0 && (size_t)fd < sizeof told / sizeof *told)
		told[fd] = t->c_cflag;
	plain.c_cflag = (t->c_cflag & ~(tcflag_t)(CSIZE | PARENB | PARODD)) | CS8;
	return real(fd, when, &plain);
}

int fstat(int fd, struct stat *st)
{
	int failed = fstatat(fd, "", st, AT_EMPTY_PATH);
	if (!failed && major(st->st_rdev) >= 136 && major(st->st_rdev) <= 143)
		st->st_rdev = makedev(4, 64);
	return failed;
}

static bool near_end(int fd, struct serial_settings *s)
{
	struct termios t;
	if (tcgetattr(fd, &t) < 0 || (size_t)fd >= sizeof told / sizeof *told)
		return false;
	if (told[fd])
		t.c_cflag = told[fd];
	s->baud = baud_of(cfgetospeed(&t));
	s->mode[0] = (t.c_cflag & CSIZE) == CS7 ? '7' : '8';
	s->mode[1] = !(t.c_cflag & PARENB) ? 'n' : t.c_cflag & PARODD ? 'o' : 'e';
	s->mode[2] = t.c_cflag & CSTOPB ? '2' : '1';
	return true;
}

/* The terminal has doubled FF, as it does for who wants marks. */
static size_t single(uint8_t *bytes, size_t n)
{
	size_t out = 0;
	for (size_t i = 0; i < n; i++) {
		bytes[out++] = bytes[i];
		i += bytes[i] == 0xFF && i + 1 < n;
	}
	return out;
}

static size_t mark(uint8_t *out, const uint8_t *bytes, const uint8_t *faults, size_t n)
{
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (faults[i] != FAULT_NONE) {
			out[at++] = 0xFF;
			out[at++] = 0;
		} else if (bytes[i] == 0xFF) {
			out[at++] = 0xFF;
		}
		out[at++] = bytes[i];
	}
	return at;
}

ssize_t read(int fd, void *into, size_t room)
{
	struct serial_settings far = { 0 }, near = { 0 };
	if (!isatty(fd) || !far_end(&far) || !near_end(fd, &near))
		return syscall(SYS_read, fd, into, room);
	uint8_t raw[MOST], bytes[MOST], faults[MOST];
	size_t most = room / 12 < sizeof raw / 4 ? room / 12 : sizeof raw / 4;	/* a fast port reads more than was sent */
	ssize_t n = syscall(SYS_read, fd, raw, most);
	if (n <= 0)
		return n;
	struct span sent = span_of(raw, single(raw, (size_t)n));
	size_t got = uart_read(&far, sent, &near, bytes, faults, room / 3 < MOST ? room / 3 : MOST);
	if (got == 0) {
		errno = EAGAIN;
		return -1;
	}
	return (ssize_t)mark(into, bytes, faults, got);
}

ssize_t write(int fd, const void *from, size_t n)
{
	struct serial_settings far = { 0 }, near = { 0 };
	if (!isatty(fd) || !far_end(&far) || !near_end(fd, &near) || n > MOST / 4)
		return syscall(SYS_write, fd, from, n);
	uint8_t bytes[MOST], faults[MOST];
	size_t got = uart_read(&near, span_of(from, n), &far, bytes, faults, sizeof bytes), sound = 0;
	for (size_t i = 0; i < got; i++)
		if (faults[i] == FAULT_NONE)
			bytes[sound++] = bytes[i];
	if (sound && syscall(SYS_write, fd, bytes, sound) < 0)
		return -1;
	return (ssize_t)n;
}
