/* ending - signals that should end a tool, once it has cleaned up */
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "ending.h"
#include "fd.h"
#include "wait.h"

int ending_open(int more)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	int set[6], n = 0;
	struct sigaction now;

	/* While it is blocked even an ignored signal would come. */
	for (int i = 0; i < 4; i++) {
		if (sigaction(ends[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			set[n++] = ends[i];
	}
	set[n++] = more;
	set[n] = 0;
	return wait_signals(set);
}

void ending_die(int signals)
{
	struct signalfd_siginfo info;
	sigset_t set;
	int sig;

	if (fd_read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	sig = (int)info.ssi_signo;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, sig);
	if (signal(sig, SIG_DFL) == SIG_ERR || raise(sig) != 0)
		return;
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}
