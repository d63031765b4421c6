/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serial ports over pseudo-terminals, which have no speed, no parity and no
 * modem lines: what can be seen is that settings are set, bytes are the same,
 * and each thing that is wrong is told. */
#include "../tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "link/serial.h"

static const char *taken(struct marks *m, const char *raw, size_t n)
{
	static char text[128];
	uint8_t bytes[32], faults[32];
	size_t at = 0, got = marks_take(m, FAULT_PARITY, span_of(raw, n), bytes, faults);
	*text = '\0';
	for (size_t i = 0; i < got; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%02X:%u", i ? " " : "", bytes[i], faults[i]);
	return text;
}

static void marks(void)
{
	struct marks m = { 0 };
	is(taken(&m, "AB", 2), "41:0 42:0", "bytes without a mark");
	is(taken(&m, "\xFF\xFF" "C", 3), "FF:0 43:0", "FF is doubled");
	is(taken(&m, "A\xFF\0B", 4), "41:0 42:1", "a byte with an error");
	is(taken(&m, "\xFF\0\0A", 4), "00:3 41:0", "a break");
	is(taken(&m, "\xFF", 1), "", "half a mark waits");
	is(taken(&m, "\0", 1), "", "and two thirds");
	is(taken(&m, "\xFF" "A", 2), "FF:1 41:0", "until it is whole: FF itself in error");
	is(taken(&m, "\xFF" "Q", 2), "FF:0 51:0", "FF that a driver has not doubled");
}

/* The far end; its name in `path`. */
static int pair(char *path, size_t room)
{
	int far = posix_openpt(O_RDWR | O_NOCTTY);
	if (far < 0 || grantpt(far) < 0 || unlockpt(far) < 0 || ptsname_r(far, path, room) != 0)
		abort();
	return far;
}

static void lines(void)
{
	static const struct serial_settings slow = { .baud = 1200, .mode = "7e1" }, fast = { .baud = 115200, .mode = "8n2" },
	                                    odd = { .baud = 1234, .mode = "8n1" };
	char path[64];
	const char *why = "";
	uint8_t bytes[64], faults[64];
	struct serial s, second;
	struct termios t;
	int far = pair(path, sizeof path);

	ok(serial_open(&s, path, &slow, false, &why) == 0, "a pseudo-terminal is opened %s", why);
	ok(tcgetattr(s.fd, &t) == 0 && cfgetispeed(&t) == B1200 && t.c_iflag & PARMRK && !(t.c_lflag & (ECHO | ICANON)),
	   "at its speed, raw, errors marked");
	ok(serial_read(&s, bytes, faults, sizeof bytes) < 0 && errno == EAGAIN, "nothing has come yet");
	ok(write(far, "1\xFF\x14", 3) == 3 && serial_read(&s, bytes, faults, sizeof bytes) == 3 && bytes[1] == 0xFF &&
	   faults[1] == FAULT_NONE && bytes[2] == 0x14, "bytes are what they were");
	ok(serial_write(&s, SPAN("\x06")) == 1 && read(far, bytes, sizeof bytes) == 1 && bytes[0] == 6, "an answer leaves as it is");
	ok(write(far, "old", 3) == 3 && serial_change(&s, &fast, &why) == 0 && tcgetattr(s.fd, &t) == 0 &&
	   cfgetispeed(&t) == B115200 && t.c_cflag & CSTOPB, "other settings on the open port");
	ok(serial_read(&s, bytes, faults, sizeof bytes) < 0 && errno == EAGAIN, "what came under the old ones is dropped");
	ok(serial_change(&s, &odd, &why) < 0 && errno == EINVAL && strstr(why, "baud="), "a speed that it cannot do: %s", why);
	ok(serial_open(&second, path, &slow, true, &why) < 0 && strstr(why, "busy"), "open once: %s", why);
	struct serial_counts counts;
	ok(!serial_counts(&s, &counts), "it counts no errors");
	close(far);
	ok(serial_read(&s, bytes, faults, sizeof bytes) == 0, "unplugged");
	serial_close(&s);
	ok(s.fd == -1, "closed");
}

static void read_only(void)
{
	static const struct serial_settings usual = { .baud = 9600, .mode = "8n1" }, seven = { .baud = 9600, .mode = "7e1" };
	char path[64];
	const char *why = "";
	struct serial s;
	int far = pair(path, sizeof path);
	ok(serial_open(&s, path, &usual, true, &why) == 0, "opened to listen only %s", why);
	ok(serial_write(&s, SPAN("\x06")) < 0 && errno == EBADF, "the system itself refuses to write");
	serial_close(&s);
	for (int i = 0; i < 2; i++) {
		ok(serial_open(&s, path, &seven, false, &why) == 0, "closed is free again %s", why);
		ok(serial_change(&s, &seven, &why) == 0 && serial_change(&s, &usual, &why) == 0, "set to what it was set to %s", why);
		serial_close(&s);
	}
	ok(serial_open(&s, path, &usual, false, &why) == 0, "as often as one likes %s", why);
	serial_close(&s);
	close(far);
}

static void refused(const char *path, const char *with)
{
	static const struct serial_settings usual = { .baud = 9600, .mode = "8n1" };
	const char *why = "";
	struct serial s;
	ok(serial_open(&s, path, &usual, false, &why) < 0 && strstr(why, with) && s.fd == -1, "%s: %s", path, why);
}

int main(void)
{
	marks();
	lines();
	read_only();
	refused("/dev/no-such-port", "plugged in");
	refused("/dev/null", "not a serial port");
	refused("/", "not a serial port");
	return done();
}
