/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sur-Gard receivers on serial lines: pseudo-terminals at the pace of real
 * ones, a millisecond's bytes at a time as a UART hands them over.  Each
 * sends its next event as soon as the last one is acknowledged.  Prints the
 * devices, waits for a line on stdin, and prints the figures as JSON: how long
 * from a record's last byte to its ACK. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/histogram.h"
#include "util/log.h"

#define USAGE "lines [-c LINES] [-b BAUD] [-t SECONDS]\n"
#define LINES_MOST 64
#define LIMIT_US 2000000	/* an Ademco 685 waits no longer */

struct line {
	int fd, near;
	char record[32];
	size_t length, sent;
	int64_t began_us;	/* when its first byte left */
	int64_t ended_us;	/* its last one; 0: not yet */
	uint64_t events, acked, refused;
};

static struct line line[LINES_MOST];
static unsigned lines = 8, baud = 115200;
static double seconds = 10;
static struct histogram delay;

static void open_line(struct line *l)
{
	struct termios t;
	l->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (l->fd < 0 || grantpt(l->fd) < 0 || unlockpt(l->fd) < 0)
		die(EXIT_WORK, "no pseudo-terminal");
	l->near = open(ptsname(l->fd), O_RDWR | O_NOCTTY);	/* held, so that nothing is echoed before it is opened */
	if (l->near < 0 || tcgetattr(l->near, &t) < 0)
		die(EXIT_WORK, "%s cannot be opened", ptsname(l->fd));
	cfmakeraw(&t);
	tcsetattr(l->near, TCSANOW, &t);
	puts(ptsname(l->fd));
}

static void begin_record(struct line *l, int64_t now)
{
	uint64_t n = l->events++;
	l->length = (size_t)snprintf(l->record, sizeof l->record, "5021 18%04uE130%02u%03u\x14", (unsigned)(n / 100000 % 9000) + 1000,
	                             (unsigned)(n / 1000 % 100), (unsigned)(n % 1000));
	l->sent = 0;
	l->began_us = now;
	l->ended_us = 0;
}

/* What a line of this speed has carried by now. */
static void carry(struct line *l, int64_t now)
{
	size_t due = (size_t)((now - l->began_us) * baud / 10 / 1000000);
	if (due > l->length)
		due = l->length;
	if (due <= l->sent)
		return;
	ssize_t n = write(l->fd, l->record + l->sent, due - l->sent);
	l->sent += n > 0 ? (size_t)n : 0;
	if (l->sent == l->length)
		l->ended_us = now;
}

static void hear(struct line *l, int64_t now, bool more)
{
	char answer[16];
	ssize_t n = read(l->fd, answer, sizeof answer);
	if (n <= 0)
		return;
	if (n > 1 || *answer != 6 || !l->ended_us) {
		l->refused++;
		return;
	}
	l->acked++;
	histogram_add(&delay, (uint64_t)(now - l->ended_us));
	l->ended_us = 0;
	l->length = l->sent = 0;
	if (more)
		begin_record(l, now);
}

static bool is_busy(void)
{
	for (unsigned i = 0; i < lines; i++)
		if (line[i].length)
			return true;
	return false;
}

static void run(void)
{
	struct pollfd wait[LINES_MOST];
	int64_t now = clock_steady_us(), end = now + (int64_t)(seconds * 1e6);
	for (unsigned i = 0; i < lines; i++) {
		wait[i] = (struct pollfd){ .fd = line[i].fd, .events = POLLIN };
		begin_record(&line[i], now);
	}
	while (is_busy() && now < end + LIMIT_US) {
		poll(wait, lines, 1);
		now = clock_steady_us();
		for (unsigned i = 0; i < lines; i++) {
			hear(&line[i], now, now < end);
			carry(&line[i], now);
		}
	}
}

static void report(void)
{
	uint64_t events = 0, acked = 0, refused = 0;
	for (unsigned i = 0; i < lines; i++) {
		events += line[i].events;
		acked += line[i].acked;
		refused += line[i].refused;
	}
	printf("{\"lines\":%u,\"baud\":%u,\"events\":%llu,\"acked\":%llu,\"refused\":%llu,\"per_s\":%.0f,\"p50_us\":%llu,\"p99_us\":%llu,"
	       "\"max_us\":%llu}\n", lines, baud, (unsigned long long)events, (unsigned long long)acked, (unsigned long long)refused,
	       (double)acked / seconds, (unsigned long long)histogram_at(&delay, 500), (unsigned long long)histogram_at(&delay, 990),
	       (unsigned long long)delay.most);
}

int main(int argc, char **argv)
{
	int option;
	log_name = "lines";
	while ((option = getopt(argc, argv, "c:b:t:")) != -1)
		switch (option) {
		case 'c': lines = (unsigned)atoi(optarg); break;
		case 'b': baud = (unsigned)atoi(optarg); break;
		case 't': seconds = atof(optarg); break;
		default: fputs(USAGE, stderr); return EXIT_CALL;
		}
	if (lines == 0 || lines > LINES_MOST || baud == 0)
		die(EXIT_CALL, "1 to %u lines", LINES_MOST);
	for (unsigned i = 0; i < lines; i++)
		open_line(&line[i]);
	fflush(stdout);
	if (getchar() == EOF)
		return EXIT_CALL;
	run();
	report();
	return is_busy() ? EXIT_NO : EXIT_OK;
}
