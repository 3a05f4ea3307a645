/* chain - the tools of one command line, run one after another */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exec.h"
#include "base/fd.h"
#include "base/text.h"
#include "chain/chain.h"
#include "cli/applet.h"
#include "cred/seccomp.h"
#include "ns/child.h"

void chain_init(struct chain *c)
{
	*c = (struct chain){ .stdio = { -1, -1, -1 },
			     .devpts = -1,
			     .hold = -1 };
}

static int call(const struct applet *self, char **argv, struct chain *c)
{
	argv[0] = program_invocation_short_name = (char *)self->name;
	return self->step ? self->step(self, argv, c) : self->run(self, argv);
}

int chain_start(const struct applet *self, char **argv)
{
	struct chain c;

	chain_init(&c);
	return call(self, argv, &c);
}

bool chain_enters(char *const *words)
{
	for (; *words; words++) {
		const struct applet *a = applet_find(*words);

		if (a && a->enters)
			return true;
	}
	return false;
}

int chain_preserve(struct chain *c, int n)
{
	int missing = fd_first_closed(n);

	if (missing < 0 && c->child && n > c->preserve)
		missing = 3 + c->preserve;
	if (missing < 0)
		c->preserve = n;
	return missing;
}

/* The parent is told by then, or gone: either way it hears no more. */
static int part(struct chain *c)
{
	if (child_runs(c->child) < 0)
		return -1;
	(void)close(c->child->report);
	c->child = NULL;
	return 0;
}

/* Set late: a change of credentials, as by confine, takes it away. */
static int ask_death_signal(const struct chain *c, struct errmsg *f)
{
	if (!c->kill)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, c->kill) < 0)
		return errmsg(f, errno, "cannot ask for a signal at the end");
	/* It does not come for a parent that is dead already. */
	if (c->child && child_orphan(c->child))
		_exit(EXIT_CANCELED);
	return 0;
}

static int fdmap_stdio(const struct chain *c, struct errmsg *f)
{
	for (int fd = 0; fd < 3; fd++) {
		if (c->stdio[fd] >= 0 && dup2(c->stdio[fd], fd) < 0)
			return errmsg(f, errno, "cannot set up fd %d", fd);
	}
	return 0;
}

static int await_go(const struct chain *c, struct errmsg *f)
{
	char byte;
	ssize_t n = fd_read(c->hold, &byte, 1);

	if (n < 0)
		return errmsg(f, errno, "cannot wait on fd %d", c->hold);
	if (n == 0)
		return errmsg(f, 0, "cannot go on: fd %d ended without a byte",
			      c->hold);
	if (c->hold >= 3 + c->preserve && c->preserve >= 0)
		(void)close(c->hold);
	return 0;
}

/* What is left once the terminal is in its place. A parent is told that the
 * command runs before a hold, which may last. */
static int leave(struct chain *c, struct errmsg *f)
{
	bool fresh = c->child;
	int last;

	if (c->hold >= 0 && c->child && part(c) < 0)
		return errmsg(f, errno, "cannot tell that the command runs");
	last = c->child ? c->child->report : c->hold;
	if (c->preserve >= 0 && fd_close_rest(c->preserve, last) < 0)
		return errmsg(f, errno, "cannot close inherited descriptors");
	/* A new terminal has to be able to interrupt; nohup(1) stays. */
	if (fresh)
		exec_defaults();
	if (c->hold >= 0 && await_go(c, f) < 0)
		return -1;
	/* A parent that was not told would take this process for dead. */
	if (c->child && child_runs(c->child) < 0)
		return errmsg(f, errno, "cannot tell that the command runs");
	return 0;
}

static int execute(struct chain *c, char **command, struct errmsg *f)
{
	int status;

	if (c->filter && seccomp_load(c->filter) < 0) {
		(void)errmsg(f, errno, "cannot load the seccomp filter");
		return EXIT_CANCELED;
	}
	status = exec_command(command);
	(void)errmsg(f, errno, "cannot execute %s", Q(command[0]));
	return status;
}

/* A process that is held will be let go as one that can run its command. */
static int look_up(const struct chain *c, const struct applet *next,
		   char **command, struct errmsg *f)
{
	int status = 0;

	if (!next && (c->held || c->hold >= 0))
		status = exec_lookup(command);
	if (status)
		(void)errmsg(f, errno, "cannot execute %s", Q(command[0]));
	return status;
}

static void start_applet(const struct chain *c, const struct applet *next,
			 char **command)
{
	if (c->child)
		(void)close(c->child->report);
	(void)prctl(PR_SET_NAME, next->name);
	applet_exit(chain_start(next, command));
}

int chain_run(struct chain *c, char **command, struct errmsg *f)
{
	const struct applet *next = strchr(*command, '/')
					    ? NULL
					    : applet_find(*command);
	int status;

	if (next && next->step)
		applet_exit(call(next, command, c));
	status = look_up(c, next, command, f);
	/* As what only the exec finds out, it is the first tool's to say. */
	if (status && c->child)
		child_failed(c->child, status, f);
	if (status)
		return status;
	if (c->held && child_hold(c->child) < 0) {
		(void)errmsg(f, errno, "cannot tell that all is ready");
		child_failed(c->child, EXIT_CANCELED, f);
	}
	if (ask_death_signal(c, f) < 0 || fdmap_stdio(c, f) < 0)
		return EXIT_CANCELED;
	if (leave(c, f) < 0) {
		if (c->child)
			child_failed(c->child, EXIT_CANCELED, f);
		return EXIT_CANCELED;
	}
	/* What is an applet need not be executed, unless a filter has to see
	 * that happen. */
	if (next && !c->filter)
		start_applet(c, next, command);
	status = execute(c, command, f);
	if (!c->child)
		return status;
	/* The parent was told that the command runs, and has no other way to
	 * hear that it does not. */
	if (child_tell(c->child, status, f) < 0)
		applet_warn(f);
	_exit(status);
}
