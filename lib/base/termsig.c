/* termsig - signals that should end a tool, once it has cleaned up */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/termsig.h"
#include "base/wait.h"

/* The first n of those that end a process. */
static int open_ends(int n_ends, int more)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE };
	int set[7], n = 0;
	struct sigaction now;

	/* While it is blocked even an ignored signal would come. */
	for (int i = 0; i < n_ends; i++) {
		if (sigaction(ends[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			set[n++] = ends[i];
	}
	set[n++] = more;
	set[n] = 0;
	return wait_signals(set);
}

int termsig_open(int more)
{
	return open_ends(4, more);
}

int termsig_open_pipe(int more)
{
	return open_ends(5, more);
}

void termsig_by(int sig)
{
	sigset_t set;

	(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, sig);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	/* Not raise(3), see nsfork.h. */
	(void)kill(getpid(), sig);
	/* Its default action does not end a process. */
	_exit(128 + sig);
}

void termsig_die(int signals)
{
	struct signalfd_siginfo info;

	if (fd_read(signals, &info, sizeof(info)) == sizeof(info))
		termsig_by((int)info.ssi_signo);
}
