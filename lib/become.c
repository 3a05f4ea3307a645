/* become - the steps of a child from its fork to its command */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "applet.h"
#include "become.h"
#include "fault.h"
#include "fd.h"
#include "ns.h"
#include "pty.h"
#include "run.h"
#include "text.h"

static int take_names(const struct launch *l, struct fault *f)
{
	if (l->hostname && sethostname(l->hostname, strlen(l->hostname)) < 0)
		return fault(f, errno, "cannot set the host name to %s",
			     Q(l->hostname));
	return l->proc ? ns_proc(l->proc, f) : 0;
}

/* A job of its own, in the foreground; from the background that takes SIGTTOU
 * to be blocked. run_defaults lets it through again. */
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

static int take_terminal(const struct launch *l, int slave, bool guarded,
			 struct fault *f)
{
	int done = 0;

	if (guarded)
		done = take_foreground(slave);
	else if (l->tty)
		done = pty_control(slave);
	else if (l->detach)
		done = setsid() < 0 ? -1 : 0;
	return done == 0 ? 0 : fault(f, errno, "cannot lead a session");
}

static int take_death_signal(const struct launch *l, const struct child *c,
			     struct fault *f)
{
	if (!l->kill)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, l->kill) < 0)
		return fault(f, errno, "cannot ask for a signal at the end");
	/* It does not come for a parent that is dead already. */
	if (child_orphan(c))
		_exit(EXIT_TOOL);
	return 0;
}

static int take_stdio(const struct launch *l, const int slaves[2],
		      struct fault *f)
{
	for (int fd = 0; fd < 3; fd++) {
		int slave = slaves[fd == 2 && l->split];

		if (l->on[fd] && dup2(slave, fd) < 0)
			return fault(f, errno, "cannot set up fd %d", fd);
	}
	return 0;
}

static int prepare(const struct launch *l, const struct child *c,
		   const int slaves[2], bool guarded, bool held,
		   struct fault *f)
{
	if (take_names(l, f) < 0 ||
	    take_terminal(l, slaves[0], guarded, f) < 0 ||
	    take_death_signal(l, c, f) < 0)
		return -1;
	if (held && child_hold(c) < 0)
		_exit(EXIT_TOOL);
	if (take_stdio(l, slaves, f) < 0)
		return -1;
	if (fd_close_rest(l->preserve, c->report) < 0)
		return fault(f, errno, "cannot close inherited descriptors");
	return 0;
}

void become(const struct launch *l, const struct child *c, const int slaves[2],
	    bool guarded, bool held)
{
	int status = EXIT_TOOL;
	struct fault f;

	if (prepare(l, c, slaves, guarded, held, &f) == 0) {
		run_defaults();
		child_runs(c);
		status = run_command(l->command);
		(void)fault(&f, errno, "cannot execute %s", Q(l->command[0]));
	}
	child_failed(c, status, &f);
	_exit(status);
}
