/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens what it needs, gives up its privileges, and only then reads a packet. */
#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "run.h"
#include "text/text.h"
#include "util/log.h"
#include "util/privilege.h"

static void load_keys(struct observer *o, const struct settings *s)
{
	const char *why;
	if (!s->keys_given && access(s->keys, F_OK) < 0)
		return;
	if (keys_load(&o->keys, s->keys, &why) < 0)
		die(EXIT_CALL, "%s", why);
}

static void give_up_privileges(const struct settings *s)
{
	const char *user = s->user;
	if (!user && geteuid() == 0)
		user = getpwnam("vigie") ? "vigie" : "nobody";
	if (user && privilege_become(user) < 0)
		die(EXIT_CALL, "%s: %s", user, errno == ENOENT ? _("there is no such user") : strerror(errno));
	if (privilege_drop() < 0)
		die(EXIT_WORK, "%s", strerror(errno));
	privilege_guard();
}

int main(int argc, char **argv)
{
	static struct settings settings;
	static struct observer observer;
	const char *why;
	int status = EXIT_OK;

	text_init("alarmcap");
	settings_read(&settings, argc, argv);
	load_keys(&observer, &settings);
	if (settings.filter && capture_filter_check(settings.filter, &why) < 0)
		die(EXIT_CALL, "%s: %s", settings.filter, why);
	if (!settings.check) {
		struct capture *capture = run_open(&settings);
		give_up_privileges(&settings);
		status = run(capture, &observer, &settings);
	}
	observer_free(&observer);
	settings_free(&settings);
	return status;
}
