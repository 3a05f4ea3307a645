/* helper-start - commands started in the ways that a shell does not know */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/sys.h"
#include "cli/applet.h"
#include "helper.h"

static int become(char **argv)
{
	execvp(argv[0], argv);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[0]);
}

/* Linux 5.18 puts an empty word where argv had none; the effect is alike. */
int helper_nameless(char **argv)
{
	execve(argv[1], (char *[]){ NULL }, (char *[]){ NULL });
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[1]);
}

/* All signals blocked, SIGCHLD ignored, a child that ended already. */
int helper_blocked(char **argv)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		err(EXIT_CANCELED, "cannot block signals");
	if (fork() == 0)
		_exit(7);
	if (signal(SIGCHLD, SIG_IGN) == SIG_ERR)
		err(EXIT_CANCELED, "cannot ignore SIGCHLD");
	return become(argv + 1);
}

/* The numbers of the signals that are blocked or ignored here. */
int helper_mask(char **argv)
{
	struct sigaction now;
	sigset_t mask;

	(void)argv;
	if (sigprocmask(SIG_BLOCK, NULL, &mask) < 0)
		err(EXIT_CANCELED, "cannot read the mask");
	for (int sig = 1; sig < NSIG; sig++) {
		if (sigismember(&mask, sig) == 1)
			printf("blocked %d\n", sig);
		if (sigaction(sig, NULL, &now) == 0 &&
		    now.sa_handler == SIG_IGN)
			printf("ignored %d\n", sig);
	}
	return 0;
}

/*
 * Hold a file so that who opens it, or executes it, waits for as long as this
 * runs (45 s at most, see lease-break-time in proc(5)). Says "held", and
 * "asked" once there is one that waits.
 */
int helper_lease(char **argv)
{
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC), sig;
	sigset_t io;

	(void)sigemptyset(&io);
	(void)sigaddset(&io, SIGIO);
	if (sigprocmask(SIG_BLOCK, &io, NULL) < 0 || fd < 0 ||
	    fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		err(EXIT_CANCELED, "cannot hold '%s'", argv[1]);
	if (puts("held") < 0 || fflush(stdout) != 0 || sigwait(&io, &sig) != 0)
		err(EXIT_CANCELED, "cannot wait");
	if (puts("asked") < 0 || fflush(stdout) != 0)
		err(EXIT_CANCELED, "cannot tell");
	(void)sleep(60);
	return 0;
}

/* Own copies of what linux/filter.h and linux/seccomp.h have: musl has none. */
struct seccomp {
	uint16_t code;
	uint8_t jump_true, jump_false;
	uint32_t k;
};

struct program {
	unsigned short n;
	const struct seccomp *v;
};

/* COMMAND on a kernel without close_range(2). */
int helper_old_kernel(char **argv)
{
	/* Load the number; if it is that, ENOSYS; else allow. */
	const struct seccomp v[] = {
		{ 0x20, 0, 0, 0 },
		{ 0x15, 0, 1, SYS_close_range },
		{ 0x06, 0, 0, 0x00050000 | ENOSYS },
		{ 0x06, 0, 0, 0x7fff0000 },
	};
	const struct program p = { sizeof(v) / sizeof(*v), v };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, 2, &p) < 0)
		err(EXIT_CANCELED, "cannot set a filter");
	return become(argv + 1);
}
