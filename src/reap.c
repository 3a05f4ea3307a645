/* reap - run a command, and end with the status of what it leaves behind */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/fdkeep.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "chain/chain.h"
#include "cli/applet.h"
#include "proc/descendants.h"
#include "proc/procdir.h"

#define ANCESTORS 4096 /* to look at, which is deeper than any tree */
#define KILL_MS	  5000 /* for what is killed to be gone */
#define RETRY_MS  100  /* between two looks at another process's child */

struct args {
	bool kill;
	const char *pid_file;
	const char *then;
};

static const struct opt opts[] = {
	OPT('k', kill, NULL, "kill what a COMMAND that fails leaves behind"),
	OPT('p', pid_file, "FILE",
	    "end with the process whose pid COMMAND writes to FILE"),
	OPT('t', then, "SCRIPT",
	    "run SCRIPT with sh after COMMAND, before reap ends"),
	OPT_END
};

/* A process that is followed, and its status once it has ended. */
struct proc {
	pid_t pid; /* 0: none */
	bool ended;
	int status;
};

struct reaper {
	struct args a;
	int signals;	     /* all that are passed on, and SIGCHLD */
	unsigned early;	     /* of those to end, what COMMAND got: by number */
	struct proc command; /* COMMAND itself, or SCRIPT */
	struct proc target;  /* the process in the pid file */
	int pidfd;	     /* of a target that is no child of ours, or -1 */
	char cgroup[2048];   /* of the target: /proc/PID/cgroup, or empty */
	bool settled;	     /* it is known which process that is */
	bool failed;	     /* COMMAND has, and did not wait for a target */
};

/*
 * Every signal is passed on but those by which the kernel reports a fault of
 * our own, those that stop a job that is in the background, and those that the
 * caller has ignored, as nohup(1) does: blocked, they would arrive here.
 */
static bool is_passed(int sig)
{
	static const int kept[] = { SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,
				    SIGFPE,  SIGILL,  SIGTRAP, SIGABRT,
				    SIGSYS,  SIGTTIN, SIGTTOU };
	struct sigaction now;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		if (sig == kept[i])
			return false;
	}
	return sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_IGN;
}

static int reap_open_signals(void)
{
	int set[NSIG], n = 0;

	for (int sig = 1; sig < NSIG; sig++) {
		/* Those that libc keeps for itself are between the two. */
		if ((sig < 32 || sig >= WAIT_RTMIN) && is_passed(sig))
			set[n++] = sig;
	}
	set[n] = 0;
	return wait_signals(set);
}

/* listen: what LISTEN_FDS announces, to be the command's, see fdkeep_listen */
static void reap_execute(char **command, int listen)
{
	struct chain chain;
	struct errmsg e;

	chain_init(&chain);
	chain.keep.all = true;
	/* As nothing isolates yet. */
	chain.loose = true;
	chain.listen = listen;
	applet_fail(chain_run(&chain, command, &e), &e);
}

/* In a child: signals are as they were given to us. */
static void unblock_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static pid_t start(char **command)
{
	/* The child is another process than the one that it was told to. */
	const int listen = fdkeep_listen();
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_CANCELED, "cannot fork");
	if (pid == 0) {
		unblock_signals();
		reap_execute(command, listen);
	}
	return pid;
}

static int reap_error(int why)
{
	errno = why;
	return -1;
}

/* parse_pid - digits, and at most a newline: the pid, or -1 */
static pid_t parse_pid(char *text, size_t n)
{
	int pid;

	if (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	/* A NUL inside is no digit either. */
	if (strlen(text) != n || text_int(text, 1, INT_MAX, &pid) < 0)
		return reap_error(EBADMSG);
	return pid;
}

/*
 * read_pid - the pid in the pid file
 *
 * Returns it; 0 where there is no such file; -1 and errno, EBADMSG where it
 * holds something else.
 */
static pid_t read_pid(const char *path)
{
	autofd fd = fd_open_as(AT_FDCWD, path, O_RDONLY, S_IFREG);
	char text[32];
	ssize_t n;

	if (fd < 0 && errno == EINVAL)
		return reap_error(EBADMSG);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = fd_read(fd, text, sizeof(text) - 1);
	return n < 0 ? -1 : parse_pid(text, (size_t)n);
}

static bool is_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
	       0;
}

/* The parent of a process, 0 where it cannot be seen; stat of proc(5). */
static pid_t parent_of(pid_t pid)
{
	autofd dir = procdir_open(pid, NULL);
	autofd fd = dir < 0 ? -1 : procdir_file(dir, "stat", O_RDONLY);
	char text[512];
	const char *name_end;
	ssize_t n;

	if (fd < 0 || (n = fd_read(fd, text, sizeof(text) - 1)) < 0)
		return 0;
	text[n] = '\0';
	/* ") S PPID": the name before may have anything in it. */
	name_end = strrchr(text, ')');
	return name_end && strlen(name_end) > 4 ? atoi(name_end + 4) : 0;
}

static bool is_descendant(pid_t pid)
{
	pid_t self = getpid();

	for (int i = 0; i < ANCESTORS && pid > 1; i++) {
		pid = parent_of(pid);
		if (pid == self)
			return true;
	}
	return false;
}

static void take(struct reaper *r, pid_t pid)
{
	int status;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return;
	for (int i = 0; i < 2; i++) {
		struct proc *p = i == 0 ? &r->command : &r->target;

		if (p->pid == pid) {
			p->ended = true;
			p->status = exit_status(status);
		}
	}
}

/*
 * The pid file may be still to come, and may then name a process that has ended
 * already: nothing is reaped before it is there, or is known not to come.
 */
static bool may_reap(struct reaper *r, pid_t pid)
{
	pid_t named;

	if (!r->a.pid_file || r->settled || r->target.pid)
		return true;
	named = read_pid(r->a.pid_file);
	if (named == pid)
		r->target.pid = pid;
	return named > 0;
}

/* reap_all - take the status of every child that has ended */
static void reap_all(struct reaper *r)
{
	siginfo_t info;
	int n;

	if (!r->command.ended)
		take(r, r->command.pid);
	for (;;) {
		info.si_pid = 0;
		do {
			n = waitid(P_ALL, 0, &info,
				   WEXITED | WNOHANG | WNOWAIT);
		} while (n < 0 && errno == EINTR);
		if (n < 0 || info.si_pid == 0 || !may_reap(r, info.si_pid))
			return;
		take(r, info.si_pid);
	}
}

static void send_signal(const struct reaper *r, pid_t pid, int sig)
{
	/* A child's pid is its own until it is waited for; another's is not. */
	if (pid == r->target.pid && r->pidfd >= 0)
		(void)sys_pidfd_send_signal(r->pidfd, sig, NULL, 0);
	else
		(void)kill(pid, sig);
}

/* Stop as the shell expects of its job. In an orphaned process group, which
 * no shell could continue, the kernel ignores it. */
static void stop_self(void)
{
	sigset_t stop;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTSTP);
	(void)kill(getpid(), SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, NULL);
	(void)sigprocmask(SIG_BLOCK, &stop, NULL);
}

/*
 * A signal typed at a terminal goes to its whole foreground group: a process
 * in ours has it already. A hang-up goes to the session leader as well, which
 * this may be alone.
 */
static void reap_pass_on(struct reaper *r, const struct signalfd_siginfo *info)
{
	int sig = (int)info->ssi_signo;
	pid_t pid = r->command.ended ? r->target.pid : r->command.pid;
	bool by_group = info->ssi_code == SI_KERNEL && sig != SIGHUP &&
			sig != SIGCONT && getpgid(pid) == getpgrp();

	if (sig != SIGCHLD && !by_group)
		send_signal(r, pid, sig);
	if (!r->command.ended && (sig == SIGTERM || sig == SIGINT ||
				  sig == SIGHUP || sig == SIGQUIT))
		r->early |= 1U << sig;
	if (sig == SIGTSTP)
		stop_self();
}

/* Wait for the next event, for ms at most, and deal with all that came. */
static void next_event(struct reaper *r, int ms)
{
	struct signalfd_siginfo info;
	struct pollfd p = { .fd = r->signals, .events = POLLIN };

	(void)poll(&p, 1, ms);
	while (read(r->signals, &info, sizeof(info)) == sizeof(info))
		reap_pass_on(r, &info);
	reap_all(r);
}

static void follow_command(struct reaper *r)
{
	reap_all(r);
	while (!r->command.ended)
		next_event(r, -1);
}

/* Is it there, be it a zombie? Its number can be another's by now; without a
 * pidfd, before Linux 5.3, that is not noticed. */
static bool has_target(const struct reaper *r)
{
	if (r->pidfd < 0)
		return kill(r->target.pid, 0) == 0;
	return sys_pidfd_send_signal(r->pidfd, 0, NULL, 0) == 0;
}

/*
 * A process below ours that is the child of another becomes ours when its
 * parent dies, which is no event of its own; or its parent has its status.
 */
static int follow_descendant(struct reaper *r)
{
	while (!r->target.ended && has_target(r))
		next_event(r, RETRY_MS);
	reap_all(r);
	if (r->target.ended)
		return r->target.status;
	warnx("cannot get the status of process %d: its parent took it",
	      (int)r->target.pid);
	return EXIT_CANCELED;
}

static int reap_follow_child(struct reaper *r)
{
	reap_all(r);
	while (!r->target.ended)
		next_event(r, -1);
	return r->target.status;
}

/* The status where the pid file names no process of ours: of that, why. A
 * COMMAND that failed has said why; an end that was not seen is no success. */
static int without_target(struct reaper *r, const char *why)
{
	r->failed = true;
	if (r->command.status != 0)
		return r->command.status;
	warnx("cannot follow the process in %s: %s", Q(r->a.pid_file), why);
	return EXIT_CANCELED;
}

/* The cgroups of a process that has ended are not shown with version 1. */
static void note_cgroup(struct reaper *r, pid_t pid)
{
	autofd dir = procdir_open(pid, NULL);
	autofd fd = dir < 0 ? -1 : procdir_file(dir, "cgroup", O_RDONLY);
	ssize_t n = -1;

	if (fd >= 0)
		n = fd_read(fd, r->cgroup, sizeof(r->cgroup) - 1);
	r->cgroup[n > 0 ? n : 0] = '\0';
}

/* What should have ended a COMMAND that was about to succeed is for the process
 * that it has left. */
static void send_early(const struct reaper *r)
{
	for (int sig = 1; sig < 32 && r->command.status == 0; sig++) {
		if (r->early & 1U << sig)
			send_signal(r, r->target.pid, sig);
	}
}

/* Follow a process below ours, which COMMAND has left. */
static int reap_follow(struct reaper *r, pid_t pid, bool child)
{
	/* One that fails has not left it on purpose. */
	if (r->a.kill && r->command.status != 0) {
		r->failed = true;
		return r->command.status;
	}
	if (r->target.ended && r->target.pid == pid)
		return r->target.status;
	r->target = (struct proc){ .pid = pid };
	if (r->a.then)
		note_cgroup(r, pid);
	if (!child)
		r->pidfd = sys_pidfd_open(pid, 0);
	send_early(r);
	return child ? reap_follow_child(r) : follow_descendant(r);
}

/* final_status - wait for the end of what is to be followed after COMMAND */
static int final_status(struct reaper *r)
{
	pid_t pid = r->a.pid_file ? read_pid(r->a.pid_file) : 0;
	bool ended = r->target.ended && r->target.pid == pid, child;

	r->settled = true;
	if (pid < 0)
		return without_target(r, errno == EBADMSG ? "it holds no pid"
							  : strerror(errno));
	if (pid == 0)
		r->failed = r->command.status != 0;
	if (pid == 0 || pid == r->command.pid)
		return r->command.status;
	child = is_child(pid);
	if (ended || child || is_descendant(pid))
		return reap_follow(r, pid, child);
	/* COMMAND has waited for it, and speaks for it. */
	if (kill(pid, 0) < 0 && errno == ESRCH)
		return r->command.status;
	return without_target(r, "it is no descendant of this process");
}

static void set_script_env(const struct reaper *r, pid_t pid, int status)
{
	char number[16], code[16];

	(void)snprintf(number, sizeof(number), "%d", (int)pid);
	(void)snprintf(code, sizeof(code), "%d", status);
	if (setenv("REAP_PID", pid ? number : "", 1) < 0 ||
	    setenv("REAP_STATUS", code, 1) < 0 ||
	    setenv("REAP_CGROUP", r->cgroup, 1) < 0)
		err(EXIT_CANCELED, "cannot run the script of --then");
}

/* run_script - run SCRIPT as a command of its own, to its end */
static void run_script(struct reaper *r, int status)
{
	char *words[] = { (char *)"sh", (char *)"-c", (char *)"--",
			  (char *)r->a.then, NULL };
	pid_t pid = r->target.pid;

	r->target = (struct proc){ 0 };
	r->command = (struct proc){ .pid = fork() };
	if (r->command.pid < 0) {
		warn("cannot run the script of --then");
		return;
	}
	if (r->command.pid == 0) {
		unblock_signals();
		set_script_env(r, pid, status);
		reap_execute(words, 0);
	}
	follow_command(r);
}

static void reap_prepare(struct reaper *r)
{
	const char *pid_file = r->a.pid_file;

	if (pid_file && fd_replaceable(pid_file) < 0)
		errx(EXIT_CANCELED, "cannot remove %s: it is no regular file",
		     Q(pid_file));
	if (pid_file && unlink(pid_file) < 0 && errno != ENOENT)
		err(EXIT_CANCELED, "cannot remove %s", Q(pid_file));
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		err(EXIT_CANCELED, "cannot adopt orphaned processes");
	r->signals = reap_open_signals();
	if (r->signals < 0)
		err(EXIT_CANCELED, "cannot wait for signals");
}

static int run_reap(const struct applet *self, char **argv)
{
	struct reaper r = { .pidfd = -1 };
	char **command = applet_args(self, argv, &r.a);
	int status;

	reap_prepare(&r);
	r.command.pid = start(command);
	follow_command(&r);
	status = final_status(&r);
	if (r.failed && r.a.kill && descendants_kill(KILL_MS) < 0)
		warn("cannot kill all that %s has left", Q(command[0]));
	if (r.a.then)
		run_script(&r, status);
	return status;
}

static const char *const about[] = {
	"Runs COMMAND and adopts the processes that it leaves behind: they "
	"become children of reap and not of process 1, and their status is "
	"taken when they end. Signals are passed on to COMMAND. No session is "
	"made, and the terminal's foreground process group stays as it is.",
	"With --pid-file, COMMAND is one that starts a process and returns, as "
	"a container runtime's create does: reap then goes on until the "
	"process whose pid COMMAND wrote to FILE has ended, ends with that "
	"process's status, and passes signals on to it. An old FILE is removed "
	"first. Only a descendant of reap is accepted. Where COMMAND writes no "
	"FILE, or has waited for the process itself, its own status counts.",
	"With --then, SCRIPT is run at the end with the final status in "
	"REAP_STATUS, the pid from FILE in REAP_PID, empty if there was none, "
	"and in REAP_CGROUP the lines of /proc/PID/cgroup as they were when "
	"COMMAND had ended. Its own status does not count. With --kill, a "
	"COMMAND that fails leaves nothing, unless it has waited for the "
	"process in FILE itself: all that it started is sent SIGKILL.",
	NULL
};

static const struct example examples[] = {
	{ "reap -- make", "as tini -s: nothing that make leaves is a zombie" },
	{ "reap -p pid -- runc create --pid-file pid -b bundle box",
	  "be the parent of a container, and end as it does" },
	{ "reap --then 'rm -r work' -- job work",
	  "clean up, however job ends" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"125", "reap failed, was called wrongly, or could not see the end", NULL
};

const struct applet reap_applet = {
	.name = "reap",
	.brief = "run a command, reap what it leaves, end with its status",
	.operands = "[--] COMMAND [ARG]...",
	.least = 1,
	.most = -1,
	.command = true,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "conlog(1), ptyfork(1), prctl(2), wait(2)",
	.run = run_reap,
};
