/* helper-fd - lib/fd and lib/wait, called from the shell */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "helper.h"

/* Own FD, and say what became of the description that was there before. */
int helper_own(char **argv)
{
	int fd = atoi(argv[1]);
	autofd own = fd_reopen(fd, O_RDONLY);

	if (own < 0) {
		puts(errno == ENOTSUP ? "ENOTSUP" : "another errno");
		return 1;
	}
	printf("own %s, shared %s, %s\n",
	       fcntl(own, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking",
	       fcntl(fd, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking",
	       fcntl(own, F_GETFD) & FD_CLOEXEC ? "closed on exec" : "kept");
	return 0;
}

int helper_close_rest(char **argv)
{
	int last = atoi(argv[2]);

	if (fd_close_rest(atoi(argv[1]), last) < 0)
		err(EXIT_CANCELED, "cannot close the rest");
	if (last >= 0)
		printf("%s\n", fcntl(last, F_GETFD) < 0 ? "closed" : "open");
	(void)fflush(stdout);
	execvp(argv[3], argv + 3);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[3]);
}

/* Wait for input on FD with USR1 as the signal that ends it. */
int helper_wait_fd(char **argv)
{
	struct deadline w = { .signals = wait_signals((int[]){ SIGUSR1, 0 }) };

	if (w.signals < 0)
		err(EXIT_CANCELED, "cannot wait for signals");
	w.deadline = wait_until(atoi(argv[2]));
	if (wait_fd(&w, atoi(argv[1]), POLLIN) == 0)
		return puts("ready") < 0;
	if (errno == ETIMEDOUT)
		puts("late");
	else
		puts(errno == ECANCELED ? "signal" : "another errno");
	return 1;
}
