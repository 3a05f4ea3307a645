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
#include "relay/view.h"
#include "tty/tty.h"

#define TICK_S	1   /* how long a read that waits may go on */
#define LOOK_MS 100 /* how often to look for a leader that is not known yet */

struct outside {
	struct view view;
	struct attach *a;
	bool looking; /* for the leader, who is not known yet */
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
	o->view.loop.events[1] = o->leader;
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
	const struct itimerspec often = { { TICK_S, 0 }, { TICK_S, 0 } };
	struct sigevent by = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGURG };
	struct sigaction sa = { .sa_handler = tick };
	timer_t timer;

	if (sigaction(SIGURG, &sa, NULL) < 0 ||
	    timer_create(CLOCK_MONOTONIC, &by, &timer) < 0)
		return -1;
	return timer_settime(timer, 0, &often, NULL);
}

static int open_signals(struct outside *o, struct errmsg *f)
{
	static const int wanted[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT,
				      SIGWINCH, SIGCONT, SIGTSTP, 0 };

	o->view.signals = -1;
	if (!o->view.user.interactive)
		return 0;
	o->view.signals = wait_signals(wanted);
	if (o->view.signals < 0 || start_ticks() < 0)
		return errmsg(f, errno, "cannot wait for signals");
	return 0;
}

static void heed(struct view *v, int sig, bool typed)
{
	(void)typed;
	if (sig == SIGTSTP)
		user_tty_suspend(&v->user);
	else
		((struct outside *)v)->signal = sig;
}

static int turn(struct outside *o)
{
	struct relay_loop *l = &o->view.loop;

	look_for_leader(o);
	if (view_turn(&o->view, o->looking ? LOOK_MS : -1) < 0)
		return -1;
	if (l->event[0])
		view_signals(&o->view);
	if (l->event[1] || (l->hung[0] && !session_lives(o->a->master)))
		relay_gone(&l->relay);
	return 0;
}

/* The programs there draw their screens anew for a size that is another one. */
static void redraw(const struct view *v, int master)
{
	struct winsize now, ours;

	if (tty_size(v->user.fd, &ours) < 0 || tty_size(master, &now) < 0 ||
	    ours.ws_row != now.ws_row || ours.ws_col != now.ws_col ||
	    now.ws_row == 0)
		return;
	now.ws_row = (unsigned short)(now.ws_row > 1 ? now.ws_row - 1 : 2);
	(void)tty_resize(master, &now);
}

static void open_outside(struct outside *o, struct attach *a)
{
	struct relay_loop *l = &o->view.loop;
	struct user_tty *user = &o->view.user;

	o->a = a;
	o->looking = true;
	o->leader = -1;
	o->signal = 0;
	o->view.heed = heed;
	user_tty_open(user, USER_TTY_STDIN, !isatty(STDOUT_FILENO));
	o->view.follow = user->interactive;
	relay_loop_init(l, 1, PTYINPUT_KEYS);
	nbio_open(&l->source, STDIN_FILENO, O_RDONLY);
	nbio_open(&l->sink[0], STDOUT_FILENO, O_WRONLY);
	l->master[0] = (struct nbio){ a->master, NBIO_CAREFUL };
	l->keyboard = user->interactive;
	l->keys = user->interactive ? &a->keys : NULL;
	if (user->interactive)
		redraw(&o->view, a->master);
	view_resize(&o->view);
}

static void close_outside(struct outside *o)
{
	o->a->left = o->view.loop.left;
	user_tty_restore(&o->view.user);
	user_tty_close(&o->view.user);
	relay_loop_close(&o->view.loop);
	fd_close(&o->leader);
}

int attach_run(struct attach *a, struct errmsg *f)
{
	/* Not initialised as a whole: its buffers are large. */
	struct outside o;
	int done;

	open_outside(&o, a);
	done = open_signals(&o, f);
	view_init(&o.view);
	while (done == 0 && view_goes_on(&o.view) && !o.signal) {
		done = turn(&o);
		if (done < 0)
			(void)errmsg(f, errno, "cannot relay");
	}
	close_outside(&o);
	if (relay_broken(&o.view.loop.relay))
		done = errmsg(f, o.view.loop.error,
			      "cannot write to standard output");
	return done < 0 ? -1 : o.signal;
}
