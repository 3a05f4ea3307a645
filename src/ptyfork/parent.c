/* parent - the process that the tool was called as */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "base/wait.h"
#include "ns/sync.h"
#include "ptyfork/monitor.h"
#include "ptyfork/parent.h"
#include "ptyfork/pidfiles.h"
#include "ptyfork/terminals.h"
#include "relay/supervise.h"
#include "tty/restorer.h"

#define LINGER_MS 1000 /* for a command whose terminal was taken away */

/* Where there are no keys, a command that asks for one is not to wait for ever:
 * its terminal has an input that has ended. */
static void open_ended(struct nbio *source)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	(void)close(ends[1]);
	*source = (struct nbio){ ends[0], NBIO_OWN };
}

static void set_up_loop(struct spawn *r, struct relay_loop *l)
{
	const struct launch *how = r->l;

	relay_loop_init(l, r->ptys,
			r->user.interactive ? PTYINPUT_KEYS : PTYINPUT_DATA);
	l->relay.input.quiet_end = how->raw;
	l->keyboard = r->user.interactive;
	if (how->on[0] || r->user.interactive)
		nbio_open(&l->source, how->on[0] ? 0 : r->user.fd, O_RDONLY);
	else
		open_ended(&l->source);
	for (int i = 0; i < r->ptys; i++) {
		l->master[i] = (struct nbio){ r->pty[i].master, NBIO_OWN };
		l->sink[i] = (struct nbio){ terminals_output(how, i),
					    NBIO_LATER };
	}
	l->slave = r->pty[0].slave;
}

/* The reader of the output is gone, or worse: hang up. */
static void hang_up(struct spawn *r, struct supervise *s, int *status,
		    const struct errmsg *f)
{
	*status = f->error == EPIPE ? 128 + SIGPIPE : EXIT_CANCELED;
	terminals_close(r);
	/* The number of one that has ended may be another process's by now. */
	if (r->l->kill && !s->ended)
		(void)kill(r->child.pid, r->l->kill);
	supervise_end(s, LINGER_MS);
}

/* The relay itself. The slaves stay open here as well: a command that closes
 * its terminal and opens it again is then nothing special, and what was
 * written there is never cut off. */
static int relay_terminal(struct spawn *r, int *status, struct errmsg *f)
{
	/* Not initialised as a whole: its buffers are large. */
	struct restorer restorer;
	struct supervise s;
	int done;

	set_up_loop(r, &s.user.loop);
	s.user.tty = r->user;
	s.user.follow = r->l->follow;
	s.own_group = true;
	s.child = r->child.pid;
	s.user.signals = r->signals;
	restorer_start(&restorer, &r->user);
	done = supervise_relay(&s, f);
	restorer_end(&restorer);
	*status = s.status;
	relay_loop_close(&s.user.loop);
	if (done < 0)
		hang_up(r, &s, status, f);
	/* One that goes on has its pid file still: the keeper removes it. */
	if (s.ended)
		pidfiles_end(&r->pidfiles);
	if (done < 0)
		errno = f->error;
	return done;
}

/* A command whose start was not waited for may have failed then. */
static int told_failure(struct spawn *r, int *status, struct errmsg *f)
{
	struct deadline w = { WAIT_FOREVER, -1 };
	int ran = *status < EXIT_CANCELED ? 1 : child_ran(&r->child, &w);

	if (ran < 0)
		return errmsg_q(f, errno, "cannot tell whether %s ran",
				r->l->command[0]);
	if (ran > 0)
		return 0;
	if (*status == SYNC_MUTE)
		return spawn_mute(r, status, f);
	if (r->child.status == 0)
		return 0;
	*status = r->child.status;
	return errmsg(f, r->child.errmsg.error, "%s", r->child.errmsg.what);
}

/* What the command was passed is the command's alone. */
static void drop_passed(const struct spawn *r)
{
	if (!r->l->alone)
		(void)fd_close_marked(false, -1);
}

static int run_relayed(struct spawn *r, int *status, struct errmsg *f)
{
	/* A monitor has waited for the start. Where a container is joined that
	 * has its limit; else the relay need not wait for it. */
	bool waited = r->user.interactive || r->l->plan.joins;
	int started;

	r->signals = supervise_signals();
	if (r->signals < 0)
		return errmsg(f, errno, "cannot wait for signals");
	started = r->user.interactive ? monitor_start(r, status, f)
				      : spawn_start(r, status, f);
	if (started == 0 && waited && !r->user.interactive)
		started = spawn_await(r, status, f);
	if (started == 0)
		drop_passed(r);
	if (started < 0)
		return -1;
	if (relay_terminal(r, status, f) < 0)
		return -1;
	return waited ? 0 : told_failure(r, status, f);
}

/* No relay: the terminal is delivered, or there is none. */
static int run_apart(struct spawn *r, int *status, struct errmsg *f)
{
	struct supervise s;

	/* Before there is a command that a failure would leave behind. */
	if (!r->l->detach)
		r->signals = supervise_signals();
	if (!r->l->detach && r->signals < 0)
		return errmsg(f, errno, "cannot wait for signals");
	if (spawn_start(r, status, f) < 0 || spawn_await(r, status, f) < 0)
		return -1;
	terminals_close(r);
	drop_passed(r);
	*status = 0;
	if (r->l->detach) {
		pidfiles_leave(&r->pidfiles);
		return 0;
	}
	s.user.signals = r->signals;
	s.user.tty = r->user;
	s.user.tty.interactive = s.user.follow = false;
	s.own_group = r->l->tty;
	s.child = r->child.pid;
	*status = EXIT_CANCELED;
	if (supervise_wait(&s) < 0) {
		(void)errmsg(f, errno, "cannot wait for the command");
		return spawn_abandon(r, f->error, status);
	}
	pidfiles_end(&r->pidfiles);
	*status = s.status;
	return 0;
}

/* A command that reads data of the caller's may read keys from its terminal. */
static enum user_tty_keys keys(const struct launch *l)
{
	if (!l->tty || l->deliver)
		return USER_TTY_NONE;
	return l->on[0] ? USER_TTY_STDIN : USER_TTY_ELSEWHERE;
}

int parent_run(struct launch *l, int *status, struct errmsg *f)
{
	struct spawn r = { .l = l, .devpts = -1, .signals = -1, .ends = -1 };
	int done;

	for (int i = 0; i < RELAY_OUTS; i++)
		r.pty[i].master = r.pty[i].slave = -1;
	/* A child that is gone must not take us with it. */
	r.sigpipe = signal(SIGPIPE, SIG_IGN);
	*status = EXIT_CANCELED;
	r.ends = termsig_open(0);
	if (r.ends < 0)
		return errmsg(f, errno, "cannot wait for signals");
	user_tty_open(&r.user, keys(l), !isatty(1));
	done = terminals_open(&r, f);
	if (done == 0)
		done = l->tty && !l->deliver ? run_relayed(&r, status, f)
					     : run_apart(&r, status, f);
	terminals_close(&r);
	user_tty_close(&r.user);
	fd_close(&r.signals);
	fd_close(&r.ends);
	return done;
}
