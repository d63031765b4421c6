/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hand.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text/text.h"
#include "util/log.h"

#define LOOK_MS 10

/* Its output goes where messages go: standard output is for records. */
static void run(const char *command, const int pipe_fd[2])
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	dup2(pipe_fd[0], STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Its status once it has ended, -1 when it had to be ended. */
static int wait_for(pid_t child, msec most)
{
	msec until = clock_steady() + most;
	int status;
	while (waitpid(child, &status, WNOHANG) != child) {
		if (clock_steady() > until) {
			kill(-child, SIGKILL);
			waitpid(child, &status, 0);
			return -1;
		}
		usleep(LOOK_MS * 1000);
	}
	return status;
}

/* A seal is shorter than what a pipe takes at once, so this does not wait. */
bool hand_over(const char *command, struct span text, msec most)
{
	int pipe_fd[2];
	if (pipe(pipe_fd) < 0) {
		warn("%s: %s", command, strerror(errno));
		return false;
	}
	pid_t child = fork();
	if (child == 0)
		run(command, pipe_fd);
	/* Our own reading end stays open, so that a command that reads nothing and
	 * has ended already is judged by its status alone. */
	bool given = child > 0 && write(pipe_fd[1], text.p, text.n) == (ssize_t)text.n;
	int error = errno;
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	if (child < 0) {
		warn("%s: %s", command, strerror(error));
		return false;
	}
	int status = wait_for(child, most);
	if (status == -1)
		warn(_("%s: ended, since it took longer than %d s"), command, (int)(most / SECOND));
	else if (WIFSIGNALED(status))
		warn(_("%s: killed by signal %d"), command, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		warn(_("%s: ended with status %d"), command, WEXITSTATUS(status));
	else if (!given)
		warn("%s: %s", command, strerror(error));
	else
		return true;
	return false;
}
