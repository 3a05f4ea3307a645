/* launch - run a command on a new terminal, in its namespaces */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "applet.h"
#include "fault.h"
#include "fd.h"
#include "launch.h"
#include "seal.h"
#include "session.h"
#include "start.h"
#include "terminals.h"
#include "text.h"
#include "wait.h"

#define LINGER_MS 1000 /* for a command whose terminal was taken away */

static void open_loop(struct run *r, struct loop *l)
{
	const struct launch *how = r->l;

	loop_init(l, r->ptys, r->caller.keys ? FEED_KEYS : FEED_DATA);
	l->relay.feed.quiet_end = how->raw;
	l->keyboard = r->caller.keys;
	if (how->on[0])
		tap_open(&l->source, 0, O_RDONLY);
	for (int i = 0; i < r->ptys; i++) {
		l->master[i] = (struct tap){ r->pty[i].master, TAP_OWN };
		tap_open(&l->sink[i], terminals_output(how, i), O_WRONLY);
	}
	l->slave = r->pty[0].slave;
	l->events[0] = r->signals;
}

/* The relay itself. The slaves stay open here as well: a command that closes
 * its terminal and opens it again is then nothing special, and what was
 * written there is never cut off. */
static int relay(struct run *r, int *status, struct fault *f)
{
	/* Not initialised as a whole: its buffers are large. */
	struct session s;
	int done;

	open_loop(r, &s.loop);
	/* The command's process has done so already: it has more to do. */
	seal_settle();
	s.caller = r->caller;
	s.follow = r->l->follow;
	s.own_group = true;
	s.child = r->child.pid;
	s.signals = r->signals;
	done = session_relay(&s, f);
	*status = s.status;
	loop_close(&s.loop);
	if (done == 0)
		return 0;
	*status = f->error == EPIPE ? 128 + SIGPIPE : EXIT_TOOL;
	terminals_close(r);
	if (r->l->kill)
		(void)kill(r->child.pid, r->l->kill);
	session_end(&s, LINGER_MS);
	errno = f->error;
	return -1;
}

/* A command that nobody waited for at its start may have failed then. */
static int told_failure(struct run *r, int *status, struct fault *f)
{
	struct wait w = { WAIT_FOREVER, -1 };
	int ran = *status < EXIT_TOOL ? 1 : child_ran(&r->child, &w);

	if (ran < 0)
		return fault(f, errno, "cannot tell whether %s ran",
			     Q(r->l->command[0]));
	if (ran > 0)
		return 0;
	if (*status == CHILD_MUTE)
		return start_mute(r, status, f);
	if (r->child.status == 0)
		return 0;
	*status = r->child.status;
	return fault(f, r->child.fault.error, "%s", r->child.fault.what);
}

static int launch_relayed(struct run *r, int *status, struct fault *f)
{
	int started;

	r->signals = session_signals();
	if (r->signals < 0)
		return fault(f, errno, "cannot wait for signals");
	started = r->caller.keys ? start_guarded(r, status, f)
				 : start_plain(r, status, f);
	if (started < 0 || relay(r, status, f) < 0)
		return -1;
	return r->caller.keys ? 0 : told_failure(r, status, f);
}

/* No relay: the terminal is delivered, or there is none. */
static int launch_apart(struct run *r, int *status, struct fault *f)
{
	struct session s;

	/* Before there is a command that a failure would leave behind. */
	if (!r->l->detach)
		r->signals = session_signals();
	if (!r->l->detach && r->signals < 0)
		return fault(f, errno, "cannot wait for signals");
	if (start_plain(r, status, f) < 0 || start_await(r, status, f) < 0)
		return -1;
	terminals_close(r);
	*status = 0;
	if (r->l->detach)
		return 0;
	s.signals = r->signals;
	s.caller = r->caller;
	s.caller.keys = s.follow = false;
	s.own_group = r->l->tty;
	s.child = r->child.pid;
	*status = EXIT_TOOL;
	if (session_wait(&s) < 0) {
		(void)fault(f, errno, "cannot wait for the command");
		child_end(&r->child);
		return -1;
	}
	*status = s.status;
	return 0;
}

int launch(struct launch *l, int *status, struct fault *f)
{
	struct run r = { .l = l, .devpts = -1, .signals = -1 };
	int done;

	for (int i = 0; i < RELAY_OUTS; i++)
		r.pty[i].master = r.pty[i].slave = -1;
	/* A child that is gone must not take us with it. */
	(void)signal(SIGPIPE, SIG_IGN);
	*status = EXIT_TOOL;
	caller_open(&r.caller, l->tty && !l->deliver && l->on[0], !isatty(1));
	done = terminals_open(&r, f);
	if (done == 0)
		done = l->tty && !l->deliver ? launch_relayed(&r, status, f)
					     : launch_apart(&r, status, f);
	terminals_close(&r);
	fd_drop(&r.signals);
	return done;
}
