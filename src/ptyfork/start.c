/* start - start the command of a launch, with or without a guard */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "ns/nsfork.h"
#include "proc/pidfile.h"
#include "ptyfork/command.h"
#include "ptyfork/hooks.h"
#include "ptyfork/monitor.h"
#include "ptyfork/start.h"
#include "ptyfork/terminals.h"

static void drop_pid_files(struct spawn *r)
{
	if (r->wrote_pid)
		(void)unlink(r->l->pid_file);
	if (r->wrote_start)
		(void)unlink(r->l->pid_start);
	r->wrote_pid = r->wrote_start = false;
}

int start_mute(const struct spawn *r, int *status, struct errmsg *f)
{
	*status = EXIT_CANCELED;
	return errmsg(f, 0, "cannot start %s: it could not tell why",
		      Q(r->l->command[0]));
}

/* A child that failed has told why, or printed it, as a tool that is the
 * command does; it ends by itself. */
static int child_fault(struct spawn *r, int *status, struct errmsg *f)
{
	int wait_status = 0;

	drop_pid_files(r);
	nsfork_reap(r->child.pid, &wait_status);
	*status = r->child.status;
	if (*status)
		return errmsg(f, r->child.errmsg.error, "%s",
			      r->child.errmsg.what);
	*status = exit_status(wait_status);
	if (*status == CHILD_MUTE)
		return start_mute(r, status, f);
	if (WIFEXITED(wait_status))
		return errmsg(f, 0, "%s", "");
	return errmsg(f, 0, "cannot start %s: killed meanwhile",
		      Q(r->l->command[0]));
}

/* A child that cannot be heard may be at any point: it is not to go on. */
static int child_lost(struct spawn *r, int *status, struct errmsg *f)
{
	(void)errmsg(f, errno, "cannot follow the start of %s",
		     Q(r->l->command[0]));
	drop_pid_files(r);
	child_end(&r->child);
	*status = EXIT_CANCELED;
	return -1;
}

static int write_pid_files(struct spawn *r, struct errmsg *f)
{
	const struct launch *l = r->l;

	if (l->pid_file && pidfile_write(l->pid_file, r->child.pid) < 0)
		return errmsg(f, errno, "cannot write %s", Q(l->pid_file));
	r->wrote_pid = l->pid_file;
	if (l->pid_start && pidfile_write_start(l->pid_start, r->child.pid) < 0)
		return errmsg(f, errno, "cannot write %s", Q(l->pid_start));
	r->wrote_start = l->pid_start;
	return 0;
}

static int deliver(const struct spawn *r, int signals, struct errmsg *f)
{
	const struct launch *l = r->l;
	struct deadline w = { wait_until(l->timeout), signals };

	/* The receiver's description is this one, and it may well block. */
	if (fcntl(r->pty[0].master, F_SETFL, O_RDWR) < 0)
		return errmsg(f, errno, "cannot set up the terminal");
	return console_deliver(&l->console, r->pty[0].master, &w, f);
}

/* What has to happen at one of its holds before the child may go on: its pid
 * is noted, hooks have run, its terminal is delivered. */
static int prepare(struct spawn *r, bool early, int signals, struct errmsg *f)
{
	const struct launch *l = r->l;
	bool first = early || l->hooks.n == 0;

	if (first && write_pid_files(r, f) < 0)
		return -1;
	if (early &&
	    hooks_run(&l->hooks, l->command[0], r->child.pid, signals, f) < 0)
		return -1;
	if (!early && l->deliver && deliver(r, signals, f) < 0)
		return -1;
	if (child_go(&r->child) < 0)
		return errmsg(f, errno, "cannot start %s", Q(l->command[0]));
	return 0;
}

/* Let a held child go; a failure takes it away, and so does a signal that
 * would end us, once nothing is left. */
static int release(struct spawn *r, bool early, int *status, struct errmsg *f)
{
	autofd signals = termsig_open(0);
	struct deadline w = { wait_until(r->l->timeout), signals };
	int ready = signals < 0 ? -1 : child_ready(&r->child, &w), why;

	if (ready == 0)
		return child_fault(r, status, f);
	if (ready < 0)
		(void)errmsg(f, errno, "cannot set up %s", Q(r->l->command[0]));
	else if (prepare(r, early, signals, f) == 0)
		return 0;
	why = errno;
	*status = why == ETIMEDOUT ? EXIT_TIMEDOUT : EXIT_CANCELED;
	drop_pid_files(r);
	child_end(&r->child);
	if (why == EINTR)
		termsig_die(signals);
	return -1;
}

/* Get the terminals that the child opened. A file system of a container that
 * was joined may be one that never answers (FUSE), hence ms. */
static int take_terminals(struct spawn *r, int ms, int *status,
			  struct errmsg *f)
{
	struct deadline w = { wait_until(ms), -1 };
	int took = r->inside ? terminals_take(r, &w) : 1;

	if (took == 1)
		return 0;
	if (took == 0)
		return child_fault(r, status, f);
	*status = errno == ETIMEDOUT ? EXIT_TIMEDOUT : EXIT_CANCELED;
	(void)errmsg(f, errno, "cannot receive the terminal");
	child_end(&r->child);
	return -1;
}

/* A terminal that comes from inside comes too late for a guard to lead a
 * session there; and process 1 stops for nobody. */
static bool leads(const struct spawn *r)
{
	return r->inside || (r->l->plan.create & CLONE_NEWPID) ||
	       !r->user.interactive;
}

static int start_child(struct spawn *r, int *status, struct errmsg *f)
{
	struct launch *l = r->l;
	bool early = l->hooks.n > 0;
	bool noted = l->pid_file || l->pid_start;
	struct command_plan how = { leads(r), early,
				    l->deliver || (noted && !early) };
	int made = child_start(&l->plan, &r->child, f);

	if (made == 0)
		command_run(r, &r->child, &how);
	*status = EXIT_CANCELED;
	if (made < 0 || take_terminals(r, l->timeout, status, f) < 0)
		return -1;
	fd_close(&l->err);
	if (how.early && release(r, true, status, f) < 0)
		return -1;
	return how.held ? release(r, false, status, f) : 0;
}

int start_await(struct spawn *r, int *status, struct errmsg *f)
{
	struct deadline w = { WAIT_FOREVER, -1 };

	int ran = child_ran(&r->child, &w);

	if (ran < 0)
		return child_lost(r, status, f);
	return ran == 1 ? 0 : child_fault(r, status, f);
}

static int lead(const struct spawn *r)
{
	if (leads(r))
		return setsid() < 0 ? -1 : 0;
	return pty_control(r->pty[0].slave);
}

/* The guard's part of starting the command, as a job of a session of its own
 * where it can be, and how that went. */
static int start_in_monitor(struct spawn *r, const struct child *self,
			    int *status, struct errmsg *f)
{
	*status = EXIT_CANCELED;
	terminals_close_masters(r);
	if (lead(r) < 0)
		return errmsg(f, errno, "cannot lead a session");
	if (start_child(r, status, f) < 0)
		return -1;
	if (r->inside && terminals_give(r, self) < 0) {
		(void)errmsg(f, errno, "cannot hand the terminal over");
		child_end(&r->child);
		return -1;
	}
	return start_await(r, status, f);
}

/* The guard: start the command, tell the tool, then stand in for it. */
static void run_monitor(struct spawn *r, const struct child *self)
{
	struct monitor g = { &r->user, r->signals, self->go, r->l->kill };
	struct errmsg f;
	int status;

	if (start_in_monitor(r, self, &status, &f) < 0)
		child_failed(self, status, &f);
	if (child_runs(self) < 0) {
		(void)errmsg(&f, errno, "cannot tell that the command runs");
		child_end(&r->child);
		child_failed(self, EXIT_CANCELED, &f);
	}
	/* Keep nothing of the caller's but the terminal to be put back, and
	 * that out of the command's sight. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)close(1);
	(void)close(2);
	(void)close(self->report);
	terminals_close(r);
	_exit(monitor_watch(&g, r->child.pid));
}

int start_plain(struct spawn *r, int *status, struct errmsg *f)
{
	return start_child(r, status, f);
}

int start_monitored(struct spawn *r, int *status, struct errmsg *f)
{
	struct child_plan none;
	struct child self;
	int made;

	child_plan_init(&none);
	made = child_start(&none, &self, f);
	if (made == 0)
		run_monitor(r, &self);
	*status = EXIT_CANCELED;
	if (made < 0)
		return -1;
	r->child = self;
	fd_close(&r->l->err);
	/* The guard is the one to see the time run out, and to clear up. */
	if (take_terminals(r, -1, status, f) < 0)
		return -1;
	return start_await(r, status, f);
}
