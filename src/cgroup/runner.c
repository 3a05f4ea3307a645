/* runner - a command in a cgroup */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/wait.h"
#include "chain/chain.h"
#include "cgroup/groups.h"
#include "cgroup/runner.h"
#include "cli/applet.h"

int runner_become(const struct groups *g, char **command)
{
	struct cgroups all;
	struct chain chain;
	struct errmsg e;

	cgroups_init(&all);
	for (int i = 0; i < g->n; i++)
		if (g->at[i].fd >= 0)
			all.fd[all.n++] = g->at[i].fd;
	if (cgroups_enter(&all, 0, &e) < 0)
		applet_fail(EXIT_CANCELED, &e);
	chain_init(&chain);
	chain.keep.all = true;
	applet_fail(chain_run(&chain, command, &e), &e);
}

/* A signal that is typed at a terminal goes to its whole foreground group. */
static void pass_signal(pid_t pid, const struct signalfd_siginfo *info)
{
	int sig = (int)info->ssi_signo;

	if (sig != SIGCHLD && (info->ssi_code != SI_KERNEL || sig == SIGHUP))
		(void)kill(pid, sig);
}

/* It may not have entered the cgroup yet, which is about to be killed and
 * removed. */
static int abandon(pid_t pid, struct errmsg *e)
{
	int error = errno;

	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return errmsg(e, error, "cannot wait for the command");
}

static int await_command(pid_t pid, int signals, struct errmsg *e)
{
	struct deadline w = { WAIT_FOREVER, -1 };
	struct signalfd_siginfo info;
	int status;

	for (;;) {
		pid_t ended;

		do {
			ended = waitpid(pid, &status, WNOHANG);
		} while (ended < 0 && errno == EINTR);
		if (ended == pid)
			return exit_status(status);
		if (ended < 0)
			return errmsg(e, errno, "cannot wait for the command");
		if (wait_fd(&w, signals, POLLIN) < 0)
			return abandon(pid, e);
		while (read(signals, &info, sizeof(info)) == sizeof(info))
			pass_signal(pid, &info);
	}
}

int runner_run(const struct groups *g, char **command, struct errmsg *e)
{
	static const int set[] = { SIGCHLD, SIGHUP,  SIGINT,  SIGQUIT,
				   SIGTERM, SIGUSR1, SIGUSR2, 0 };
	sigset_t before;
	pid_t pid;

	(void)sigprocmask(SIG_BLOCK, NULL, &before);
	/* Where it is ignored a child leaves no status. */
	(void)signal(SIGCHLD, SIG_DFL);
	autofd signals = wait_signals(set);
	if (signals < 0 || (pid = fork()) < 0)
		return errmsg(e, errno, "cannot run the command");
	if (pid == 0) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		_exit(runner_become(g, command));
	}
	return await_command(pid, signals, e);
}
