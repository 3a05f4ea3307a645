/* attach - be at the outside of a terminal whose master was received */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "relay/attach.h"
#include "relay/user_relay.h"
#include "tty/restorer.h"
#include "tty/tty.h"

#define TICK_S	1   /* how long a read that waits may go on */
#define LOOK_MS 100 /* how often to look for a leader that is not known yet */

struct outside {
	struct user_relay user;
	struct attach *a;
	struct restorer restorer;
	bool looking; /* for the leader, which is not known yet */
	int leader;   /* a pidfd, or -1 */
	int signal;   /* that should end this process, or 0 */
};

static bool session_lives(int master)
{
	pid_t leader;

	return ioctl(master, TIOCGSID, &leader) == 0;
}

/* The leader of the terminal's session, as soon as it has one. In a pid
 * namespace that we cannot see it is 0; then its end is seen by the hang-up. */
static void look_for_leader(struct outside *o)
{
	pid_t leader;

	if (!o->looking || ioctl(o->a->master, TIOCGSID, &leader) < 0)
		return;
	o->looking = false;
	o->leader = leader > 0 ? sys_pidfd_open(leader, 0) : -1;
	o->user.loop.events[1] = o->leader;
}

static void tick(int sig)
{
	(void)sig;
}

/*
 * The sender has the same open file, and may read what poll(2) saw there before
 * we do. A read that waits then ends with EINTR at the next tick, and what
 * asks us to end is heard again. Both last as long as this process, which does
 * nothing else afterwards; by default SIGURG is nothing.
 */
static int start_ticks(void)
{
	const struct sys_itimerspec often = { TICK_S, 0, TICK_S, 0 };
	struct sigaction sa = { .sa_handler = tick };

	if (sigaction(SIGURG, &sa, NULL) < 0)
		return -1;
	return sys_timer_signal(CLOCK_MONOTONIC, SIGURG, &often);
}

static int attach_open_signals(struct outside *o, struct errmsg *f)
{
	static const int wanted[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT,
				      SIGWINCH, SIGCONT, SIGTSTP, 0 };

	o->user.signals = -1;
	if (!o->user.tty.interactive)
		return 0;
	o->user.signals = wait_signals(wanted);
	if (o->user.signals < 0 || start_ticks() < 0)
		return errmsg(f, errno, "cannot wait for signals");
	return 0;
}

static void attach_heed(struct user_relay *u, int sig, bool typed)
{
	(void)typed;
	if (sig == SIGTSTP)
		user_tty_suspend(&u->tty);
	else
		((struct outside *)u)->signal = sig;
}

static int attach_turn(struct outside *o)
{
	struct relay_loop *l = &o->user.loop;

	look_for_leader(o);
	if (user_relay_turn(&o->user, o->looking ? LOOK_MS : -1) < 0)
		return -1;
	if (l->event[0])
		user_relay_signals(&o->user);
	if (l->event[1] || (l->hung[0] && !session_lives(o->a->master)))
		relay_gone(&l->relay);
	/* The end of the leader would be told at every turn. */
	if (l->relay.gone)
		l->events[1] = -1;
	return 0;
}

/* The programs there draw their screens anew for a size that is another one. */
static void attach_redraw(const struct user_relay *u, int master)
{
	struct winsize now, ours;

	if (tty_size(u->tty.fd, &ours) < 0 || tty_size(master, &now) < 0 ||
	    ours.ws_row != now.ws_row || ours.ws_col != now.ws_col ||
	    now.ws_row == 0)
		return;
	now.ws_row = (unsigned short)(now.ws_row > 1 ? now.ws_row - 1 : 2);
	(void)tty_resize(master, &now);
}

static void open_outside(struct outside *o, struct attach *a)
{
	struct relay_loop *l = &o->user.loop;
	struct user_tty *user = &o->user.tty;

	o->a = a;
	o->looking = true;
	o->leader = -1;
	o->signal = 0;
	o->user.heed = attach_heed;
	user_tty_open(user, USER_TTY_STDIN, !isatty(STDOUT_FILENO));
	o->user.follow = user->interactive;
	restorer_start(&o->restorer, user);
	relay_loop_init(l, 1, PTYINPUT_KEYS);
	nbio_open(&l->source, STDIN_FILENO, O_RDONLY);
	nbio_open(&l->sink[0], STDOUT_FILENO, O_WRONLY);
	l->master[0] = (struct nbio){ a->master, NBIO_CAREFUL };
	l->keyboard = user->interactive;
	l->keys = user->interactive ? &a->keys : NULL;
	if (user->interactive)
		attach_redraw(&o->user, a->master);
	user_relay_resize(&o->user);
}

static void close_outside(struct outside *o)
{
	o->a->left = o->user.loop.left;
	user_tty_restore(&o->user.tty);
	restorer_end(&o->restorer);
	user_tty_close(&o->user.tty);
	relay_loop_close(&o->user.loop);
	fd_close(&o->leader);
}

int attach_run(struct attach *a, struct errmsg *f)
{
	/* Not initialised as a whole: its buffers are large. */
	struct outside o;
	int done;

	open_outside(&o, a);
	done = attach_open_signals(&o, f);
	user_relay_init(&o.user);
	while (done == 0 && user_relay_goes_on(&o.user) && !o.signal) {
		done = attach_turn(&o);
		if (done < 0)
			(void)errmsg(f, errno, "cannot relay");
	}
	close_outside(&o);
	if (relay_broken(&o.user.loop.relay))
		done = errmsg(f, o.user.loop.error,
			      "cannot write to standard output");
	return done < 0 ? -1 : o.signal;
}
