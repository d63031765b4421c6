/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/clock.h"

#include <time.h>

#include "util/cursor.h"
#include "util/hex.h"

static msec read_clock(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (msec)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

msec clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

msec clock_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_steady_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar,
 * counted in 400-year eras of 146097 days that begin on 1 March. */
static int64_t days_from_date(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, struct civil *c)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;
	c->day = (int)(of_year - (153 * m + 2) / 5 + 1);
	c->month = (int)(m < 10 ? m + 3 : m - 9);
	c->year = (int)(year + era * 400 + (c->month <= 2));
}

struct civil clock_civil(msec t)
{
	int64_t days = (t >= 0 ? t : t - (DAY - 1)) / DAY;
	int64_t rest = t - days * DAY;
	struct civil c = {
		.hour = (int)(rest / HOUR), .minute = (int)(rest / MINUTE % 60),
		.second = (int)(rest / SECOND % 60), .ms = (int)(rest % SECOND),
	};
	date_from_days(days, &c);
	return c;
}

static bool is_date(int year, int month, int day)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap);
}

msec clock_from_civil(const struct civil *c)
{
	/* Records come many to a day: its date is checked and counted once. */
	static _Thread_local struct { int year, month, day; int64_t days; } known;
	if (c->day != known.day || c->month != known.month || c->year != known.year || known.day == 0) {
		if (!is_date(c->year, c->month, c->day))
			return CLOCK_NONE;
		known.year = c->year;
		known.month = c->month;
		known.day = c->day;
		known.days = days_from_date(c->year, c->month, c->day);
	}
	if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 || c->second > 60 || c->ms < 0 || c->ms > 999)
		return CLOCK_NONE;
	return known.days * DAY + c->hour * HOUR + c->minute * MINUTE + c->second * SECOND + c->ms;
}

static inline void put_two(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)('0' + value / 10);
	p[1] = (uint8_t)('0' + value % 10);
}

void clock_put(struct buf *out, msec t)
{
	/* Records come many to a day: the date is worked out once. */
	static _Thread_local int64_t known = INT64_MIN;
	static _Thread_local uint8_t text[CLOCK_TEXT];

	int64_t day = (t >= 0 ? t : t - (DAY - 1)) / DAY;
	if (day != known) {
		struct civil c = clock_civil(day * DAY);
		memcpy(text, "0000-00-00T00:00:00.000Z", CLOCK_TEXT);
		put_two(text, (unsigned)c.year / 100 % 100);
		put_two(text + 2, (unsigned)c.year % 100);
		put_two(text + 5, (unsigned)c.month);
		put_two(text + 8, (unsigned)c.day);
		known = day;
	}
	unsigned ms = (unsigned)(t - day * DAY), second = ms / 1000;
	put_two(text + 11, second / 3600);
	put_two(text + 14, second / 60 % 60);
	put_two(text + 17, second % 60);
	put_two(text + 20, ms % 1000 / 10);
	text[22] = (uint8_t)('0' + ms % 10);
	buf_add(out, text, CLOCK_TEXT);
}

static msec zone_offset(struct cursor *c)
{
	if (cursor_skip(c, 'Z') || cursor_skip(c, 'z'))
		return 0;
	int sign = cursor_u8(c) == '-' ? 1 : -1;
	msec hours = cursor_digits(c, 2, 10);
	cursor_expect(c, ':');
	return sign * (hours * HOUR + (msec)cursor_digits(c, 2, 10) * MINUTE);
}

#define TO_SECONDS (sizeof "2026-01-13T20:14:03" - 1)

static bool read_civil(const uint8_t p[static TO_SECONDS], struct civil *t)
{
	int century, year;
	bool sound = p[4] == '-' && p[7] == '-' && (p[10] == 'T' || p[10] == 't' || p[10] == ' ') && p[13] == ':' && p[16] == ':' &&
	             two_digits(p, &century) && two_digits(p + 2, &year) && two_digits(p + 5, &t->month) &&
	             two_digits(p + 8, &t->day) && two_digits(p + 11, &t->hour) && two_digits(p + 14, &t->minute) &&
	             two_digits(p + 17, &t->second);
	if (sound)
		t->year = century * 100 + year;
	return sound;
}

msec clock_parse(struct span s)
{
	struct cursor c = cursor_over(s);
	struct span to_seconds = cursor_take(&c, TO_SECONDS);
	struct civil t = { 0 };
	if (!cursor_ok(&c) || !read_civil(to_seconds.p, &t))
		return CLOCK_NONE;
	if (cursor_skip(&c, '.')) {
		struct span fraction = cursor_while(&c, is_digit, SIZE_MAX);
		int weight = 100;
		for (size_t i = 0; i < fraction.n && weight; i++, weight /= 10)
			t.ms += (fraction.p[i] - '0') * weight;
	}
	int next = cursor_peek(&c);
	if (next != 'Z' && next != 'z' && next != '+' && next != '-')
		return CLOCK_NONE;
	msec offset = zone_offset(&c);
	msec at = clock_from_civil(&t);
	return cursor_ok(&c) && cursor_end(&c) && at != CLOCK_NONE ? at + offset : CLOCK_NONE;
}

msec clock_duration(struct span s)
{
	static const struct {
		const char *unit;
		msec length;
	} units[] = {
		{ "", SECOND }, { "ms", 1 }, { "s", SECOND }, { "m", MINUTE }, { "min", MINUTE },
		{ "h", HOUR }, { "d", DAY }, { "j", DAY }, { "w", 7 * DAY },
	};
	struct cursor c = cursor_over(s);
	struct span number = cursor_while(&c, is_digit, 9);
	if (number.n == 0)
		return CLOCK_NONE;
	msec value = 0;
	for (size_t i = 0; i < number.n; i++)
		value = value * 10 + (number.p[i] - '0');
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_is(c.rest, units[i].unit))
			return value * units[i].length;
	return CLOCK_NONE;
}
