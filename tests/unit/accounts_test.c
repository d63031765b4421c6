/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../../cmd/alarmrecv/accounts.c"

#include <fcntl.h>
#include <unistd.h>

#include "../tap.h"

static char path[] = "/tmp/vigie-accounts-XXXXXX";

/* NULL when the text is taken, else what is wrong, without the file's name. */
static const char *load(struct accounts *a, const char *text)
{
	const char *why = NULL;
	FILE *f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
	if (accounts_load(a, path, &why) == 0)
		return NULL;
	return strncmp(why, path, strlen(path)) == 0 ? why + strlen(path) : why;
}

static const struct account *find(const struct accounts *a, const char *source, const char *line, const char *name)
{
	return accounts_find(a, source, span_str(line), span_str(name));
}

static void most_specific(void)
{
	struct accounts a = { 0 };
	ok(!load(&a, "# what stands for what\n"
	             "\n"
	             "*  *   1002 path=any\n"
	             "R1 *   1002 path=source\t# a remark\r\n"
	             "*  L12 1002 path=line\n"
	             "R1 L12 1002 path=both\n"
	             "R1 *   00A7\n"
	             "*  L   22AB path=bare\n"), "a file");
	is(find(&a, "R1", "12", "1002")->path, "both", "source and line");
	is(find(&a, "R1", "0", "1002")->path, "source", "source");
	is(find(&a, "R2", "12", "1002")->path, "line", "line");
	is(find(&a, "R2", "", "1002")->path, "any", "any");
	ok(find(&a, "R1", "0", "00a7"), "compared without case");
	ok(!find(&a, "R1", "0", "A7") && !find(&a, "R1", "0", "000A7"), "leading zeros count");
	ok(!find(&a, "R2", "0", "00A7"), "not at another source");
	ok(!find(&a, "R1", "0", "1003") && !find(&a, "R1", "0", ""), "not in the file");
	ok(find(&a, "R1", "", "22AB") && !find(&a, "R1", "0", "22AB"), "L alone is the line without digits");
	accounts_free(&a);
	ok(!find(&a, "R1", "0", "1002"), "nothing is known without a file");
}

static msec silence(const char *options)
{
	struct accounts a = { 0 };
	struct buf text = { 0 };
	buf_printf(&text, "R1 0 1002 %s\n", options);
	const char *why = load(&a, buf_cstr(&text));
	msec got = why ? CLOCK_NONE : a.account[0].silence;
	buf_free(&text);
	accounts_free(&a);
	return got;
}

static void classes_and_intervals(void)
{
	ok(silence("") == 0, "not supervised");
	ok(silence("interval=30s") == 90 * SECOND, "three polls of 30 s");
	ok(silence("interval=15m") == 45 * MINUTE, "of 15 min");
	ok(silence("interval=24h") == 25 * HOUR, "a daily test has an hour");
	ok(silence("class=SP1") == 32 * DAY && silence("class=SP2") == 25 * HOUR && silence("class=SP3") == 30 * MINUTE,
	   "SP1 to SP3");
	ok(silence("class=SP4") == 3 * MINUTE && silence("class=SP5") == 90 * SECOND && silence("class=sp6") == 20 * SECOND,
	   "SP4 to SP6");
	ok(silence("class=DP1") == 25 * HOUR && silence("class=DP2 path=1") == 30 * MINUTE, "DP1, DP2");
	ok(silence("class=DP3") == 3 * MINUTE && silence("path=1 class=DP4") == 90 * SECOND, "DP3, DP4");
	ok(silence("class=DP1 path=2") == 50 * HOUR && silence("class=DP2 path=2") == 25 * HOUR, "DP1, DP2, the other path");
	ok(silence("class=DP3 path=2") == 25 * HOUR && silence("path=2 class=DP4") == 5 * HOUR, "DP3, DP4, the other path");
	ok(silence("class=SP4 interval=30s") == 90 * SECOND && silence("interval=30m class=SP4") == 3 * MINUTE,
	   "the shorter of the two");
}

static void refused(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "R1 0\n", ":1: a line is" }, { "R1 0 *\n", ":1: a line is" }, { "R1 0 # 1002\n", ":1: a line is" },
		{ "\n# x\nR1 0 1002 interval=fast\n", ":3: an interval is" }, { "R1 0 1002 interval=0s", ":1: an interval is" },
		{ "R1 0 1002 interval=-5\n", ":1: an interval is" }, { "R1 0 1002 interval=9999999999999999s\n", ":1: an interval is" },
		{ "R1 0 1002 class=SP7\n", ":1: a class is" }, { "R1 0 1002 class=\n", ":1: a class is" },
		{ "R1 0 1002 class=SP4 path=2\n", ":1: a class of a single path" },
		{ "R1 0 1002 path=\n", ":1: path= wants" }, { "R1 0 1002 clear=no\n", ":1: clear= is" },
		{ "R1 0 1002 Interval=30s\n", ":1: an option is" },
		{ "R1 0 1002\nR1 0 1003\nR1 L0 1002 path=2\n", ":3: the same source, line and account as in line 1" },
		{ "* * 00a7\n* * 00A7\n", ":2: the same source" },
	};
	struct accounts a = { 0 };
	load(&a, "R1 0 1008 clear=refuse\n");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *why = load(&a, cases[i].text);
		ok(why && strncmp(why, cases[i].why, strlen(cases[i].why)) == 0, "refused: %s", cases[i].why);
		if (why && strncmp(why, cases[i].why, strlen(cases[i].why)))
			printf("# %s\n", why);
	}
	ok(find(&a, "R1", "0", "1008") && find(&a, "R1", "0", "1008")->refuse_clear, "what was there stays");
	unlink(path);
	const char *why;
	ok(accounts_load(&a, path, &why) < 0 && strstr(why, "No such file"), "no file: %s", why);
	accounts_free(&a);
}

static void many(void)
{
	struct accounts a = { 0 };
	struct buf text = { 0 };
	unsigned wrong = 0;
	char name[16];
	for (unsigned i = 0; i < 5000; i++)
		buf_printf(&text, "R%u * %04X\n", i % 3, i * 7919 % 5000);
	ok(!load(&a, buf_cstr(&text)), "five thousand");
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "%04x", i);
		unsigned found = 0;
		for (unsigned r = 0; r < 3; r++)
			found += find(&a, r == 0 ? "R0" : r == 1 ? "R1" : "R2", "", name) != NULL;
		wrong += found != 1;
	}
	ok(wrong == 0, "each is found, at its source");
	buf_free(&text);
	accounts_free(&a);
}

int main(void)
{
	close(mkstemp(path));
	most_specific();
	classes_and_intervals();
	refused();
	close(open(path, O_CREAT | O_WRONLY, 0600));
	many();
	unlink(path);
	return done();
}
