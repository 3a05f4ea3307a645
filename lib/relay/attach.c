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
#include "relay/relay_loop.h"
#include "tty/user_tty.h"

#define TICK_S	1   /* how long a read that waits may go on */
#define LOOK_MS 100 /* how often to look for a leader that is not known yet */

struct view {
	struct attach *a;
	struct user_tty user;
	struct relay_loop loop;
	int signals;  /* a signalfd; -1 where nothing is to restore */
	bool looking; /* for the leader, who is not known yet */
	int leader;   /* a pidfd, or -1 */
	int signal;   /* that should end this process, or 0 */
};

static bool supervise_lives(int master)
{
	pid_t leader;

	return ioctl(master, TIOCGSID, &leader) == 0;
}

/* The leader of the terminal's session, as soon as it has one. In a pid
 * namespace that we cannot see it is 0; then its end is seen by the hang-up. */
static void look_for_leader(struct view *v)
{
	pid_t leader;

	if (!v->looking || ioctl(v->a->master, TIOCGSID, &leader) < 0)
		return;
	v->looking = false;
	v->leader = leader > 0 ? sys_pidfd_open(leader, 0) : -1;
	v->loop.events[1] = v->leader;
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

static int open_signals(struct view *v, struct errmsg *f)
{
	static const int wanted[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT,
				      SIGWINCH, SIGCONT, SIGTSTP, 0 };

	v->signals = -1;
	if (!v->user.interactive)
		return 0;
	v->signals = wait_signals(wanted);
	if (v->signals < 0 || start_ticks() < 0)
		return errmsg(f, errno, "cannot wait for signals");
	return 0;
}

static void take_signal(struct view *v, int sig)
{
	if (sig == SIGTSTP) {
		user_tty_suspend(&v->user);
	} else if (sig == SIGCONT) {
		/* A shell may have set its own modes meanwhile. */
		v->user.is_raw = false;
		user_tty_raw(&v->user);
	}
	if (sig == SIGWINCH || sig == SIGCONT)
		user_tty_size(&v->user, v->a->master);
	else if (sig != SIGTSTP)
		v->signal = sig;
}

static void take_signals(struct view *v)
{
	struct signalfd_siginfo info;

	while (read(v->signals, &info, sizeof(info)) == sizeof(info))
		take_signal(v, (int)info.ssi_signo);
}

static bool goes_on(const struct view *v)
{
	const struct relay_loop *l = &v->loop;

	return !relay_over(&l->relay) && !relay_broken(&l->relay) && !l->left &&
	       !v->signal;
}

static int turn(struct view *v)
{
	struct relay_loop *l = &v->loop;
	bool front = !v->user.interactive || user_tty_front(&v->user);

	l->resting = !front;
	if (front)
		user_tty_raw(&v->user);
	look_for_leader(v);
	if (relay_loop_turn(l, front && !v->looking ? -1 : LOOK_MS) < 0)
		return -1;
	if (l->event[0])
		take_signals(v);
	if (l->event[1] || (l->hung[0] && !supervise_lives(v->a->master)))
		relay_gone(&l->relay);
	return 0;
}

static void open_view(struct view *v, struct attach *a)
{
	struct relay_loop *l = &v->loop;

	v->a = a;
	v->looking = true;
	v->leader = -1;
	v->signal = 0;
	user_tty_open(&v->user, true, !isatty(STDOUT_FILENO));
	relay_loop_init(l, 1, PTYINPUT_KEYS);
	nbio_open(&l->source, STDIN_FILENO, O_RDONLY);
	nbio_open(&l->sink[0], STDOUT_FILENO, O_WRONLY);
	l->master[0] = (struct nbio){ a->master, NBIO_CAREFUL };
	l->keyboard = v->user.interactive;
	l->keys = v->user.interactive ? &a->keys : NULL;
	if (v->user.interactive)
		user_tty_size(&v->user, a->master);
}

int attach_run(struct attach *a, struct errmsg *f)
{
	/* Not initialised as a whole: its buffers are large. */
	struct view v;
	int done;

	open_view(&v, a);
	done = open_signals(&v, f);
	v.loop.events[0] = v.signals;
	while (done == 0 && goes_on(&v)) {
		done = turn(&v);
		if (done < 0)
			(void)errmsg(f, errno, "cannot relay");
	}
	user_tty_restore(&v.user);
	relay_loop_close(&v.loop);
	fd_close(&v.leader);
	if (relay_broken(&v.loop.relay))
		done = errmsg(f, v.loop.error,
			      "cannot write to standard output");
	return done < 0 ? -1 : v.signal;
}
