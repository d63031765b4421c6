/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/damage.h"

#include <inttypes.h>
#include <stdio.h>

#include "json/write.h"
#include "spool/segment.h"

size_t damage_id(char id[static DAMAGE_ID], uint64_t segment, uint64_t offset)
{
	int n = snprintf(id, DAMAGE_ID, "%0*" PRIu64 "@%" PRIu64, SEGMENT_DIGITS, segment % UINT64_C(10000000000), offset);
	return (size_t)n;
}

void damage_put(struct buf *out, const struct damage *d)
{
	char id[DAMAGE_ID];
	size_t n = damage_id(id, d->segment, d->offset);
	json_begin(out);
	json_str(out, KEY("type"), SPAN("error"));
	json_str(out, KEY("id"), span_of(id, n));
	json_time(out, KEY("at"), d->at);
	json_str(out, KEY("error"), span_str(d->error));
	json_str(out, KEY("detail"), span_str(d->detail));
	if (d->bytes.n)
		json_bytes(out, d->bytes);
	if (d->parts > 1) {
		json_int(out, KEY("part"), d->part);
		json_int(out, KEY("parts"), d->parts);
	}
	json_end(out);
	buf_byte(out, '\n');
}
