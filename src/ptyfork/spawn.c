/* spawn - start a command, held until all that has to be done outside is done
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "ns/nsfork.h"
#include "ns/sync.h"
#include "ptyfork/command.h"
#include "ptyfork/hooks.h"
#include "ptyfork/pidfiles.h"
#include "ptyfork/spawn.h"
#include "ptyfork/terminals.h"

#define END_MS 1000 /* for a child that has said that it ends */

int spawn_mute(const struct spawn *r, int *status, struct errmsg *f)
{
	*status = EXIT_CANCELED;
	return errmsg_q(f, 0, "cannot start %s: it could not tell why",
			r->l->command[0]);
}

/* A child that failed has told why, or printed it, as a tool that is the
 * command does; it ends by itself. */
static int start_failed(struct spawn *r, int *status, struct errmsg *f)
{
	int wait_status = 0;

	pidfiles_remove(&r->pidfiles);
	/* Unless it is stopped. */
	if (nsfork_reap_within(r->child.pid, &wait_status, END_MS) < 0) {
		child_end(&r->child);
		wait_status = SIGKILL;
	}
	child_close(&r->child);
	*status = r->child.status;
	if (*status)
		return errmsg(f, r->child.errmsg.error, "%s",
			      r->child.errmsg.what);
	*status = exit_status(wait_status);
	if (*status == SYNC_MUTE)
		return spawn_mute(r, status, f);
	if (WIFEXITED(wait_status))
		return errmsg(f, 0, "%s", "");
	return errmsg_q(f, 0, "cannot start %s: it was killed",
			r->l->command[0]);
}

/* A monitor clears up by itself; what it is then is nothing, or hangs. */
static void end_child(struct spawn *r)
{
	if (r->monitored) {
		(void)kill(r->child.pid, SIGTERM);
		if (nsfork_reap_within(r->child.pid, NULL, END_MS) == 0) {
			child_close(&r->child);
			return;
		}
	}
	child_end(&r->child);
}

/* A child that is not heard of may be at any point: it is not to go on. A
 * signal that ended the wait for it ends this process, once nothing is left. */
static int give_up(struct spawn *r, int *status, struct errmsg *f)
{
	int why = errno;

	(void)errmsg(f, why == ETIMEDOUT ? 0 : why,
		     why == ETIMEDOUT ? "cannot start %s: timed out"
				      : "cannot start %s",
		     Q(r->l->command[0]));
	return spawn_abandon(r, why, status);
}

int spawn_abandon(struct spawn *r, int why, int *status)
{
	pidfiles_remove(&r->pidfiles);
	end_child(r);
	*status = why == ETIMEDOUT ? EXIT_TIMEDOUT : EXIT_CANCELED;
	if (why == ECANCELED)
		termsig_die(r->ends);
	errno = why;
	return -1;
}

static int deliver_terminal(const struct spawn *r, int signals,
			    struct errmsg *f)
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
static int let_go(struct spawn *r, bool early, int signals, struct errmsg *f)
{
	const struct launch *l = r->l;
	bool first = early || l->hooks.n == 0;

	if (first && pidfiles_write(&r->pidfiles, l, r->child.pid, f) < 0)
		return -1;
	if (early &&
	    hooks_run(&l->hooks, l->command[0], r->child.pid, signals, f) < 0)
		return -1;
	if (!early && l->deliver && deliver_terminal(r, signals, f) < 0)
		return -1;
	if (child_go(&r->child) < 0)
		return errmsg_q(f, errno, "cannot start %s", l->command[0]);
	return 0;
}

/* Let a held child go; a failure takes it away. */
static int release(struct spawn *r, bool early, int *status, struct errmsg *f)
{
	struct deadline w = { wait_until(r->l->timeout), r->ends };
	int ready = child_ready(&r->child, &w), why;

	if (ready == 0)
		return start_failed(r, status, f);
	if (ready < 0)
		return give_up(r, status, f);
	if (let_go(r, early, r->ends, f) == 0)
		return 0;
	why = errno;
	(void)spawn_abandon(r, why, status);
	/* The console socket's answer is no. */
	if (why == ECONNREFUSED)
		*status = EXIT_FAILURE;
	return -1;
}

/* A file system of a container that was joined may never answer (FUSE), hence
 * the limit. */
int spawn_take(struct spawn *r, int ms, int *status, struct errmsg *f)
{
	struct deadline w = { WAIT_FOREVER, r->ends };
	int took;

	if (!r->inside)
		return 0;
	w.deadline = wait_until(ms);
	took = terminals_take(r, &w);
	if (took == 1)
		return 0;
	return took == 0 ? start_failed(r, status, f) : give_up(r, status, f);
}

/* A terminal that comes from inside comes too late for a monitor to lead a
 * session there; and process 1 is not stopped by a terminal's ^Z. */
bool spawn_leads(const struct spawn *r)
{
	return r->inside || (r->l->plan.create & CLONE_NEWPID) ||
	       !r->user.interactive;
}

/* May the child share our memory up to its exec? Not where it waits for us, or
 * we for its terminals, nor keys are relayed; and not where it does more than
 * to execute. */
static bool may_share(const struct spawn *r, const struct command_plan *how)
{
	const struct launch *l = r->l;

	return child_can_share(&l->plan) && l->hold < 0 && !how->early &&
	       !how->held && !r->inside && !r->user.interactive && !l->init &&
	       l->listen == 0 && !applet_find(l->command[0]);
}

struct shared_command {
	struct spawn *r;
	const struct command_plan *how;
};

static void run_command(const struct sync *sync, void *arg)
{
	const struct shared_command *c = arg;

	command_run(c->r, sync, c->how);
}

/* Returns 0; -1 as child_start(). */
static int fork_command(struct spawn *r, const struct command_plan *how,
			struct errmsg *f)
{
	struct shared_command c = { r, how };
	struct sync sync;
	int made;

	if (may_share(r, how)) {
		if (command_forget_size(r->l, f) < 0)
			return -1;
		return child_start_shared(&r->l->plan, &r->child, run_command,
					  &c, r->ends, f);
	}
	made = child_start(&r->l->plan, &r->child, &sync, f);
	if (made == 0)
		command_run(r, &sync, how);
	return made < 0 ? -1 : 0;
}

int spawn_start(struct spawn *r, int *status, struct errmsg *f)
{
	struct launch *l = r->l;
	bool early = l->hooks.n > 0;
	bool noted = l->pid_file || l->pid_start;
	struct command_plan how = { spawn_leads(r), early,
				    l->deliver || (noted && !early) };
	int made = fork_command(r, &how, f);

	*status = EXIT_CANCELED;
	if (made < 0 || spawn_take(r, l->timeout, status, f) < 0)
		return -1;
	fd_close(&l->err);
	if (how.early && release(r, true, status, f) < 0)
		return -1;
	return how.held ? release(r, false, status, f) : 0;
}

/* In a container that was joined a child can be stopped by what runs there. */
int spawn_await(struct spawn *r, int *status, struct errmsg *f)
{
	bool limited = r->l->plan.joins && !r->monitored;
	struct deadline w = { wait_until(limited ? r->l->timeout : -1),
			      r->ends };
	int ran = child_ran(&r->child, &w);

	if (ran < 0)
		return give_up(r, status, f);
	return ran == 1 ? 0 : start_failed(r, status, f);
}
