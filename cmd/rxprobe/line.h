/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line under examination: a serial port, a connection that we make, or
 * those that are made to us.  Nothing is written but by line_send(), and a
 * port that shall not be written to is opened for reading alone. */
#ifndef VIGIE_RXPROBE_LINE_H
#define VIGIE_RXPROBE_LINE_H

#include "link/address.h"
#include "link/exam.h"
#include "link/source.h"
#include "loop/loop.h"

struct line {
	struct loop *loop;
	const struct source *source;
	struct exam *exam;		/* all that runs over the line goes there */
	bool writes;
	/* What has come, after the examination has it; may be NULL. */
	void (*heard)(struct line *l, struct span bytes, const uint8_t *faults);
	/* internal */
	struct serial serial;
	struct watch listener, watch;	/* fd -1: none */
	struct timer again;
	struct address to;
};

/* -1 and *why (translated). */
int line_open(struct line *l, const char **why);

/* A port's settings, from now on.  As line_open(). */
int line_set(struct line *l, const struct serial_settings *set, const char **why);

/* Is there somebody to send to? */
bool line_is_up(const struct line *l);

/* False: not all of it could leave at once. */
bool line_send(struct line *l, struct span bytes);

void line_close(struct line *l);

#endif
