/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines for people.  They have no word of a language in them, and their
 * times say how far they are from UTC: so they can be made again, and
 * compared, anywhere. */
#include <time.h>

#include "logbook/transcript.h"
#include "text/terminal.h"
#include "util/hex.h"

#define TIME_TEXT 26	/* 2026-01-13 21:14:03 +01:00 */

static int minutes_from_utc(msec at)
{
	time_t seconds = (time_t)(at / SECOND);
	struct tm tm = { 0 };
	localtime_r(&seconds, &tm);
	return (int)(tm.tm_gmtoff / 60);
}

static void put_time(struct buf *out, msec at, int offset)
{
	struct civil c = clock_civil(at + offset * MINUTE);
	int size = offset < 0 ? -offset : offset;
	buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d %c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second,
	           offset < 0 ? '-' : '+', size / 60, size % 60);
}

static bool late(const struct entry *e)
{
	return !span_is(e->head.kind, KIND_AUTOMATIC) && e->head.entry_at - e->head.event_at >= SECOND;
}

static void put(struct buf *out, const struct entry *e, int event_offset, int entry_offset)
{
	struct body body = body_read(e->body);
	struct buf scratch = { 0 };
	buf_printf(out, "%lld  ", (long long)e->head.number);
	put_time(out, e->head.event_at, event_offset);
	buf_lit(out, "  [");
	terminal_text(out, false, C_NONE, json_text(body.author, &scratch));
	buf_lit(out, "] ");
	terminal_text(out, false, C_NONE, json_text(body.text, &scratch));
	if (late(e)) {
		buf_lit(out, " (");
		put_time(out, e->head.entry_at, entry_offset);
		buf_byte(out, ')');
	}
	buf_byte(out, '\n');
	buf_free(&scratch);
}

void journal_put(struct buf *out, const struct entry *e)
{
	put(out, e, minutes_from_utc(e->head.event_at), minutes_from_utc(e->head.entry_at));
}

/* "+01:00" */
static int read_offset(struct span s)
{
	int hours, minutes;
	if (s.n != 6 || !two_digits(s.p + 1, &hours) || !two_digits(s.p + 4, &minutes))
		return 0;
	return (s.p[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

bool journal_same(struct span line, const struct entry *e)
{
	struct buf again = { 0 };
	ptrdiff_t blank = span_find(line, ' ');
	struct span behind = span_from(line, (size_t)(blank + 2));
	int event_offset = read_offset(span_sub(behind, TIME_TEXT - 6, 6));
	int entry_offset = line.n > 8 ? read_offset(span_sub(line, line.n - 8, 6)) : 0;
	put(&again, e, event_offset, entry_offset);
	bool same = span_eq(buf_view(&again), line);
	buf_free(&again);
	return same;
}
