/* monitor - the process between an interactive tool and its command */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit.h"
#include "ptyfork/monitor.h"

/* The command stopped: so does this process, and the tool sees that. Whoever
 * continues it continues the command. */
static void stop_with(pid_t command)
{
	/* Not raise(3): a libc may remember the thread of before nsfork(). */
	(void)kill(getpid(), SIGSTOP);
	(void)kill(-command, SIGCONT);
}

/* Did it end? Then its status is in *status. */
static bool ended(pid_t command, int *status)
{
	pid_t pid;

	do {
		pid = waitpid(command, status, WNOHANG | WUNTRACED);
		if (pid == command && !WIFSTOPPED(*status))
			return true;
		if (pid == command)
			stop_with(command);
	} while (pid == command || (pid < 0 && errno == EINTR));
	return false;
}

/* Keyboard signals go to the whole job, as the terminal would send them. */
static void pass_on(pid_t command, int sig)
{
	if (sig == SIGTSTP || sig == SIGCONT)
		(void)kill(-command, sig);
	else if (sig != SIGCHLD && sig != SIGWINCH)
		(void)kill(command, sig);
}

static void pass_signals(const struct monitor *g, pid_t command)
{
	struct signalfd_siginfo info;

	while (read(g->signals, &info, sizeof(info)) == sizeof(info))
		pass_on(command, (int)info.ssi_signo);
}

int monitor_watch(const struct monitor *g, pid_t command)
{
	struct pollfd p[] = {
		{ .fd = g->signals, .events = POLLIN },
		{ .fd = g->lifeline, .events = POLLIN },
	};
	int status = 0;

	while (!ended(command, &status)) {
		(void)poll(p, 2, -1);
		if (p[1].revents) {
			user_tty_abandoned(g->user);
			if (g->kill)
				(void)kill(command, g->kill);
			p[1].fd = -1;
			p[1].revents = 0;
		}
		if (p[0].revents)
			pass_signals(g, command);
	}
	return exit_status(status);
}
