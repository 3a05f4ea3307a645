/* monitor - the process between an interactive tool and its command */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "ns/sync.h"
#include "ptyfork/monitor.h"
#include "ptyfork/pidfiles.h"
#include "ptyfork/terminals.h"
#include "relay/supervise.h"

/* The command stopped: so does this process, and the tool sees that. When it is
 * continued it continues the command. */
static void stop_with(pid_t command)
{
	/* Not raise(3): a libc may remember the thread of before nsfork(). */
	(void)kill(getpid(), SIGSTOP);
	(void)kill(-command, SIGCONT);
}

/* What runs in a pid or mount namespace of its own may be hostile to the
 * caller's shell, which would get what is typed next: only the caller stops it.
 */
static bool is_foreign(const struct spawn *r)
{
	const struct child_plan *plan = &r->l->plan;
	uint64_t theirs = plan->create | plan->joined;

	return theirs & (CLONE_NEWPID | CLONE_NEWNS);
}

static void command_stopped(const struct spawn *r, int sig)
{
	if (!is_foreign(r))
		stop_with(r->child.pid);
	else if (sig == SIGTSTP)
		(void)kill(-r->child.pid, SIGCONT);
}

/* Did it end? Then its status is in *status. */
static bool has_ended(const struct spawn *r, int *status)
{
	pid_t command = r->child.pid, pid;

	do {
		pid = waitpid(command, status, WNOHANG | WUNTRACED);
		if (pid == command && !WIFSTOPPED(*status))
			return true;
		if (pid == command)
			command_stopped(r, WSTOPSIG(*status));
	} while (pid == command || (pid < 0 && errno == EINTR));
	/* There is no status, and none will come. */
	if (pid < 0)
		*status = EXIT_UNKNOWN;
	return pid < 0;
}

/* Keyboard signals go to the whole job, as the terminal would send them. */
static void pass_on(const struct spawn *r, int sig)
{
	pid_t command = r->child.pid;

	if (sig == SIGTSTP && is_foreign(r)) {
		(void)kill(-command, SIGSTOP);
		stop_with(command);
	} else if (sig == SIGTSTP || sig == SIGCONT) {
		(void)kill(-command, sig);
	} else if (sig != SIGCHLD && sig != SIGWINCH) {
		supervise_pass(command, true, sig);
	}
}

static void pass_signals(const struct spawn *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) == sizeof(info))
		pass_on(r, (int)info.ssi_signo);
}

/* Stand in for the command until it ends; the end of file of the lifeline says
 * that the tool is dead. Returns the status to end with. */
static int stand_in(struct spawn *r, int lifeline)
{
	struct pollfd p[] = {
		{ .fd = r->signals, .events = POLLIN },
		{ .fd = lifeline, .events = POLLIN },
	};
	int status = 0;

	while (!has_ended(r, &status)) {
		(void)poll(p, 2, -1);
		if (p[1].revents) {
			if (r->l->kill)
				(void)kill(r->child.pid, r->l->kill);
			p[1].fd = -1;
			p[1].revents = 0;
		}
		if (p[0].revents)
			pass_signals(r);
	}
	pidfiles_end(&r->pidfiles);
	return exit_status(status);
}

static int lead_session(const struct spawn *r)
{
	if (spawn_leads(r))
		return setsid() < 0 ? -1 : 0;
	return pty_control(r->pty[0].slave);
}

/* Start the command, as a job of a session of its own where it can be. */
static int start_command(struct spawn *r, const struct sync *tool, int *status,
			 struct errmsg *f)
{
	*status = EXIT_CANCELED;
	terminals_close_masters(r);
	if (lead_session(r) < 0)
		return errmsg(f, errno, "cannot lead a session");
	if (spawn_start(r, status, f) < 0)
		return -1;
	/* What is open here is out of the command's sight. Not earlier: a child
	 * would be like that as well, and its id maps could not be written. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (r->inside && terminals_give(r, tool) < 0) {
		(void)errmsg(f, errno, "cannot hand the terminal over");
		return spawn_abandon(r, f->error, status);
	}
	return spawn_await(r, status, f);
}

/* What the monitor is, from its fork to its end. */
static void monitor_run(struct spawn *r, const struct sync *tool)
{
	struct errmsg f;
	int status;

	if (start_command(r, tool, &status, &f) < 0)
		sync_failed(tool, status, &f);
	/* From here on it outlives the tool: it is what clears up. */
	(void)prctl(PR_SET_PDEATHSIG, 0);
	if (sync_runs(tool) < 0) {
		(void)errmsg(&f, errno,
			     "cannot report that the command "
			     "started");
		(void)spawn_abandon(r, f.error, &status);
		sync_failed(tool, status, &f);
	}
	/* Keep nothing of the caller's. */
	user_tty_close(&r->user);
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	(void)fd_close_marked(false, -1);
	(void)close(tool->report);
	terminals_close(r);
	_exit(stand_in(r, tool->go));
}

int monitor_start(struct spawn *r, int *status, struct errmsg *f)
{
	struct child_plan none;
	struct child monitor;
	struct sync tool;
	int made;

	child_plan_init(&none);
	made = child_start(&none, &monitor, &tool, f);
	if (made == 0)
		monitor_run(r, &tool);
	*status = EXIT_CANCELED;
	if (made < 0)
		return -1;
	r->child = monitor;
	r->monitored = true;
	fd_close(&r->l->err);
	/* The monitor is the one to see the time run out, and to clear up. */
	if (spawn_take(r, -1, status, f) < 0)
		return -1;
	return spawn_await(r, status, f);
}
