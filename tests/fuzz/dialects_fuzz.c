/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of dialects: read, or refused in one line; and where an
 * alarm of life safety is read by it, it is one still or the file says quieter. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct event_list list;

static bool knows(struct span format)
{
	const struct format *f = format_find(format);
	return f && !f->speaks;
}

static void hold_up(const struct dialects *d, bool quieter)
{
	event_list_reset(&list);
	if (d->n == 0 || format_find(SPAN("cid"))->decode(SPAN("1122 01 003"), LANG_EN, &list) != V_OK)
		return;
	struct event *ev = &list.event[0];
	format_by_dialect(ev, d->dialect[d->n - 1], LANG_EN);
	if (!quieter && !(span_is(event_get(ev, F_KIND), "alarm") && span_is(event_get(ev, F_SEVERITY), "4")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vocabulary vocabulary = { knows, format_row };
	static int fd = -1;
	static char path[64];
	struct dialects dialects = { 0 };
	const char *why = NULL;
	if (fd < 0) {
		fd = memfd_create("dialects", 0);
		if (fd < 0)
			abort();
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (dialects_load(&dialects, path, &vocabulary, &why) < 0) {
		if (!why || strchr(why, '\n'))
			abort();
	} else {
		dialects_find(&dialects, SPAN("R1"), SPAN("0"), SPAN("1002"));
		hold_up(&dialects, memmem(data, size, "quieter", 7) != NULL);
	}
	dialects_free(&dialects);
	return 0;
}
