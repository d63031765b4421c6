/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line asks for.  Filled once, then read by all parts. */
#ifndef VIGIE_ALARMCAP_SETTINGS_H
#define VIGIE_ALARMCAP_SETTINGS_H

#include "capture/packet.h"
#include "link/source.h"

/* A source on the network: which end of a connection speaks as a panel. */
struct place {
	struct source source;
	struct endpoint end;	/* host_n 0: any address */
	bool speaks;		/* it is the end that sends signals (a receiver that we dial) */
	uint8_t protocol;	/* IP_TCP, IP_UDP */
};

struct settings {
	const char *file, *device;	/* one of them */
	const char *filter, *user;
	char *keys;
	bool keys_given;
	bool promiscuous, any_sum;
	bool answers, no_polls, no_clear, report, json, check;
	msec wait;		/* for an answer */
	msec repeat_window;
	size_t connections, held, stream, panels;
	struct place *place;
	unsigned places;
};

/* A wrong call is told and ends the process with 2. */
void settings_read(struct settings *s, int argc, char **argv);
void settings_free(struct settings *s);

/* The place at one of the packet's ends, NULL: none; *panel is true when
 * the packet comes from the end that speaks. */
const struct place *settings_find(const struct settings *s, const struct packet *p, bool *panel);

/* The filter that the places make for an interface; empty: everything that is TCP or UDP. */
void settings_filter(const struct settings *s, struct buf *out);

#endif
