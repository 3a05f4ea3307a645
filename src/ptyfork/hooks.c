/* hooks - shell commands of the caller's, run while COMMAND is held */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exec.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/opt.h"
#include "ns/nsfork.h"
#include "ptyfork/hooks.h"

#define SHELL "/bin/sh"

/* In the child. The parent reads why from its status. */
static void become_hook(const char *hook, pid_t pid, pid_t parent)
{
	char number[16];
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"--", (char *)hook,
			 (char *)"sh", number,	     NULL };

	(void)snprintf(number, sizeof(number), "%d", (int)pid);
	(void)setpgid(0, 0);
	exec_defaults();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_CANCELED);
	(void)execve(SHELL, argv, environ);
	_exit(errno == ENOENT ? EXIT_ENOENT : EXIT_CANNOT_INVOKE);
}

/* 0 once it ended, which waits for waitpid(2) still; -1 and errno. */
static int await_end(pid_t hook, int signals)
{
	struct deadline w = { WAIT_FOREVER, signals };
	autofd pidfd = sys_pidfd_open(hook, 0);

	/* Before Linux 5.3 a signal waits for the hook's end. */
	return pidfd < 0 ? 0 : wait_fd(&w, pidfd, POLLIN);
}

static int judge(const char *hook, const char *command, int status,
		 struct errmsg *f)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status))
		return errmsg_q(
			f, 0, "cannot start %s: hook %s failed with status %d",
			command, hook, WEXITSTATUS(status));
	return errmsg_q(f, 0,
			"cannot start %s: hook %s was killed by signal %d",
			command, hook, WTERMSIG(status));
}

static int run_hook(const char *hook, const char *command, pid_t pid,
		    int signals, struct errmsg *f)
{
	pid_t self = getpid(), child = nsfork(0, -1);
	int status = 0;

	if (child == 0)
		become_hook(hook, pid, self);
	if (child < 0)
		return errmsg(f, errno, "cannot fork");
	/* In both, as either may be the first that needs it. */
	(void)setpgid(child, child);
	if (await_end(child, signals) == 0) {
		nsfork_reap(child, &status);
		return judge(hook, command, status, f);
	}
	(void)errmsg_q(f, errno, "cannot wait for hook %s", hook);
	(void)kill(-child, SIGKILL);
	nsfork_reap(child, NULL);
	errno = f->error;
	return -1;
}

int hooks_run(const struct strlist *hooks, const char *command, pid_t pid,
	      int signals, struct errmsg *f)
{
	for (int i = 0; i < hooks->n; i++)
		if (run_hook(hooks->v[i], command, pid, signals, f) < 0)
			return -1;
	return 0;
}
