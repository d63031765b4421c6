/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where signals come from and go to, as one URL:
 *
 *	dc09+tcp://[HOST]:PORT#NAME		listens; without HOST on every address
 *	dc09+tcp-connect://HOST:PORT#NAME	dials out
 *	dc09+udp://[HOST]:PORT#NAME
 *	surgard+serial:///dev/ttyUSB0?baud=9600&mode=8n1#NAME	also flow=rtscts|xonxoff, dtr=off, rts=off
 *	wire:FILE, wire:-			lines TIME PATH FRAME
 *
 * NAME is the centre's name for it.  An IPv6 address stands in brackets.  A
 * source owns its strings but for `url`. */
#ifndef VIGIE_LINK_SOURCE_H
#define VIGIE_LINK_SOURCE_H

#include "link/serial.h"
#include "proto/proto.h"

enum transport { OVER_TCP, OVER_TCP_CONNECT, OVER_UDP, OVER_SERIAL, OVER_WIRE };

struct source {
	const char *url;	/* as it was given: how it is named to people */
	const struct protocol *proto;	/* wire: DC-09, which the lines' frames are in; NULL: source_parse_any() */
	enum transport transport;
	char *host;		/* without brackets; empty: every address */
	char *port;		/* decimal; "0": one that is free */
	char *path;		/* serial: the device; wire: the file, "-" for stdin */
	struct serial_settings serial;	/* as far as the URL says; serial_usual() says the rest */
	char *name;		/* empty when the URL gives none */
};

/* The url is kept, not copied.  -1 and *why (translated, without the url). */
int source_parse(struct source *s, const char *url, const char **why);

/* The same, but "serial://…" and "auto+serial://…" do too, for who finds the
 * protocol out: s->proto is NULL then. */
int source_parse_any(struct source *s, const char *url, const char **why);

/* "tcp", "udp", "serial", "wire": as records name it. */
const char *transport_via(enum transport t);

void source_free(struct source *s);

#endif
