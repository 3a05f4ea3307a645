/* command - the command whose output is kept, and whose end is the end */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exec.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/fdkeep.h"
#include "base/sys.h"
#include "base/text.h"
#include "chain/chain.h"
#include "conlog/command.h"
#include "ns/nsfork.h"

#define END_MS 1000 /* for a command that was killed */

/* What a command is given besides its words. */
struct given {
	const int *out;
	const struct command_signals *had;
	bool loose; /* descriptors above 2, as tee(1) would */
	int listen; /* which LISTEN_FDS announces */
};

static void become(char **argv, const struct given *g, int report)
	__attribute__((noreturn));

static void become(char **argv, const struct given *g, int report)
{
	const int *out = g->out;
	struct chain chain;
	struct errmsg f;
	int status = EXIT_CANCELED;

	(void)signal(SIGPIPE, g->had->pipe);
	(void)signal(SIGXFSZ, g->had->xfsz);
	exec_signals(false);
	if ((out[0] >= 0 && dup2(out[0], STDOUT_FILENO) < 0) ||
	    (out[1] >= 0 && dup2(out[1], STDERR_FILENO) < 0) ||
	    (!g->loose && fd_close_rest(0, report) < 0)) {
		(void)errmsg_q(&f, errno, "cannot start %s", argv[0]);
	} else {
		chain_init(&chain);
		chain.keep.all = true;
		chain.loose = g->loose;
		chain.listen = g->listen;
		status = chain_run(&chain, argv, &f);
	}
	_exit(fd_write(report, &f, sizeof(f)) < 0 ? EXIT_CANCELED : status);
}

struct command_signals command_ignore(void)
{
	return (struct command_signals){
		.pipe = signal(SIGPIPE, SIG_IGN),
		.xfsz = signal(SIGXFSZ, SIG_IGN),
	};
}

int command_start(struct command *c, char **argv, const int out[2],
		  const struct command_signals *had, bool loose,
		  struct errmsg *f)
{
	const struct given g = { out, had, loose, loose ? fdkeep_listen() : 0 };
	int report[2];

	*c = (struct command){ .pidfd = -1, .report = -1, .status = -1 };
	if (pipe2(report, O_CLOEXEC) < 0)
		return errmsg_q(f, errno, "cannot start %s", argv[0]);
	c->pid = fork();
	if (c->pid == 0) {
		int high = fd_above(report[1], 3);

		become(argv, &g, high < 0 ? report[1] : high);
	}
	fd_close(&report[1]);
	c->report = report[0];
	if (c->pid > 0)
		c->pidfd = sys_pidfd_open(c->pid, 0);
	if (c->pidfd >= 0)
		return 0;
	(void)errmsg_q(f, errno, "cannot start %s", argv[0]);
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)nsfork_reap_within(c->pid, NULL, END_MS);
	}
	fd_close(&c->report);
	return -1;
}

bool command_failed(struct command *c, struct errmsg *f)
{
	ssize_t got = fd_read(c->report, f, sizeof(*f));

	fd_close(&c->report);
	return got == sizeof(*f);
}

bool command_ended(struct command *c)
{
	int status;
	pid_t pid;

	do {
		pid = waitpid(c->pid, &status, WNOHANG);
	} while (pid < 0 && errno == EINTR);
	if (pid != c->pid)
		return false;
	c->status = exit_status(status);
	c->pid = 0;
	return true;
}

int command_pass_signals(int signals)
{
	static const int passed[] = { SIGUSR1, SIGUSR2 };
	struct sigaction now;
	sigset_t set;

	/* What is blocked is what the signalfd is for. */
	if (sigprocmask(SIG_BLOCK, NULL, &set) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		if (sigaction(passed[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			(void)sigaddset(&set, passed[i]);
	}
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -1;
	return signalfd(signals, &set, 0) < 0 ? -1 : 0;
}

void command_kill(const struct command *c, int sig)
{
	if (c->pid > 0)
		(void)kill(c->pid, sig);
}

void command_close(struct command *c)
{
	fd_close(&c->pidfd);
	fd_close(&c->report);
}
