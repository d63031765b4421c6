/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "when.h"

#include "util/cursor.h"

struct tm when_local(msec at)
{
	time_t seconds = (time_t)((at - (at < 0 ? 999 : 0)) / SECOND);
	struct tm tm = { 0 };
	localtime_r(&seconds, &tm);
	return tm;
}

/* mktime() mends a 31 February; what it mended was no date. */
static msec from_local(struct tm tm)
{
	struct tm asked = tm;
	tm.tm_isdst = -1;
	time_t seconds = mktime(&tm);
	bool same = tm.tm_mday == asked.tm_mday && tm.tm_mon == asked.tm_mon && tm.tm_year == asked.tm_year;
	return same ? (msec)seconds * SECOND : CLOCK_NONE;
}

static bool read_date(struct cursor *c, struct tm *tm)
{
	tm->tm_year = (int)cursor_digits(c, 4, 10) - 1900;
	cursor_expect(c, '-');
	tm->tm_mon = (int)cursor_digits(c, 2, 10) - 1;
	cursor_expect(c, '-');
	tm->tm_mday = (int)cursor_digits(c, 2, 10);
	return cursor_ok(c);
}

static bool read_clock(struct cursor *c, struct tm *tm)
{
	tm->tm_hour = (int)cursor_digits(c, 2, 10);
	cursor_expect(c, ':');
	tm->tm_min = (int)cursor_digits(c, 2, 10);
	if (cursor_skip(c, ':'))
		tm->tm_sec = (int)cursor_digits(c, 2, 10);
	return cursor_ok(c) && cursor_end(c) && tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec < 61;
}

static msec read_local(struct span s, msec now, bool end)
{
	struct tm tm = when_local(now);
	struct cursor c = cursor_over(s);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	if (s.n > 2 && s.p[2] == ':')
		return read_clock(&c, &tm) ? from_local(tm) : CLOCK_NONE;
	if (!read_date(&c, &tm) || from_local(tm) == CLOCK_NONE)
		return CLOCK_NONE;
	if (!cursor_end(&c)) {
		if (!cursor_skip(&c, 'T'))
			cursor_expect(&c, ' ');
		return read_clock(&c, &tm) ? from_local(tm) : CLOCK_NONE;
	}
	if (!end)
		return from_local(tm);
	tm.tm_mday++;	/* mktime() knows where the month ends, and that days have 23 or 25 hours */
	tm.tm_isdst = -1;
	return (msec)mktime(&tm) * SECOND;
}

msec when_parse(const char *text, msec now, bool end)
{
	struct span s = span_str(text);
	if (span_is(s, "now"))
		return now;
	msec ago = clock_duration(s);
	if (ago != CLOCK_NONE)
		return now - ago;
	msec at = clock_parse(s);
	return at != CLOCK_NONE ? at : read_local(s, now, end);
}
