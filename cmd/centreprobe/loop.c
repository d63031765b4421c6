/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way: a test signal is sent as a panel would, and the logbook must
 * have it in time.  What is in between is not asked: that it arrives is all. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "centreprobe.h"
#include "crypto/crypto.h"
#include "logbook/logbook.h"
#include "util/log.h"

#define LOOK 50	/* ms between two looks */

extern char **environ;

/* 0 when it was acknowledged; else *why. */
static int send_test(const struct settings *s, const char *word, const char **why)
{
	char *argv[] = { "alarmsend", "--json", "-a", (char *)s->account, "--code", "RP", "--text", (char *)word, (char *)s->loop,
	                 s->keys ? "-k" : NULL, (char *)s->keys, NULL };
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status = 0;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	int error = posix_spawnp(&child, "alarmsend", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	*why = strerror(error);
	if (error)
		return -1;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	int ended = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_WORK;
	*why = ended == EXIT_NO ? _("the test signal was not acknowledged") : _("the test signal could not be sent");
	return ended == EXIT_OK ? 0 : -1;
}

/* 1: the log has it; 0: not yet; -1: it cannot be read. */
static int look(struct logbook *l, const struct settings *s, msec since, struct span word)
{
	struct search search = { .since = since, .until = CLOCK_NONE, .account = span_str(s->account), .most = 100 };
	struct query *q = logbook_search(l, &search);
	struct entry e;
	int got = -1, found = 0;
	while (q && !found && (got = entry_next(q, &e)) > 0)
		found = e.body.n && memmem(e.body.p, e.body.n, word.p, word.n) != NULL;
	query_free(q);
	return found ? 1 : got < 0 ? -1 : 0;
}

static void wait_for(struct probe *p, struct check *c, const char *word)
{
	const struct settings *s = p->settings;
	struct logbook l = { 0 };
	msec began = clock_now(), took = 0;
	int found = 0;
	logbook_open(&l, s->logbook, STORE_READ, SECOND);
	while (found == 0 && took <= s->within) {
		found = store_fault(l.store) ? -1 : look(&l, s, began - MINUTE, span_str(word));
		took = clock_now() - began;
		if (found == 0)
			usleep(LOOK * 1000);
	}
	if (found < 0)
		probe_state(p, c, CHECK_CRITICAL, "%s", store_why(l.store));
	else if (found == 0)
		probe_state(p, c, CHECK_CRITICAL, _("the test signal was acknowledged and is not in the logbook after %" PRId64 " s"), s->within / SECOND);
	else
		probe_value(p, c, (double)took / SECOND, "s", _("the test signal was in the logbook after %.1f s"), (double)took / SECOND);
	logbook_close(&l);
}

void probe_loop(struct probe *p)
{
	struct check c = probe_check(p, LOOP, span_str(p->settings->loop));
	char word[32];
	uint64_t chance;
	const char *why;
	random_bytes(&chance, sizeof chance);
	snprintf(word, sizeof word, "loop %016" PRIx64, chance);
	if (send_test(p->settings, word, &why) < 0)
		probe_state(p, &c, CHECK_CRITICAL, "%s", why);
	else
		wait_for(p, &c, word);
}
