/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spool/edge.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/id.h"
#include "spool/segment.h"

#define WINDOW ((uint64_t)256 * 1024)

static int open_segment(const char *dir, uint64_t segment)
{
	char name[SEGMENT_NAME];
	struct buf path = { 0 };
	segment_name(name, segment);
	buf_printf(&path, "%s/%s", dir, name);
	int fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC);
	int saved = errno;
	buf_free(&path);
	errno = saved;
	return fd;
}

static int list_segments(struct segments *list, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int result = segments_list(list, fd);
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

static void read_at(int fd, struct buf *out, uint64_t from, uint64_t n)
{
	buf_reset(out);
	while (n) {
		ssize_t got = pread(fd, buf_reserve(out, n), n, (off_t)(from + out->n));
		if (got == 0 || (got < 0 && errno != EINTR))
			return;
		if (got > 0) {
			out->n += (size_t)got;
			n -= (uint64_t)got;
		}
	}
}

/* A line of a journal: whole, with an id and a time. */
static bool is_record(struct span line)
{
	struct record r;
	struct buf scratch = { 0 };
	const char *why;
	struct id id;
	bool good = record_parse(&r, line, &why) == 0 && record_time(&r, "at") != CLOCK_NONE &&
	            id_parse(record_text(&r, "id", &scratch), &id) == 0;
	buf_free(&scratch);
	return good;
}

static bool keep(struct buf *line, struct span found)
{
	buf_reset(line);
	buf_span(line, found);
	return true;
}

bool edge_first(const char *dir, uint64_t segment, struct buf *line)
{
	struct buf window = { 0 };
	bool found = false;
	int fd = open_segment(dir, segment);
	if (fd < 0)
		return false;
	read_at(fd, &window, 0, WINDOW);
	close(fd);
	struct span rest = buf_view(&window);
	for (ptrdiff_t lf; !found && (lf = span_find(rest, '\n')) >= 0; rest = span_from(rest, (size_t)lf + 1)) {
		struct span one = span_sub(rest, 0, (size_t)lf + 1);
		found = is_record(one) && keep(line, one);
	}
	buf_free(&window);
	return found;
}

/* The last record among whole lines. */
static bool last_in(struct span bytes, struct buf *line)
{
	while (bytes.n) {
		const uint8_t *end = memrchr(bytes.p, '\n', bytes.n);
		if (!end)
			return false;
		size_t n = (size_t)(end - bytes.p);
		const uint8_t *before = n ? memrchr(bytes.p, '\n', n) : NULL;
		size_t start = before ? (size_t)(before - bytes.p) + 1 : 0;
		struct span one = span_sub(bytes, start, n + 1 - start);
		if (is_record(one))
			return keep(line, one);
		bytes.n = start;
	}
	return false;
}

bool edge_last(const char *dir, uint64_t segment, uint64_t end, struct buf *line)
{
	struct buf window = { 0 };
	bool found = false;
	int fd = open_segment(dir, segment);
	if (fd < 0)
		return false;
	for (uint64_t high = end; high > 0 && !found;) {
		uint64_t low = high > WINDOW ? high - WINDOW : 0;
		uint64_t to = end - high < RECORD_MOST ? end : high + RECORD_MOST;	/* a line that begins before high is whole */
		read_at(fd, &window, low, to - low);
		found = last_in(buf_view(&window), line);
		high = low;
	}
	close(fd);
	buf_free(&window);
	return found;
}

uint64_t edge_size(const char *dir, uint64_t segment)
{
	struct stat st;
	int fd = open_segment(dir, segment);
	if (fd < 0)
		return 0;
	uint64_t size = fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	close(fd);
	return size;
}

bool edge_before(const char *dir, const struct place *place, struct buf *line)
{
	struct segments list = { 0 };
	bool found = false;
	if (list_segments(&list, dir) == 0) {
		for (size_t i = list.n; i-- > 0 && !found;) {
			uint64_t number = list.number[i], size = edge_size(dir, number);
			if (number == place->segment && place->offset < size)
				size = place->offset;
			found = number <= place->segment && edge_last(dir, number, size, line);
		}
	}
	segments_free(&list);
	return found;
}

int edge_extent(struct extent *e, const char *dir)
{
	struct segments list = { 0 };
	*e = (struct extent){ 0 };
	int result = list_segments(&list, dir);
	for (size_t i = 0; result == 0 && i < list.n; i++) {
		e->segments++;
		e->bytes += edge_size(dir, list.number[i]);
		e->newest = list.number[i];
	}
	segments_free(&list);
	return result;
}

static void count_segment(const char *dir, uint64_t segment, uint64_t from, struct buf *window, uint64_t *bytes,
                          uint64_t *lines)
{
	int fd = open_segment(dir, segment);
	if (fd < 0)
		return;
	for (;; from += window->n) {
		read_at(fd, window, from, WINDOW);
		if (window->n == 0)
			break;
		*bytes += window->n;
		struct span rest = buf_view(window);
		for (ptrdiff_t lf; (lf = span_find(rest, '\n')) >= 0; rest = span_from(rest, (size_t)lf + 1))
			++*lines;
	}
	close(fd);
}

void edge_behind(const char *dir, const struct place *place, uint64_t *bytes, uint64_t *lines)
{
	struct segments list = { 0 };
	struct buf window = { 0 };
	*bytes = *lines = 0;
	if (list_segments(&list, dir) == 0)
		for (size_t i = 0; i < list.n; i++)
			if (list.number[i] >= place->segment)
				count_segment(dir, list.number[i], list.number[i] == place->segment ? place->offset : 0, &window, bytes, lines);
	segments_free(&list);
	buf_free(&window);
}

msec edge_time(const struct buf *line)
{
	struct record r;
	const char *why;
	return record_parse(&r, buf_view(line), &why) == 0 ? record_time(&r, "at") : CLOCK_NONE;
}

static void set_id(struct place *place, const struct buf *line)
{
	struct record r;
	struct buf scratch = { 0 };
	const char *why;
	if (record_parse(&r, buf_view(line), &why) == 0) {
		struct span id = record_text(&r, "id", &scratch);
		if (id.n < sizeof place->id) {
			memcpy(place->id, id.p, id.n);
			place->id[id.n] = '\0';
		}
	}
	buf_free(&scratch);
}

/* A line that is being written is left to be read: the end is behind the last LF. */
static uint64_t end_of_lines(const char *dir, uint64_t segment)
{
	struct buf window = { 0 };
	uint64_t size = edge_size(dir, segment), low = size > RECORD_MOST ? size - RECORD_MOST : 0;
	int fd = open_segment(dir, segment);
	if (fd >= 0) {
		read_at(fd, &window, low, size - low);
		close(fd);
	}
	const uint8_t *lf = window.n ? memrchr(window.p, '\n', window.n) : NULL;
	uint64_t end = lf ? low + (uint64_t)(lf - window.p) + 1 : low;
	buf_free(&window);
	return end;
}

int place_end(struct place *out, const char *dir)
{
	struct segments list = { 0 };
	struct buf line = { 0 };
	*out = (struct place){ 0 };
	if (list_segments(&list, dir) < 0)
		return -1;
	if (list.n) {
		out->segment = list.number[list.n - 1];
		out->offset = end_of_lines(dir, out->segment);
		if (edge_before(dir, out, &line))
			set_id(out, &line);
	}
	segments_free(&list);
	buf_free(&line);
	return 0;
}

/* Before a segment: where the one before it ends. */
static void place_before(struct place *out, const char *dir, const struct segments *list, size_t i)
{
	struct buf line = { 0 };
	*out = (struct place){ 0 };
	if (i > 0) {
		out->segment = list->number[i];
		if (edge_before(dir, out, &line))
			set_id(out, &line);
	}
	buf_free(&line);
}

/* What is looked for: a time, or an id. */
struct wanted {
	msec time;
	struct id id;
	struct span root;
};

/* Whether the record at a segment's beginning shows that what is wanted
 * stands in it or behind it. */
static bool may_begin(const struct wanted *w, const struct record *r, struct buf *scratch)
{
	struct id id;
	if (w->time != CLOCK_NONE)
		return record_time(r, "at") < w->time;
	return id_parse(record_text(r, "id", scratch), &id) == 0 && span_eq(id.node, w->id.node) &&
	       span_eq(id.epoch, w->id.epoch) && id.seq <= w->id.seq;
}

/* Time: the last segment before any that begins too late.  Id: the last
 * that begins with the same epoch and no later number; the first of all
 * when none does. */
static size_t best_segment(const struct wanted *w, const char *dir, const struct segments *list)
{
	struct buf line = { 0 }, scratch = { 0 };
	struct record r;
	const char *why;
	size_t best = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (!edge_first(dir, list->number[i], &line) || record_parse(&r, buf_view(&line), &why) < 0)
			continue;
		if (may_begin(w, &r, &scratch))
			best = i;
		else if (w->time != CLOCK_NONE)
			break;
	}
	buf_free(&line);
	buf_free(&scratch);
	return best;
}

static bool matches(const struct wanted *w, struct span line, struct span id)
{
	struct record r;
	const char *why;
	if (w->time == CLOCK_NONE)
		return span_eq(id, w->root);
	return record_parse(&r, line, &why) == 0 && record_time(&r, "at") >= w->time;
}

/* Leaves *at before the item that matches, or at the end; 1 when found. */
static int scan(struct place *at, const char *dir, const struct wanted *w, const char **why)
{
	struct reader *reader;
	struct span line, id;
	if (reader_open(&reader, dir, at, why) < 0)
		return -1;
	enum reading got;
	int result = 0;
	for (;;) {
		*at = *reader_place(reader);
		got = reader_next(reader, false, &line, &id);
		bool damage = got == READ_DAMAGE && w->time == CLOCK_NONE;	/* its time is borrowed */
		if ((got == READ_RECORD || damage) && matches(w, line, id)) {
			result = 1;
			break;
		}
		if (got == READ_END || got == READ_FAILED)
			break;
	}
	if (got == READ_FAILED) {
		*why = strerror(errno);
		result = -1;
	}
	reader_close(reader);
	return result;
}

static int find(struct place *out, const char *dir, const struct wanted *w, const char **why)
{
	struct segments list = { 0 };
	if (list_segments(&list, dir) < 0) {
		*why = strerror(errno);
		return -1;
	}
	size_t best = best_segment(w, dir, &list);
	place_before(out, dir, &list, best);
	int found = scan(out, dir, w, why);
	if (found == 0 && best > 0 && w->time == CLOCK_NONE) {
		*out = (struct place){ 0 };
		found = scan(out, dir, w, why);
	}
	segments_free(&list);
	return found;
}

int place_of_time(struct place *out, const char *dir, msec t, const char **why)
{
	struct wanted w = { .time = t };
	return find(out, dir, &w, why) < 0 ? -1 : 0;
}

int place_of_id(struct place *out, const char *dir, struct span id, const char **why)
{
	struct wanted w = { .time = CLOCK_NONE };
	w.root = id_parse(id, &w.id) == 0 ? w.id.root : id;
	*why = NULL;
	int found = find(out, dir, &w, why);
	if (found == 0)
		errno = ENOENT;
	return found > 0 ? 0 : -1;
}

static bool is_later(struct span text, struct span than)
{
	struct id a, b;
	if (id_parse(text, &a) < 0 || id_parse(than, &b) < 0)
		return false;
	if (span_eq(a.epoch, b.epoch))
		return a.seq > b.seq;
	size_t n = a.epoch.n < b.epoch.n ? a.epoch.n : b.epoch.n;
	return memcmp(a.epoch.p, b.epoch.p, n) > 0;
}

/* A power cut, too, takes records that were read, and the writer then makes
 * a segment of the same number; but what stands before that one is older. */
bool place_is_lost(const struct place *place, const char *dir)
{
	struct buf line = { 0 };
	struct place before = { .segment = place->segment }, found = { 0 };
	bool lost = false;
	if (place->segment && place->id[0]) {
		if (edge_before(dir, place, &line))
			set_id(&found, &line);
		if (strcmp(found.id, place->id) != 0 && edge_before(dir, &before, &line)) {
			set_id(&found, &line);
			lost = is_later(span_str(found.id), span_str(place->id));
		}
	}
	buf_free(&line);
	return lost;
}
