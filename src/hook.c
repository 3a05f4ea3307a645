/* hook - run a command to its end, within a time limit, and judge it */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exec.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/termsig.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "ns/nsfork.h"

struct args {
	const char *argv0;
	const char *chdir;
	bool clear_env;
	struct strlist env;
	const char *name;
	struct duration timeout;
};

static const struct opt opts[] = {
	OPT('t', timeout, "SECS", "kill COMMAND after SECS seconds"),
	OPT(0, argv0, "NAME", "pass NAME as COMMAND's argument 0"),
	OPT(0, chdir, "DIR", "make DIR the working directory"),
	OPT(0, clear_env, NULL, "start from an empty environment"),
	OPT(0, env, "NAME=VALUE", "set a variable of the environment"),
	OPT(0, name, "NAME", "use NAME for COMMAND in messages"),
	OPT_END
};

/* How much of what COMMAND printed last is repeated, where it fails. */
#define END_MS 1000 /* for a command that was killed */
#define TAIL   300

struct job {
	const struct args *a;
	char **command;
	const char *name;
	pid_t pid;
	int output;  /* what COMMAND prints */
	int started; /* the errno of an exec that failed, or its end */
	int pidfd, signals;
	char tail[TAIL];
	size_t n; /* in tail */
	bool cut;
};

static void hook_environment(const struct args *a)
{
	if (a->clear_env && clearenv() != 0)
		err(EXIT_CANCELED, "cannot clear the environment");
	for (int i = 0; i < a->env.n; i++)
		if (putenv((char *)a->env.v[i]) != 0)
			err(EXIT_CANCELED, "cannot set the environment");
}

/* In the child: only what fails here is told, by way of report. */
static void become_command(const struct job *j, int output, int report,
			   pid_t parent)
{
	char **argv = j->command;
	const char *file = argv[0];

	exec_defaults();
	(void)setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
	    dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0 || fd_close_rest(0, report) < 0)
		_exit(EXIT_CANCELED);
	if (j->a->argv0) {
		argv[0] = (char *)j->a->argv0;
		(void)execvp(file, argv);
	} else {
		(void)exec_command(argv, NULL);
	}
	(void)fd_write(report, &errno, sizeof(errno));
	_exit(EXIT_CANNOT_INVOKE);
}

static void start_hook(struct job *j)
{
	int output[2], report[2];
	pid_t self = getpid();

	j->signals = termsig_open(0);
	if (j->signals < 0 || pipe2(output, O_CLOEXEC) < 0 ||
	    pipe2(report, O_CLOEXEC) < 0 ||
	    fcntl(output[0], F_SETFL, O_NONBLOCK) < 0)
		err(EXIT_CANCELED, "cannot make a pipe");
	j->pid = fork();
	if (j->pid == 0)
		become_command(j, output[1], report[1], self);
	if (j->pid < 0)
		err(EXIT_CANCELED, "cannot run %s", Q(j->name));
	fd_close(&output[1]);
	fd_close(&report[1]);
	j->output = output[0];
	j->started = report[0];
	j->pidfd = sys_pidfd_open(j->pid, 0);
	if (j->pidfd < 0)
		err(EXIT_CANCELED, "cannot watch %s", Q(j->name));
}

/* Also those that it started, as far as they are still in its group. */
static void kill_command(const struct job *j)
{
	(void)kill(-j->pid, SIGKILL);
	(void)kill(j->pid, SIGKILL);
	/* In a call that no signal ends it stays, and the limit is one. */
	(void)nsfork_reap_within(j->pid, NULL, END_MS);
}

/* Returns how much it was, 0 where there is no more now. */
static size_t take_output(struct job *j)
{
	char data[4096];
	ssize_t n = fd_read(j->output, data, sizeof(data));
	size_t size = n > 0 ? (size_t)n : 0, from = 0, keep;

	if (n == 0 || (n < 0 && errno != EAGAIN))
		fd_close(&j->output);
	if (size > TAIL) {
		from = size - TAIL;
		j->n = 0;
		j->cut = true;
	}
	keep = TAIL - (size - from);
	if (j->n > keep) {
		memmove(j->tail, j->tail + j->n - keep, keep);
		j->n = keep;
		j->cut = true;
	}
	memcpy(j->tail + j->n, data + from, size - from);
	j->n += size - from;
	return size;
}

static void await_job(struct job *j)
{
	long long deadline = wait_until(j->a->timeout.given ? j->a->timeout.ms
							    : -1);

	for (;;) {
		struct pollfd p[] = { { j->pidfd, POLLIN, 0 },
				      { j->signals, POLLIN, 0 },
				      { j->output, POLLIN, 0 } };
		int n = poll(p, 3, wait_left(deadline));

		if (n < 0 && errno != EINTR)
			err(EXIT_CANCELED, "cannot wait for %s", Q(j->name));
		if (n > 0 && p[0].revents)
			return;
		if (n > 0 && p[1].revents) {
			kill_command(j);
			termsig_die(j->signals);
		}
		if (n > 0 && p[2].revents)
			(void)take_output(j);
		if (wait_left(deadline) == 0) {
			kill_command(j);
			errx(EXIT_TIMEDOUT, "%s took too long", Q(j->name));
		}
	}
}

/* What it printed last, as ": 'TEXT'", or nothing. */
static const char *printed(struct job *j)
{
	static const char *const start[] = { "", "..." };
	char text[TAIL + sizeof("...")];
	char *said = applet_alloc(1, QUOTE_MAX + 2);

	while (j->n > 0 && strchr("\n\r ", j->tail[j->n - 1]))
		j->n--;
	if (j->n == 0)
		return "";
	(void)snprintf(text, sizeof(text), "%s%.*s", start[j->cut], (int)j->n,
		       j->tail);
	(void)snprintf(said, QUOTE_MAX + 2, ": %s", Q(text));
	return said;
}

static int judge_command(struct job *j)
{
	int status, error;

	nsfork_reap(j->pid, &status);
	if (fd_read(j->started, &error, sizeof(error)) == sizeof(error)) {
		/* The file is there, so what is missing is what it names. */
		const bool there = error == ENOENT &&
				   exec_lookup(j->command) == 0;

		errno = error;
		err(error == ENOENT ? EXIT_ENOENT : EXIT_CANNOT_INVOKE,
		    "cannot execute %s%s", Q(j->name),
		    there ? " (its interpreter or loader is missing)" : "");
	}
	/* What is in the pipe is of the command; what comes later is of those
	 * that it left behind, and they may go on for ever. */
	for (int i = 0; i < 16 && j->output >= 0 && take_output(j) > 0; i++)
		;
	if (status == 0)
		return 0;
	if (WIFSIGNALED(status))
		errx(EXIT_FAILURE, "%s was killed by signal %d%s", Q(j->name),
		     WTERMSIG(status), printed(j));
	errx(EXIT_FAILURE, "%s ended with status %d%s", Q(j->name),
	     WEXITSTATUS(status), printed(j));
}

static int run_hook_here(const struct applet *self, char **argv)
{
	struct args a = { 0 };
	struct job j = { .a = &a, .command = applet_args(self, argv, &a) };

	for (int i = 0; i < a.env.n; i++)
		if (!strchr(a.env.v[i], '=') || *a.env.v[i] == '=')
			applet_usage_q(self, "bad --env %s: want NAME=VALUE",
				       a.env.v[i]);
	j.name = a.name ? a.name : j.command[0];
	if (a.chdir && chdir(a.chdir) < 0)
		err(EXIT_CANCELED, "cannot change to directory %s", Q(a.chdir));
	hook_environment(&a);
	start_hook(&j);
	await_job(&j);
	return judge_command(&j);
}

static const char *const about[] = {
	"Runs COMMAND and ends when it has ended: 0 if it has done its work. "
	"Where it fails, the one line that says so ends in what it printed "
	"last. What it prints is not passed on.",
	"hook waits for COMMAND alone. What it left running may keep its "
	"output open and goes on; with --timeout, COMMAND and its process "
	"group are killed when the time is over. COMMAND is killed when hook "
	"dies.",
	"COMMAND has hook's standard input, and no other descriptors: a "
	"runtime gives it the state of the container there.",
	NULL
};

static const struct example examples[] = {
	{ "hook --timeout 5 -- /usr/bin/setup-net <state.json",
	  "run a hook of a container" },
	{ "hook --clear-env --env PATH=/bin -- make -s",
	  "run a command that is quiet unless it fails" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",   "COMMAND ended with status 0",
	"1",   "COMMAND ended with another status, or was killed",
	"124", "COMMAND took too long",
	NULL
};

const struct applet hook_applet = {
	.name = "hook",
	.brief = "run a command within a time limit, and tell if it succeeded",
	.operands = "[--] COMMAND [ARG]...",
	.least = 1,
	.most = -1,
	.command = true,
	.judges = true,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "ocispec(1), ptyfork(1), timeout(1)",
	.run = run_hook_here,
};
