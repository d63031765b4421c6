/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "run.h"
#include "util/privilege.h"

int main(int argc, char **argv)
{
	static struct plan plan;
	static struct run run;

	text_init("alarmsend");
	plan_read(&plan, argc, argv);
	privilege_guard();
	run.plan = &plan;
	int status = run_all(&run);
	plan_free(&plan);
	return status;
}
