/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens what it needs, gives up its privileges, and only then reads a byte
 * from outside. */
#include <errno.h>

#include <unistd.h>

#include "reception.h"
#include "screen.h"
#include "text/terminal.h"
#include "util/log.h"
#include "util/privilege.h"

static void give_up_privileges(const struct settings *s)
{
	if (s->user && privilege_become(s->user) < 0)
		die(EXIT_CALL, "%s: %s", s->user, errno == ENOENT ? _("there is no such user") : strerror(errno));
	privilege_guard();
}

/* A person at a terminal reads lines, not JSON. */
static pid_t begin_screen(const struct settings *s)
{
	if (s->check || s->json || s->journal.dir || !terminal_is(STDOUT_FILENO))
		return 0;
	pid_t screen = screen_begin();
	if (screen < 0)
		die(EXIT_WORK, "%s", strerror(errno));
	return screen;
}

int main(int argc, char **argv)
{
	static struct settings settings;
	static struct reception reception;
	int status;

	text_init("alarmrecv");
	settings_read(&settings, argc, argv);
	pid_t screen = begin_screen(&settings);
	if (settings.check) {
		status = reception_check(&reception, &settings);
	} else if (settings.source[0].transport == OVER_WIRE) {
		give_up_privileges(&settings);
		status = reception_read_wire(&reception, &settings);
	} else {
		reception_open(&reception, &settings);
		give_up_privileges(&settings);
		status = reception_run(&reception);
	}
	reception_free(&reception);
	if (screen)
		screen_end(screen);
	settings_free(&settings);
	return status;
}
