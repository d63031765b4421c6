/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens what it needs, gives up its privileges, and only then reads a byte
 * from outside. */
#include <errno.h>

#include "reception.h"
#include "text/text.h"
#include "util/log.h"
#include "util/privilege.h"

static void give_up_privileges(const struct settings *s)
{
	if (s->user && privilege_become(s->user) < 0)
		die(EXIT_CALL, "%s: %s", s->user, errno == ENOENT ? _("there is no such user") : strerror(errno));
	privilege_guard();
}

int main(int argc, char **argv)
{
	static struct settings settings;
	static struct reception reception;
	int status;

	text_init("alarmrecv");
	settings_read(&settings, argc, argv);
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
	settings_free(&settings);
	return status;
}
