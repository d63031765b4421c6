/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds as Nagios writes them, check records, and the plugin's line. */
#include "../tap.h"
#include "event/check.h"

static void ranges(void)
{
	static const struct {
		const char *text;
		double good[3], bad[3];
	} cases[] = {
		{ "10", { 0, 5, 10 }, { -1, 10.1, 99 } },
		{ "10:", { 10, 11, 1e9 }, { 9.9, 0, -5 } },
		{ "~:10", { -99, 0, 10 }, { 10.5, 11, 99 } },
		{ "10:20", { 10, 15, 20 }, { 9, 21, -10 } },
		{ "@10:20", { 9, 21, -10 }, { 10, 15, 20 } },
		{ "-5:5", { -5, 0, 5 }, { -6, 6, 99 } },
		{ ":7.5", { -1, 0, 7.5 }, { 8, 9, 10 } },
	};
	static const char *const none[] = { "", "x", "10:5", "1:2:3", "@", "1e999", "10x", "nan" };
	struct range r;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool right = range_parse(&r, span_str(cases[i].text)) == 0;
		for (int j = 0; j < 3; j++)
			right &= !range_is_broken(&r, cases[i].good[j]) && range_is_broken(&r, cases[i].bad[j]);
		ok(right, "the range %s", cases[i].text);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ok(range_parse(&r, span_str(none[i])) < 0, "no range: \"%s\"", none[i]);
	r = (struct range){ 0 };
	ok(!range_is_broken(&r, 1e9), "one that is not set is never broken");
}

static struct check disk(double value)
{
	struct check c = { .check = "disk", .device = SPAN("/var/lib/vigie"), .text = SPAN("little room | left") };
	range_parse(&c.warning, SPAN("10:"));
	range_parse(&c.critical, SPAN("5:"));
	check_judge(&c, value, "%");
	return c;
}

static void records(void)
{
	struct checks all;
	struct buf out = { 0 };
	struct check c = disk(7.25);
	checks_begin(&all, false, 1768335243120);
	all.epoch[0] = '\0';
	buf_reset(&all.node);
	buf_lit(&all.node, "n");
	checks_put(&all, &c, &out);
	is(buf_cstr(&out), "{\"type\":\"check\",\"id\":\"n.-1\",\"at\":\"2026-01-13T20:14:03.120Z\",\"device\":\"/var/lib/vigie\",\"check\":\"disk\","
	   "\"state\":\"warning\",\"value\":7.250,\"unit\":\"%\",\"text\":\"little room | left\"}\n", "a record");
	ok(checks_end(&all, &out) == 1, "what is not well: 1");
	checks_begin(&all, false, 0);
	c = disk(50);
	checks_put(&all, &c, &out);
	ok(checks_end(&all, &out) == 0, "all is well: 0");
	checks_begin(&all, false, 0);
	c = (struct check){ .check = "parity", .unit = "", .confidence = 99, .bytes = SPAN("\xB1" "0\x14") };
	buf_reset(&out);
	checks_put(&all, &c, &out);
	ok(strstr(buf_cstr(&out), "\"state\":\"ok\",\"confidence\":99,\"bytes\":\"B1 30 14\"}\n") != NULL, "a conclusion, and what shows it");
	checks_end(&all, &out);
	buf_free(&out);
}

static void nagios(void)
{
	struct checks all;
	struct buf out = { 0 };
	struct check c = disk(50), d = { .check = "heartbeat", .device = SPAN("R2"), .state = CHECK_UNKNOWN, .text = SPAN("not known") };
	checks_begin(&all, true, 0);
	checks_put(&all, &c, &out);
	ok(checks_end(&all, &out) == 0, "nagios: 0");
	is(buf_cstr(&out), "VIGIE OK: 1 checks | '/var/lib/vigie disk'=50%;10:;5:\n", "its line");
	buf_reset(&out);
	checks_begin(&all, true, 0);
	c = disk(2);
	checks_put(&all, &c, &out);
	checks_put(&all, &d, &out);
	ok(checks_end(&all, &out) == 2, "critical before unknown");
	is(buf_cstr(&out), "VIGIE CRITICAL: /var/lib/vigie: little room   left; R2: not known | '/var/lib/vigie disk'=2%;10:;5:\n", "what is wrong");
	buf_reset(&out);
	checks_begin(&all, true, 0);
	ok(checks_end(&all, &out) == 3, "nothing looked at: 3");
	buf_free(&out);
}

int main(void)
{
	ranges();
	records();
	nagios();
	return done();
}
