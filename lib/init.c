/* init - a process 1 that does nothing but its duty */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "applet.h"
#include "child.h"
#include "fault.h"
#include "fd.h"
#include "init.h"
#include "nsfork.h"

/*
 * Nobody in the container is to read there how it was made. The words of a
 * command line and those of its environment are one piece of memory, which the
 * kernel shows in /proc.
 */
static void forget(char **words)
{
	char *start = *words, *end = start;

	for (; *words; words++)
		end = *words;
	for (char **name = environ; *name; name++)
		end = *name > end ? *name : end;
	memset(start, 0, (size_t)(end - start) + strlen(end));
}

/* Take the status of all that ended; true if the command did. */
static bool reap(pid_t command, int *status)
{
	int other;
	pid_t pid;

	do {
		pid = waitpid(-1, &other, WNOHANG);
		if (pid == command) {
			*status = other;
			return true;
		}
	} while (pid > 0 || (pid < 0 && errno == EINTR));
	return false;
}

static int watch(pid_t command, const sigset_t *all)
{
	int status = 0, sig;

	while (!reap(command, &status)) {
		sig = sigwaitinfo(all, NULL);
		/* A command that leads no group yet is on its way to. */
		if (sig > 0 && sig != SIGCHLD && kill(-command, sig) < 0)
			(void)kill(command, sig);
	}
	return child_status(status);
}

static void stay(const struct init *how, pid_t command, const sigset_t *all)
{
	if (how->kill && prctl(PR_SET_PDEATHSIG, how->kill) == 0 &&
	    child_orphan(how->child))
		_exit(EXIT_TOOL);
	/* A group of its own, for whoever signals the group of this child. */
	(void)setsid();
	(void)prctl(PR_SET_NAME, "init");
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	(void)fd_close_rest(0, -1);
	forget(how->words);
	_exit(watch(command, all));
}

int init_fork(const struct init *how, struct fault *f)
{
	sigset_t all, before;
	pid_t command;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	command = nsfork(0, -1);
	if (command > 0)
		stay(how, command, &all);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return command < 0 ? fault(f, errno, "cannot fork") : 0;
}
