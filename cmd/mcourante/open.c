/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcourante.h"
#include "util/file.h"
#include "util/log.h"

static char *path;	/* of the open log, for messages */

struct centre read_centre(void)
{
	struct centre centre;
	struct buf why = { 0 };
	char *file = path_etc("centre.conf");
	if (centre_read(&centre, file, &why) < 0)
		die(EXIT_CALL, "%s", buf_cstr(&why));
	free(file);
	centre_zone(&centre);
	return centre;
}

void log_failed(struct logbook *l, const char *meaning)
{
	static const char *const told[] = {
		[STORE_BUSY] = N_("another process has held it for too long"),
		[STORE_FULL] = N_("no room on the disk"),
		[STORE_MISSING] = N_("there is no log yet"),
		[STORE_FOREIGN] = N_("not a log that this version reads"),
		[STORE_DAMAGED] = N_("the file is damaged"),
		[STORE_REFUSED] = N_("refused by the log's own rules"),
		[STORE_OTHER] = N_("cannot be used"),
	};
	enum store_fault fault = store_fault(l->store);
	const char *text = fault == STORE_FINE ? N_("cannot be used") : told[fault];
	char *why = xstrdup(store_why(l->store));
	logbook_close(l);
	die(EXIT_WORK, "%s: %s (%s)%s%s", path, _(text), why, *meaning ? "; " : "", meaning);
}

/* The state folder, when it is not there yet; its parent remembers it. */
static void make_folder(void)
{
	char *folder = path_state("");
	size_t n = strlen(folder);
	while (n > 1 && folder[n - 1] == '/')
		folder[--n] = '\0';
	if (mkdir(folder, 0700) == 0) {
		char *slash = strrchr(folder, '/');
		if (slash)
			slash[slash == folder] = '\0';
		dir_sync(slash ? folder : ".");
	} else if (errno != EEXIST) {
		die(EXIT_WORK, "%s: %s", folder, strerror(errno));
	}
	free(folder);
}

void open_log(struct logbook *l, const char *file, enum store_way way, msec wait_ms)
{
	path = file ? xstrdup(file) : path_state("mcourante.db");
	if (way == STORE_WRITE)
		make_folder();
	logbook_open(l, path, way, wait_ms);
	if (store_fault(l->store) != STORE_FINE)
		log_failed(l, "");
}

struct span unix_user(void)
{
	static struct buf name;
	if (name.n)
		return buf_view(&name);
	const struct passwd *user = getpwuid(getuid());
	if (user)
		buf_str(&name, user->pw_name);
	else
		buf_printf(&name, "uid-%u", (unsigned)getuid());
	return buf_view(&name);
}
