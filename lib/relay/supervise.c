/* supervise - stay with a command until it ends */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/wait.h"
#include "relay/supervise.h"

/*
 * Those that a supervisor deals with whether it was started with them ignored
 * or not. Any other one that is ignored, as nohup(1) does with SIGHUP, stays
 * so, but it comes by a signalfd(2) all the same.
 */
static const int handled[] = { SIGCHLD, SIGWINCH, SIGCONT, SIGTSTP, SIGINT,
			       SIGTERM, SIGQUIT,  SIGUSR1, SIGUSR2 };
#define HANDLED (sizeof(handled) / sizeof(*handled))

/* Asked when one has come: at the start it would be a call for each signal. */
static bool is_ignored(int sig)
{
	struct sigaction now;

	for (size_t i = 0; i < HANDLED; i++)
		if (sig == handled[i])
			return false;
	return sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Everything that would end this process before the caller's terminal is as it
 * was, but for what says that the program itself is broken. */
int supervise_signals(void)
{
	static const int passed[] = { SIGHUP,  SIGALRM,	  SIGVTALRM,
				      SIGPROF, SIGXCPU,	  SIGIO,
#ifdef SIGSTKFLT
				      SIGPWR,  SIGSTKFLT,
#else
				      SIGPWR,
#endif
				      0 };
	int set[HANDLED + sizeof(passed) / sizeof(*passed) + NSIG];
	int n = (int)HANDLED;

	memcpy(set, handled, sizeof(handled));
	for (const int *sig = passed; *sig; sig++)
		set[n++] = *sig;
	for (int sig = WAIT_RTMIN; sig < NSIG; sig++)
		set[n++] = sig;
	set[n] = 0;
	return wait_signals(set);
}

void supervise_pass(pid_t pid, bool group, int sig)
{
	bool whole = sig == SIGTERM || sig == SIGHUP || sig == SIGINT ||
		     sig == SIGQUIT;

	/* A child that leads no group yet is on its way to. */
	if (!whole || !group || kill(-pid, sig) < 0)
		(void)kill(pid, sig);
	/* As timeout(1) does: what was stopped would not handle it. */
	if (whole && (!group || kill(-pid, SIGCONT) < 0))
		(void)kill(pid, SIGCONT);
}

/* Stop with the command, which has stopped, and continue it afterwards. */
static void suspend(struct supervise *s)
{
	user_tty_suspend(&s->user.tty);
	(void)kill(s->child, SIGCONT);
}

/* SIGTSTP, which did not come by way of the command's terminal. A monitor stops
 * its job and then itself; a leader without one is in an orphaned group, which
 * the kernel stops by SIGSTOP alone. */
static void stop(struct supervise *s, bool reached)
{
	if (s->user.tty.interactive) {
		(void)kill(s->child, SIGTSTP);
		return;
	}
	if (s->own_group)
		(void)kill(-s->child, SIGSTOP);
	else if (!reached)
		(void)kill(s->child, SIGTSTP);
	user_tty_suspend(&s->user.tty);
	(void)kill(s->own_group ? -s->child : s->child, SIGCONT);
}

static void supervise_reap(struct supervise *s)
{
	int status;
	pid_t pid;

	/* Its number may be that of another process by now. */
	if (s->ended)
		return;
	do {
		pid = waitpid(s->child, &status, WNOHANG | WUNTRACED);
		/* There is no status, and none will come. */
		if (pid < 0 && errno != EINTR) {
			s->ended = true;
			s->status = EXIT_CANCELED;
		} else if (pid == s->child && WIFSTOPPED(status)) {
			/* Only a monitor stops to have us stop with it. */
			if (s->user.tty.interactive)
				suspend(s);
		} else if (pid == s->child) {
			s->ended = true;
			s->status = exit_status(status);
		}
	} while (!s->ended && (pid == s->child || (pid < 0 && errno == EINTR)));
}

/* Only what the command has left is to be written yet, and its reader may never
 * take it: there is no process to pass a signal on to. */
static void heed_late(struct supervise *s, int sig)
{
	if (sig == SIGTSTP)
		user_tty_suspend(&s->user.tty);
	else if (sig != SIGCHLD)
		s->cut = sig;
}

static void heed(struct user_relay *u, int sig, bool by_kernel)
{
	struct supervise *s = (struct supervise *)u;
	/* From our terminal's keyboard, for a whole group: one that a command
	 * without a terminal of its own is in as well. */
	bool typed = by_kernel &&
		     (sig == SIGINT || sig == SIGQUIT || sig == SIGTSTP);
	bool reached = typed && !s->own_group;

	if (is_ignored(sig))
		return;
	if (s->ended)
		heed_late(s, sig);
	else if (sig == SIGTSTP)
		stop(s, reached);
	else if (typed && s->relays)
		/* As typed at the command's: for the group in front there. */
		(void)ioctl(u->loop.master[0].fd, TIOCSIG, sig);
	else if (sig == SIGCHLD || reached)
		return;
	else if (s->user.tty.interactive)
		(void)kill(s->child, sig);
	else
		supervise_pass(s->child, s->own_group, sig);
}

/* Take all signals that came; the child is looked at whatever they were. */
static void take_signals(struct supervise *s)
{
	user_relay_signals(&s->user);
	supervise_reap(s);
}

static int sink_fault(const struct supervise *s, struct errmsg *f)
{
	const struct relay_loop *l = &s->user.loop;

	return errmsg(f, l->error, "cannot write to standard %s",
		      l->refused == 0 ? "output" : "error");
}

/* Is nothing left to do but to wait for a reader? */
static bool is_stuck(const struct relay_loop *l)
{
	const unsigned char *data;

	for (int i = 0; i < l->relay.outs; i++) {
		if (!l->blocked[i] && (l->relay.out[i].state == RELAY_OPEN ||
				       relay_ready(&l->relay, i, &data) > 0))
			return false;
	}
	return true;
}

/* Is there more to relay? What has to wait for a reader is not waited for after
 * a signal. */
static bool supervise_goes_on(struct supervise *s)
{
	if (!user_relay_goes_on(&s->user))
		return false;
	if (s->cut == 0 || !is_stuck(&s->user.loop))
		return true;
	s->status = 128 + s->cut;
	return false;
}

int supervise_relay(struct supervise *s, struct errmsg *f)
{
	struct user_relay *u = &s->user;
	int turned = 0;

	s->ended = false;
	s->relays = true;
	s->cut = 0;
	u->heed = heed;
	user_relay_init(u);
	user_relay_resize(u);
	while (turned == 0 && supervise_goes_on(s)) {
		turned = user_relay_turn(u, -1);
		if (turned == 0 && u->loop.event[0])
			take_signals(s);
		if (s->ended)
			relay_gone(&u->loop.relay);
	}
	if (turned < 0)
		(void)errmsg(f, errno, "cannot relay");
	user_tty_restore(&u->tty);
	if (relay_broken(&u->loop.relay))
		return sink_fault(s, f);
	return turned;
}

void supervise_end(struct supervise *s, int ms)
{
	struct deadline w = { wait_until(ms), -1 };

	/* It may have ended before its SIGCHLD was waited for. */
	supervise_reap(s);
	while (!s->ended && wait_fd(&w, s->user.signals, POLLIN) == 0)
		take_signals(s);
}

int supervise_wait(struct supervise *s)
{
	s->user.heed = heed;
	s->ended = s->relays = false;
	supervise_end(s, -1);
	return s->ended ? 0 : -1;
}
