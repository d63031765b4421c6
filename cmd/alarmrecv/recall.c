/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal of a quarter of a year takes a minute to read, and panels are
 * waiting.  So each start leaves a note in SPOOL/.paths: up to which place
 * it has read, and the link records of the paths that were down there.  The
 * next start reads on from that place.  Without a note, or with one that
 * makes no sense, all is read.
 *
 * How long nobody was there, and receivers kept what they had, says the time
 * of SPOOL/.alive, set every few seconds and at the end. */
#include "recall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "json/write.h"
#include "record.h"
#include "spool/edge.h"
#include "util/file.h"

#define ALIVE (5 * SECOND)

/* Reads on from *place and moves it; take() gets the records that begin so. */
static int read_on(struct intake *in, const char *spool, struct place *place, struct span beginning,
                   void (*take)(struct intake *in, const struct record *r), const char **why)
{
	struct reader *reader;
	struct span line, id;
	enum reading got;
	if (reader_open(&reader, spool, place, why) < 0)
		return -1;
	struct record *record = xcalloc(1, sizeof *record);
	while ((got = reader_next(reader, false, &line, &id)) == READ_RECORD || got == READ_DAMAGE)
		if (got == READ_RECORD && span_starts(line, beginning) && record_parse(record, line, why) == 0)
			take(in, record);
	if (got == READ_FAILED)
		*why = strerror(errno);
	*place = *reader_place(reader);
	free(record);
	reader_close(reader);
	return got == READ_FAILED ? -1 : 0;
}

static void recall_link(struct intake *in, const struct record *r)
{
	if (!supervision_recall(&in->supervision, r))
		receivers_recall(&in->receivers, r);
}

static const char *note_path(const char *spool, struct buf *path)
{
	buf_printf(path, "%s/.paths", spool);
	return buf_cstr(path);
}

/* Gives the place to read on from. */
static struct place read_note(struct intake *in, const char *spool)
{
	struct buf path = { 0 }, text = { 0 };
	struct place place = { 0 };
	struct span rest, line;
	const char *why;
	struct record *record = xcalloc(1, sizeof *record);
	bool sound = file_read(note_path(spool, &path), &text) == 0;
	rest = buf_view(&text);
	sound = sound && span_line(&rest, &line) && place_parse(line, &place) == 0;
	while (sound && span_line(&rest, &line))
		if (record_parse(record, line, &why) == 0)
			recall_link(in, record);
	free(record);
	buf_free(&text);
	buf_free(&path);
	/* A note may outlast the journal that it was about. */
	return sound && place.segment <= in->journal->segment_number ? place : (struct place){ 0 };
}

static void note_path_down(struct buf *text, const struct path *p)
{
	if (!p->down)
		return;
	json_begin(text);
	json_str(text, KEY("type"), SPAN("link"));
	record_put_path(text, p, p->heard);
	json_end(text);
	buf_byte(text, '\n');
}

/* That it cannot be written (a full disk) costs the next start some time, no more. */
static void write_note(struct intake *in, const char *spool, const struct place *place)
{
	struct buf path = { 0 }, text = { 0 };
	place_put(&text, place);
	buf_byte(&text, '\n');
	for (unsigned i = 0; i < in->supervision.n; i++)
		note_path_down(&text, &in->supervision.path[i]);
	for (const struct path *p = in->supervision.added; p; p = p->next_added)
		note_path_down(&text, p);
	file_replace(note_path(spool, &path), buf_view(&text), 0600);
	buf_free(&path);
	buf_free(&text);
}

static bool is_ours(const struct intake *in, const struct id *id)
{
	return span_eq(id->node, buf_view(&in->journal->node)) && id->epoch.n == EPOCH_TEXT;
}

/* A repetition is known by the first of it, which was acknowledged. */
static void remember(struct intake *in, const struct record *r, const struct protocol *proto, struct span bytes, const struct id *id)
{
	struct signal s = { 0 };
	struct buf source = { 0 }, scratch = { 0 };
	char epoch[EPOCH_TEXT + 1] = "";
	buf_reset(&in->opened);
	buf_span(&source, record_text(r, "source", &scratch));
	if (proto->read(bytes, &s) == V_OK && !s.poll) {
		struct context cx = { .now = in->loop->now, .opened = &in->opened };
		cx.key = keys_of(&in->keys, &s);
		if (!s.encrypted || (cx.key && proto->open(&s, &cx) == V_OK)) {
			uint64_t hash = repeats_hash(&in->repeats, buf_cstr(&source), &s);
			struct span account = s.account.n ? s.account : s.inner_account;
			memcpy(epoch, id->epoch.p, EPOCH_TEXT);
			repeats_add(&in->repeats, hash, s.sent, record_time(r, "at"), in->policy.repeat_window, epoch, id->seq);
			intake_last(in, proto, buf_cstr(&source), account)->hash = hash;
		}
	}
	if (in->opened.n)
		wipe(in->opened.p, in->opened.n);
	buf_free(&source);
	buf_free(&scratch);
}

static void recall_frame(struct intake *in, const struct record *r)
{
	struct buf scratch = { 0 }, id_text = { 0 }, bytes = { 0 };
	const struct protocol *proto = protocol_find(record_text(r, "proto", &scratch));
	struct id id;
	bool first = record_is(r, "reply", "ack") && record_raw(r, "repeat").n == 0;
	bool known = id_parse(record_text(r, "id", &id_text), &id) == 0 && is_ours(in, &id);
	if (proto && first && known && record_bytes(r, &bytes) == 0)
		remember(in, r, proto, buf_view(&bytes), &id);
	buf_free(&scratch);
	buf_free(&id_text);
	buf_free(&bytes);
}

static int recall_paths(struct intake *in, const char *spool, const char **why)
{
	struct place place = read_note(in, spool);
	if (read_on(in, spool, &place, SPAN("{\"type\":\"link\""), recall_link, why) < 0)
		return -1;
	write_note(in, spool, &place);
	return 0;
}

static int recall_repeats(struct intake *in, const char *spool, const char **why)
{
	struct place place;
	*why = NULL;
	if (place_of_time(&place, spool, in->loop->now - in->policy.repeat_window, why) < 0) {
		*why = *why ? *why : strerror(errno);
		return -1;
	}
	return read_on(in, spool, &place, SPAN("{\"type\":\"frame\""), recall_frame, why);
}

static void alive_path(const struct intake *in, struct buf *path)
{
	buf_printf(path, "%s/.alive", in->spool);
}

/* Nothing waits for the disk here, and without the file nothing is taken for old. */
static void note_alive(const struct intake *in)
{
	struct buf path = { 0 };
	struct timespec now = { .tv_sec = in->loop->now / SECOND, .tv_nsec = in->loop->now % SECOND * 1000000 };
	const struct timespec times[2] = { now, now };
	alive_path(in, &path);
	if (utimensat(AT_FDCWD, buf_cstr(&path), times, 0) < 0 && errno == ENOENT) {
		int fd = open(buf_cstr(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0) {
			futimens(fd, times);
			close(fd);
		}
	}
	buf_free(&path);
}

static void alive_due(struct timer *t)
{
	struct intake *in = OWNER(t, struct intake, alive);
	note_alive(in);
	timer_set(in->loop, t, in->loop->now + ALIVE);
}

static void recall_alive(struct intake *in)
{
	struct buf path = { 0 };
	struct stat st;
	alive_path(in, &path);
	if (stat(buf_cstr(&path), &st) == 0)
		in->receivers.alive = (msec)st.st_mtim.tv_sec * SECOND + st.st_mtim.tv_nsec / 1000000;
	buf_free(&path);
	in->alive.due = alive_due;
	if (in->loop->clock)	/* a recorded wire is read in one go */
		alive_due(&in->alive);
}

void recall_end(struct intake *in)
{
	if (!in->spool)
		return;
	timer_clear(in->loop, &in->alive);
	if (in->loop->now > 0)
		note_alive(in);
}

int recall(struct intake *in, const char *spool, const char **why)
{
	recall_alive(in);
	if (recall_paths(in, spool, why) < 0)
		return -1;
	/* The time of a recorded wire begins with its first line. */
	bool live = in->loop->clock && in->policy.repeat_window > 0;
	return live ? recall_repeats(in, spool, why) : 0;
}
