/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serial ports.  libserialport opens and sets real ones and stays in here; a
 * pseudo-terminal, which it refuses, goes through termios behind the same
 * functions.  A port is ours alone while it is open, its descriptor never
 * blocks, and nothing is written to it but by serial_write().  Opening
 * raises DTR and RTS, as the system does for every program. */
#ifndef VIGIE_LINK_SERIAL_H
#define VIGIE_LINK_SERIAL_H

#include <sys/types.h>

#include "link/marks.h"

enum flow { FLOW_NONE, FLOW_RTSCTS, FLOW_XONXOFF };

struct serial_settings {
	unsigned baud;		/* 0: not said */
	char mode[4];		/* data bits, parity (n, e, o), stop bits: "8n1"; empty: not said */
	enum flow flow;
	bool dtr_off, rts_off;	/* else they are on: an Ademco 685 says nothing to a computer without DTR */
};

/* The same with 9600 and 8n1 where it does not say: what most receivers leave the factory with. */
struct serial_settings serial_usual(struct serial_settings said);

struct sp_port;

struct serial {
	int fd;			/* for the loop; -1: closed */
	/* The rest is internal. */
	struct sp_port *port;	/* NULL: a pseudo-terminal */
	int lock;		/* what the lock on a real port hangs on, else -1 */
	struct serial_settings settings;
	struct marks marks;
};

/* Opens path with settings that are whole (serial_usual).  May be called again
 * and again for a port that is not there; does not wait for a carrier.  -1,
 * errno, and *why (translated, without the path): what to do. */
int serial_open(struct serial *s, const char *path, const struct serial_settings *settings, bool read_only,
                const char **why);

/* Other settings from now on; what has come and not been read is dropped.  As serial_open(). */
int serial_change(struct serial *s, const struct serial_settings *settings, const char **why);

/* What has come: bytes, and beside each an enum fault.  Without parity a fault
 * is one of framing; with it the system does not say which of the two.  At
 * most room of each, which is at least 2.  0: the port is gone (unplugged).
 * -1 and errno, EAGAIN where nothing has come. */
ssize_t serial_read(struct serial *s, uint8_t *bytes, uint8_t *faults, size_t room);

/* As much as can leave at once: how many bytes, or -1 and errno. */
ssize_t serial_write(struct serial *s, struct span bytes);

/* What the hardware has counted since the system started: tells framing from
 * parity.  false: this port counts nothing. */
struct serial_counts {
	unsigned received, framing, parity, overrun, breaks;
};
bool serial_counts(const struct serial *s, struct serial_counts *c);

void serial_close(struct serial *s);

#endif
