/* view - a relay at the caller's terminal */
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "relay/view.h"

#define FRONT_MS 200 /* how often to see whose the terminal is */

void view_init(struct view *v)
{
	v->loop.events[0] = v->signals;
	v->loop.peeks = v->user.lazy;
	v->typed = false;
}

bool view_goes_on(const struct view *v)
{
	const struct relay_loop *l = &v->loop;

	return !relay_over(&l->relay) && !relay_broken(&l->relay) && !l->left;
}

void view_resize(struct view *v)
{
	if (!v->follow)
		return;
	for (int i = 0; i < v->loop.relay.outs; i++)
		user_tty_size(&v->user, v->loop.master[i].fd);
}

/* Does the command read key by key, or without an echo? */
static bool wants_keys(const struct view *v)
{
	struct termios now;

	return tcgetattr(v->loop.master[0].fd, &now) == 0 &&
	       !(now.c_lflag & ICANON && now.c_lflag & ECHO);
}

/* The terminal was left alone: is that still right? */
static void look_lazy(struct view *v)
{
	struct relay_loop *l = &v->loop;

	if (v->typed || wants_keys(v)) {
		v->user.lazy = l->peeks = false;
	} else if (user_tty_taken(&v->user)) {
		l->resting = true;
	} else if (l->asks) {
		/* It is read as the line that it is, before the terminal is
		 * raw: an end of file would be a byte there. */
		l->peeks = false;
		v->typed = true;
	}
	l->asks = false;
}

static void look_front(struct view *v)
{
	v->loop.resting = !user_tty_front(&v->user);
	if (v->loop.resting)
		return;
	if (v->user.lazy)
		look_lazy(v);
	user_tty_raw(&v->user);
}

int view_turn(struct view *v, int ms)
{
	if (v->user.interactive)
		look_front(v);
	if ((v->loop.resting || v->user.lazy) && (ms < 0 || ms > FRONT_MS))
		ms = FRONT_MS;
	return relay_loop_turn(&v->loop, ms);
}

void view_signals(struct view *v)
{
	struct signalfd_siginfo info;
	bool continued = false;

	while (read(v->signals, &info, sizeof(info)) == sizeof(info)) {
		int sig = (int)info.ssi_signo;

		continued = continued || sig == SIGCONT;
		if (sig == SIGWINCH)
			view_resize(v);
		else if (sig != SIGCONT)
			v->heed(v, sig, info.ssi_code == SI_KERNEL);
	}
	if (!continued)
		return;
	/* A shell may have set its own modes in the meantime. */
	v->user.is_raw = false;
	user_tty_raw(&v->user);
	view_resize(v);
}
