/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole corpus without the names of its files: what each good case is
 * must be found, and no damaged one be taken for proved.  Prints who is
 * taken for whom. */
#include <dirent.h>
#include <stdlib.h>

#include "../quoted.h"
#include "../tap.h"
#include "proto/detect.h"
#include "util/file.h"

static struct event_list list;
static struct detection found;

static const char *truth;	/* the corpus that is being read */
static char name[200];		/* of the case */
static unsigned good, first, proved, listed, damaged;

/* Who was taken for whom, and how often. */
static struct {
	const char *truth;
	char words[160];
	unsigned n;
} seen[400];
static unsigned kinds;

static void note(const char *what)
{
	struct buf words = { 0 }, line = { 0 };
	detection_words(&found, &words);
	buf_printf(&line, "%s%s %s", what, found.fit ? reading_name(&found.reading[0]) : "nothing", found.fit ? sure_word(found.sure) : "");
	if (words.n)
		buf_printf(&line, " (%s)", buf_cstr(&words));
	unsigned i = 0;
	while (i < kinds && !(seen[i].truth == truth && strcmp(seen[i].words, buf_cstr(&line)) == 0))
		i++;
	if (i == kinds && kinds < sizeof seen / sizeof *seen) {
		seen[kinds].truth = truth;
		snprintf(seen[kinds++].words, sizeof seen->words, "%s", buf_cstr(&line));
	}
	seen[i].n++;
	buf_free(&words);
	buf_free(&line);
}

static bool is_among(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (strcmp(reading_name(&found.reading[i]), truth) == 0 ||
		    (found.reading[i].format && strcmp(found.reading[i].format->name, truth) == 0))
			return true;
	return false;
}

/* What is damaged for one language may be a sound message of another. */
static struct {
	const char *truth;
	struct buf bytes;
} sound[2000];
static unsigned sounds;

static void keep(struct span bytes)
{
	ok(sounds < sizeof sound / sizeof *sound, "%s: %s: there is room", truth, name);
	sound[sounds].truth = truth;
	buf_span(&sound[sounds++].bytes, bytes);
}

static bool is_sound(struct span bytes, const char *as)
{
	for (unsigned i = 0; i < sounds; i++)
		if (strcmp(sound[i].truth, as) == 0 && span_eq(buf_view(&sound[i].bytes), bytes))
			return true;
	return false;
}

/* A dialect names the language of a code: it must be one that can be named. */
static void check_language(struct span bytes)
{
	const struct protocol *p = protocol_find(span_str(truth));
	const struct format *f = format_find(span_str(truth));
	struct signal s;
	event_list_reset(&list);
	if (!p)
		f->decode(bytes, LANG_EN, &list);
	else if (p->read(bytes, &s) == V_OK && !s.encrypted)
		p->events(&s, LANG_EN, &list);
	for (unsigned i = 0; i < list.n; i++) {
		struct span of = event_get(&list.event[i], F_FORMAT);
		const struct format *named = format_find(of);
		if (of.n && event_get(&list.event[i], F_CODE).n)
			ok((named && !named->speaks) || format_is_received(of), "%s: %s: a dialect can speak of %.*s", truth, name, (int)of.n, of.p);
	}
	event_list_reset(&list);
}

static void check_good(struct span bytes)
{
	check_language(bytes);
	detect(bytes, DETECT_FRAMES | DETECT_PAYLOADS, &list, &found);
	note("");
	good++;
	first += is_among(0, found.fit ? 1 : 0);
	proved += found.fit && found.sure == SURE_CHECK;
	listed += is_among(1, found.fit);
	ok(is_among(0, found.fit), "%s: %s: it is found", truth, name);
	ok(found.sure != SURE_CHECK || is_among(0, 1), "%s: %s: nothing else is proved", truth, name);
	ok(list.n == 0, "%s: %s: the list is left empty", truth, name);
}

static void check_bad(struct span bytes)
{
	detect(bytes, DETECT_FRAMES | DETECT_PAYLOADS, &list, &found);
	note("damaged: ");
	damaged++;
	ok(found.fit == 0 || found.sure != SURE_CHECK || is_among(0, 1) || is_sound(bytes, reading_name(&found.reading[0])),
	   "%s: %s: damage is not proved to be something else", truth, name);
}

struct case_in {
	struct buf bytes;
	bool bad, foreign;
};

static void (*sound_do)(struct span bytes), (*bad_do)(struct span bytes);

static void skip(struct span bytes)
{
	(void)bytes;
}

static void end_case(struct case_in *c)
{
	if (c->bytes.n && !c->foreign)
		(c->bad ? bad_do : sound_do)(buf_view(&c->bytes));
	buf_free(&c->bytes);
	*c = (struct case_in){ 0 };
	name[0] = '\0';
}

static void take_line(struct case_in *c, struct span line)
{
	struct span word;
	if (!span_word(&line, &word)) {
		end_case(c);
		return;
	}
	line = span_trim(line);
	if (span_is(word, "#") && name[0] == '\0')
		snprintf(name, sizeof name, "%.*s", (int)(line.n < 60 ? line.n : 60), (const char *)line.p);
	else if (span_is(word, "panel") || span_is(word, "payload"))
		take_quoted(&line, &c->bytes);
	else if (span_is(word, "verdict"))
		c->bad = !span_is(line, "good"), c->foreign = span_is(line, "foreign");
	else if (span_is(word, "error") || span_is(word, "bad") || span_is(word, "noise"))
		c->bad = true;
	else if (span_is(word, "neighbour"))
		c->foreign = true;
}

static void read_corpus(const char *of)
{
	struct buf file = { 0 }, path = { 0 };
	struct case_in c = { 0 };
	struct span rest, line;
	truth = of;
	buf_printf(&path, "tests/corpus/%s.case", of);
	if (file_read(buf_cstr(&path), &file) < 0)
		printf("# %s: no corpus\n", of);	/* format_test and its kin want one */
	for (rest = buf_view(&file); span_line(&rest, &line);)
		take_line(&c, line);
	end_case(&c);
	buf_free(&file);
	buf_free(&path);
}

static void whole_corpus(void (*with_sound)(struct span), void (*with_bad)(struct span))
{
	sound_do = with_sound;
	bad_do = with_bad;
	for (const struct protocol *const *p = protocols; *p; p++)
		if ((*p)->proof != BY_NOTHING)
			read_corpus((*p)->name);
	for (const struct format *const *f = formats; *f; f++)
		read_corpus((*f)->name);
}

int main(void)
{
	whole_corpus(keep, skip);
	whole_corpus(check_good, check_bad);
	for (unsigned i = 0; i < kinds; i++)
		printf("# %-15s %4u  %s\n", seen[i].truth, seen[i].n, seen[i].words);
	printf("# %u good: %u found first (%u proved), %u among the others; %u damaged\n", good, first, proved, listed, damaged);
	for (unsigned i = 0; i < sounds; i++)
		buf_free(&sound[i].bytes);
	event_list_free(&list);
	return done();
}
