/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where packets come from: a capture file (pcap or pcapng, also on standard
 * input) or a live interface.  libpcap stays in here.  Never sends anything. */
#ifndef VIGIE_CAPTURE_CAPTURE_H
#define VIGIE_CAPTURE_CAPTURE_H

#include "util/buf.h"

#define CAPTURE_DELAY 50	/* milliseconds that the kernel may keep packets before it shows them */

struct capture;

struct captured {
	int64_t at_us;		/* since 1970, UTC */
	int link;		/* number of the link type, see packet.h */
	struct span bytes;	/* what was captured; valid until the next call */
	size_t wire_n;		/* how long the packet was */
};

/* Opens a file, "-" for standard input.  -1 and *why (translated). */
int capture_open_file(struct capture **c, const char *path, const char **why);

/* Opens an interface, "any" for all.  -1, errno (ENODEV: there is none of this
 * name; EPERM: not allowed; ENETDOWN; EIO) and *why (translated, with what to do). */
int capture_open_live(struct capture **c, const char *device, bool promiscuous, const char **why);

/* Lets only packets pass that fit the expression of pcap-filter(7).  -1 and *why. */
int capture_filter(struct capture *c, const char *expression, const char **why);

/* Is the expression one?  Opens nothing.  -1 and *why. */
int capture_filter_check(const char *expression, const char **why);

enum capture_got {
	CAPTURE_PACKET,
	CAPTURE_NOTHING,	/* live: nothing is waiting; watch capture_fd() */
	CAPTURE_END,
	CAPTURE_TORN,		/* the file ends within a packet, or is damaged from here on: *why */
	CAPTURE_FAILED,		/* *why */
};
enum capture_got capture_next(struct capture *c, struct captured *out, const char **why);

int capture_fd(const struct capture *c);	/* live: readable when packets wait */

/* How far a file has been read, and how long it is; 0 where that is not known. */
uint64_t capture_place(const struct capture *c);
uint64_t capture_size(const struct capture *c);

/* Live: packets that the system had no room to keep for us. */
uint64_t capture_dropped(struct capture *c);

void capture_close(struct capture *c);

#endif
