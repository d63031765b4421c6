/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarmspool prune: whole segments, from the oldest on, that are older than
 * wanted and that every cursor has passed.  The newest stays.  Mails and
 * pictures go when no record that is left can name them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool.h"
#include "spool/edge.h"
#include "spool/segment.h"
#include "util/file.h"

enum { OPT_KEEP = 256, OPT_STALE };

static const struct opt options[] = {
	{ OPT_KEEP, "keep", "TIME", N_("remove only what is older, such as 90d") },
	{ OPT_STALE, "stale", "TIME", N_("do not wait for a cursor unmoved for so long (7d)") },
	{ 'n', "check", NULL, N_("say what would be removed, remove nothing") },
	OPT_COMMON, { 0 }
};

struct prune {
	const char *dir;
	msec keep, stale, now;
	bool check;
	uint64_t least;		/* the first segment that a cursor still needs */
	int status;
};

static void read_options(struct prune *p, struct opts *o)
{
	bool given = false;
	for (int id; (id = opts_next(o)) != OPT_END;) {
		switch (id) {
		case OPT_KEEP: p->keep = opts_duration(o); given = true; break;
		case OPT_STALE: p->stale = opts_duration(o); break;
		case 'n': p->check = true; break;
		}
	}
	if (!given)
		opts_refuse(o, _("--keep: say how much is to stay, such as 90d"));
	p->dir = journal_dir(o);
}

/* A kill left it: its follow would have taken it away. */
static void remove_left(const struct prune *p, const struct cursor_file *c, const char *name)
{
	warn(_("cursor %s: temporary, and its process is gone: removed"), name);
	if (!p->check && cursor_remove(c) < 0)
		warn(_("cursor %s: %s"), name, strerror(errno));
}

static void pass_over(const struct cursor_file *c, const char *name)
{
	struct buf when = { 0 };
	clock_put(&when, c->moved);
	warn(_("cursor %s: unmoved since %s, passed over: what it has not read may go"), name, buf_cstr(&when));
	buf_free(&when);
}

static void ask_cursor(struct prune *p, const char *name, uint64_t newest)
{
	struct cursor_file c = { 0 };
	if (cursor_open(&c, p->dir, name) < 0) {
		if (errno != ENOENT) {
			/* What it needs is not known, so nothing goes. */
			warn(_("cursor %s: %s: nothing is removed"), name, errno == EILSEQ ? _("its place is not readable") : strerror(errno));
			p->status = EXIT_WORK;
		}
	} else if (c.temporary && cursor_holder(&c, CURSOR_FOLLOW) == 0) {
		remove_left(p, &c, name);
	} else if (c.place.segment < newest && p->now - c.moved >= p->stale) {
		pass_over(&c, name);
	} else if (c.place.segment < p->least) {
		p->least = c.place.segment;
	}
	cursor_close(&c);
}

static void ask_cursors(struct prune *p, uint64_t newest)
{
	struct cursor_names names;
	if (cursor_names(&names, p->dir) < 0)
		die(EXIT_WORK, "%s/cursors: %s", p->dir, strerror(errno));
	for (size_t i = 0; i < names.n; i++)
		ask_cursor(p, names.name[i], newest);
	cursor_names_free(&names);
}

/* By its newest record; one without a record by when it was written last. */
static bool is_old(const struct prune *p, int dir_fd, uint64_t segment)
{
	char name[SEGMENT_NAME];
	struct stat st;
	struct buf line = { 0 };
	msec newest = p->now;
	segment_name(name, segment);
	if (edge_last(p->dir, segment, edge_size(p->dir, segment), &line))
		newest = edge_time(&line);
	else if (fstatat(dir_fd, name, &st, 0) == 0)
		newest = st.st_mtim.tv_sec * SECOND;
	buf_free(&line);
	return newest < p->now - p->keep;
}

static void remove_file(struct prune *p, int dir_fd, const char *name)
{
	if (p->check) {
		warn(_("%s would be removed"), name);
		return;
	}
	if (unlinkat(dir_fd, name, 0) < 0) {
		warn("%s: %s", name, strerror(errno));
		p->status = EXIT_WORK;
	} else {
		info(_("%s removed"), name);
	}
}

/* The oldest go first, each for good before the next: what is left has no hole.
 * Gives the oldest that stays. */
static uint64_t remove_old(struct prune *p, int dir_fd, const struct segments *list)
{
	size_t i = 0;
	for (; i + 1 < list->n; i++) {
		char name[SEGMENT_NAME];
		if (list->number[i] >= p->least || !is_old(p, dir_fd, list->number[i]) || p->status != EXIT_OK)
			break;
		segment_name(name, list->number[i]);
		remove_file(p, dir_fd, name);
	}
	return list->number[i];
}

/* Files that came before the oldest record that is left: each is written just
 * before its record, by a clock that may be a moment behind. */
static msec files_before(const struct prune *p, uint64_t oldest)
{
	struct buf line = { 0 };
	msec wanted = p->now - p->keep;
	msec first = edge_first(p->dir, oldest, &line) ? edge_time(&line) : CLOCK_NONE;
	buf_free(&line);
	return (first < wanted ? first : wanted) - MINUTE;
}

static void remove_files(struct prune *p, int dir_fd, msec before)
{
	int fd = openat(dir_fd, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	struct stat st;
	if (!files) {
		if (errno != ENOENT)
			die(EXIT_WORK, "%s/files: %s", p->dir, strerror(errno));
		return;
	}
	for (const struct dirent *e; (e = readdir(files));)
		if (e->d_name[0] != '.' && fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtim.tv_sec * SECOND < before)
			remove_file(p, fd, e->d_name);
	closedir(files);
}

static int run(struct opts *o)
{
	struct prune p = { .stale = 7 * DAY, .now = clock_now(), .least = UINT64_MAX };
	struct segments list = { 0 };
	read_options(&p, o);
	int dir_fd = open(p.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0 || segments_list(&list, dir_fd) < 0)
		die(EXIT_WORK, "%s: %s", p.dir, strerror(errno));
	if (list.n) {
		ask_cursors(&p, list.number[list.n - 1]);
		remove_files(&p, dir_fd, files_before(&p, remove_old(&p, dir_fd, &list)));
	}
	if (!p.check && fsync(dir_fd) < 0)
		die(EXIT_WORK, "%s: %s", p.dir, strerror(errno));
	segments_free(&list);
	close(dir_fd);
	return p.status;
}

const struct verb verb_prune = {
	.name = "prune", .usage = "--keep TIME [OPTION…] [DIR]", .options = options, .run = run,
	.purpose = N_("remove old segments that all cursors have passed"),
};
