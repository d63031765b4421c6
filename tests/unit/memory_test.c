/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buffers grow to what the traffic wants, and then memory is asked for no
 * more: not one decoder does for each frame.  All bytes of the corpus go
 * through every protocol and every format, many times over. */
#include <dirent.h>
#include <stdlib.h>

#include "../quoted.h"
#include "../tap.h"
#include "json/record.h"
#include "proto/proto.h"
#include "util/file.h"
#include "util/hex.h"

#define FRAMES 10000

static unsigned long asked;

#if defined __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#elif defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif

#if SANITIZED
int __sanitizer_install_malloc_and_free_hooks(void (*asked)(const volatile void *, size_t), void (*given_back)(const volatile void *));

static void count(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
	asked++;
}

static void given_back(const volatile void *p)
{
	(void)p;
}

static void begin_counting(void)
{
	__sanitizer_install_malloc_and_free_hooks(count, given_back);
}
#else
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
	asked++;
	return __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
	asked++;
	return __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
	asked++;
	return __libc_realloc(p, n);
}

static void begin_counting(void)
{
}
#endif

static struct sample {
	struct buf bytes;
	struct key key;
} sample[4000];
static unsigned samples;

static void take_line(struct span line)
{
	struct span word;
	if (!span_word(&line, &word))
		return;
	line = span_trim(line);
	if (span_is(word, "panel") || span_is(word, "payload") || span_is(word, "answer")) {
		if (samples < sizeof sample / sizeof *sample && line.n && line.p[0] == '"')
			take_quoted(&line, &sample[samples++].bytes);
	} else if (span_is(word, "key") && samples && span_starts(line, SPAN("hex:"))) {
		struct buf key = { 0 };
		struct key *to = &sample[samples - 1].key;
		if (hex_decode(&key, span_from(line, 4)) == 0 && key.n <= sizeof to->bytes) {
			memcpy(to->bytes, key.p, key.n);
			to->n = (unsigned)key.n;
		}
		buf_free(&key);
	}
}

static void read_corpus(void)
{
	DIR *folder = opendir("tests/corpus");
	struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		struct buf path = { 0 }, file = { 0 };
		struct span rest, line;
		buf_printf(&path, "tests/corpus/%s", entry->d_name);
		if (span_ends(buf_view(&path), SPAN(".case")) && file_read(buf_cstr(&path), &file) == 0)
			for (rest = buf_view(&file); span_line(&rest, &line);)
				take_line(line);
		buf_free(&path);
		buf_free(&file);
	}
	if (folder)
		closedir(folder);
}

static struct event_list list;
static struct buf out, opened, bytes, line;
static unsigned long given;	/* events */

static void print_all(void)
{
	buf_reset(&out);
	for (unsigned i = 0; i < list.n; i++)
		event_print(&out, &list.event[i], list.n);
	given += list.n;
}

static void decode_frame(const struct protocol *p, const struct sample *s, enum language language)
{
	struct signal signal;
	struct context cx = { .key = s->key.n ? &s->key : NULL, .opened = &opened };
	enum verdict v = p->read(buf_view(&s->bytes), &signal);
	buf_reset(&opened);
	event_list_reset(&list);
	if (v != V_OK && v != V_BAD_CHECK)
		return;
	if (signal.encrypted && !(cx.key && p->open && p->open(&signal, &cx) == V_OK))
		return;
	p->events(&signal, language, &list);
	print_all();
}

static void decode_payload(const struct format *f, const struct sample *s, enum language language)
{
	event_list_reset(&list);
	if (f->decode(buf_view(&s->bytes), language, &list) == V_OK)
		print_all();
}

/* As a filter reads it off the pipe. */
static void read_record(const struct sample *s)
{
	static const struct span wanted[] = { SPAN("type"), SPAN("text"), SPAN("hex") };
	static struct record r;
	struct span raw[3];
	const char *why;
	buf_reset(&line);
	buf_reset(&bytes);
	json_begin(&line);
	json_str(&line, KEY("type"), SPAN("frame"));
	json_bytes(&line, buf_view(&s->bytes));
	json_end(&line);
	bool whole = record_read(&r, buf_view(&line), wanted, 3, raw, &why) == 0 && json_raw_bytes(raw[1], raw[2], &bytes) == 0;
	given += whole && span_eq(buf_view(&bytes), buf_view(&s->bytes));
}

static void all_of(const struct protocol *p, const struct format *f)
{
	for (unsigned i = 0; i < 2 * samples; i++) {
		const struct sample *s = &sample[i / 2];
		enum language language = i % 2 ? LANG_FR : LANG_EN;
		if (p)
			decode_frame(p, s, language);
		else if (f)
			decode_payload(f, s, language);
		else
			read_record(s);
	}
}

static void check(const char *name, const struct protocol *p, const struct format *f)
{
	all_of(p, f);
	unsigned long before = asked, events = given;
	unsigned frames = 0;
	for (; frames < FRAMES; frames += 2 * samples)
		all_of(p, f);
	ok(given > events && asked == before, "%s: %lu records out of %u frames, memory asked for %lu times", name,
	   given - events, frames, asked - before);
}

int main(void)
{
	begin_counting();
	read_corpus();
	unsigned long before = asked;
	struct buf grown = { 0 };
	buf_byte(&grown, 0);
	buf_free(&grown);
	ok(asked > before, "what is asked for is counted");
	ok(samples > 500 && samples < sizeof sample / sizeof *sample, "the corpus: %u frames and payloads", samples);
	for (const struct protocol *const *p = protocols; *p; p++)
		check((*p)->name, *p, NULL);
	for (const struct format *const *f = formats; *f; f++)
		check((*f)->name, NULL, *f);
	check("records", NULL, NULL);
	for (unsigned i = 0; i < samples; i++)
		buf_free(&sample[i].bytes);
	struct buf *all[] = { &out, &opened, &bytes, &line };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
	event_list_free(&list);
	return done();
}
