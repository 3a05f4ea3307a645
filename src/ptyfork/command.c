/* command - the process that becomes the command, from its fork to its exec */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/text.h"
#include "chain/chain.h"
#include "cli/applet.h"
#include "ns/ns.h"
#include "ns/sync.h"
#include "ptyfork/command.h"
#include "ptyfork/init.h"
#include "ptyfork/terminals.h"
#include "tty/devpts.h"
#include "tty/pty.h"

static int take_names(const struct launch *l, struct errmsg *f)
{
	if (l->hostname && sethostname(l->hostname, strlen(l->hostname)) < 0)
		return errmsg_q(f, errno, "cannot set the host name to %s",
				l->hostname);
	return l->proc ? ns_proc(l->proc, f) : 0;
}

/* A job of its own, in the foreground; from the background that takes SIGTTOU
 * to be blocked. exec_signals lets it through again. */
static int take_foreground(int slave)
{
	sigset_t ttou;

	(void)sigemptyset(&ttou);
	(void)sigaddset(&ttou, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &ttou, NULL);
	if (setpgid(0, 0) < 0)
		return -1;
	return tcsetpgrp(slave, getpgrp());
}

static int take_terminal(const struct spawn *r, const struct command_plan *how,
			 struct errmsg *f)
{
	const struct launch *l = r->l;
	int done = 0;

	if (l->tty)
		done = how->leads ? pty_control(r->pty[0].slave)
				  : take_foreground(r->pty[0].slave);
	else if (l->detach)
		done = setsid() < 0 ? -1 : 0;
	return done == 0 ? 0 : errmsg(f, errno, "cannot lead a session");
}

static int open_inside(struct spawn *r, const struct sync *sync,
		       struct errmsg *f)
{
	if (!r->inside)
		return 0;
	if (terminals_open_inside(r, f) < 0)
		return -1;
	if (terminals_give(r, sync) < 0)
		return errmsg(f, errno, "cannot hand the terminal over");
	return 0;
}

/*
 * A devpts that no path leads to is for a tool that enters a root and attaches
 * it there. For any other command it is the one at /dev/pts, if there is such
 * a directory.
 */
static int attach_devpts(const struct spawn *r, struct errmsg *f)
{
	const struct applet *next = applet_find(r->l->command[0]);

	if (!r->loose || (next && next->enters))
		return 0;
	if (devpts_attach(r->devpts) == 0 ||
	    (errno == ENOENT && access("/dev/pts", F_OK) < 0))
		return 0;
	return errmsg(f, errno, "cannot attach a devpts at '/dev/pts'");
}

static int split_init(const struct launch *l, const struct sync *sync,
		      struct errmsg *f)
{
	struct init how = { sync, l->kill, l->words };

	return l->init ? init_fork(&how, f) : 0;
}

static bool forget(const char *name)
{
	return !getenv(name) || unsetenv(name) == 0;
}

int command_forget_size(const struct launch *l, struct errmsg *f)
{
	if (l->tty && !(forget("LINES") && forget("COLUMNS")))
		return errmsg(f, errno, "cannot change the environment");
	return 0;
}

static int take_environ(const struct launch *l, struct errmsg *f)
{
	if (!l->target.has_environ ||
	    target_use_environ(&l->target, l->tty, l->listen > 0) == 0)
		return 0;
	return errmsg(f, errno, "cannot change the environment");
}

static int set_up(struct spawn *r, const struct sync *sync,
		  const struct command_plan *how, struct errmsg *f)
{
	if (take_environ(r->l, f) < 0 || command_forget_size(r->l, f) < 0 ||
	    take_names(r->l, f) < 0 || open_inside(r, sync, f) < 0 ||
	    attach_devpts(r, f) < 0 || split_init(r->l, sync, f) < 0)
		return -1;
	if (take_terminal(r, how, f) < 0)
		return -1;
	if (how->early && sync_hold(sync) < 0)
		return errmsg(f, errno, "cannot report that all is ready");
	return 0;
}

/* A terminal of the caller's, which the command is to be kept away from. */
static bool is_terminal(int fd)
{
	return isatty(fd) && !pty_is_master(fd);
}

/* What is left for the end of the chain of tools that the command may be. */
static void leave_rest(const struct spawn *r, const struct sync *sync,
		       const struct command_plan *how, struct chain *chain)
{
	const struct launch *l = r->l;
	bool own = l->plan.create & CLONE_NEWNS;

	chain_init(chain);
	for (int fd = 0; fd < 3; fd++)
		if (l->on[fd])
			chain->stdio[fd] = r->pty[fd == 2 && l->split].slave;
	if (l->err >= 0)
		chain->stdio[2] = l->err;
	chain->hold = l->hold;
	chain->devpts = own ? r->devpts : -1;
	chain->own_mounts = own;
	chain->early = l->early;
	chain->keep = l->keep;
	chain->loose = l->loose;
	chain->listen = l->listen;
	chain->keyboard = l->tty;
	chain->default_signals = l->default_signals;
	chain->sigpipe = r->sigpipe;
	/* With an init in between, it is the init that the signal is for. */
	chain->kill = l->init ? 0 : l->kill;
	chain->attended = l->init || !l->detach;
	chain->sync = sync;
	chain->held = how->held;
}

/* It takes the signal away that this process gets when its parent dies, and
 * what runs where it has joined could stop it. */
static int take_creds(const struct launch *l, const struct sync *sync,
		      const struct chain *chain, struct errmsg *f)
{
	if (!l->target.has_creds)
		return 0;
	if (target_become(&l->target, chain->stdio, f) < 0)
		return -1;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return errmsg(f, errno, "cannot set the parent-death signal");
	if (sync_orphan(sync))
		_exit(EXIT_CANCELED);
	return 0;
}

void command_run(struct spawn *r, const struct sync *sync,
		 const struct command_plan *how)
{
	int status = EXIT_CANCELED;
	struct chain chain;
	struct errmsg f;

	if (set_up(r, sync, how, &f) == 0) {
		if (r->l->loose && r->l->tty && !r->l->alone)
			fd_mark_given(is_terminal);
		leave_rest(r, sync, how, &chain);
		if (take_creds(r->l, sync, &chain, &f) < 0)
			sync_failed(sync, EXIT_CANCELED, &f);
		status = chain_run(&chain, r->l->command, &f);
	}
	sync_failed(sync, status, &f);
}
