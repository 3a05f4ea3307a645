/* user_relay - a relay at the caller's terminal */
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "relay/user_relay.h"

#define FRONT_MS 200 /* how often to see whose the terminal is */

void user_relay_init(struct user_relay *u)
{
	u->loop.events[0] = u->signals;
	u->loop.peeks = u->tty.lazy;
	u->typed = false;
}

bool user_relay_goes_on(const struct user_relay *u)
{
	const struct relay_loop *l = &u->loop;

	return !relay_over(&l->relay) && !relay_broken(&l->relay) && !l->left;
}

void user_relay_resize(struct user_relay *u)
{
	if (!u->follow)
		return;
	for (int i = 0; i < u->loop.relay.outs; i++)
		user_tty_size(&u->tty, u->loop.master[i].fd);
}

/* Does the command read key by key, or without an echo? */
static bool wants_keys(const struct user_relay *u)
{
	struct termios now;

	return tcgetattr(u->loop.master[0].fd, &now) == 0 &&
	       !(now.c_lflag & ICANON && now.c_lflag & ECHO);
}

/* The terminal was left alone: is that still right? */
static void look_lazy(struct user_relay *u)
{
	struct relay_loop *l = &u->loop;

	if (u->typed || wants_keys(u)) {
		u->tty.lazy = l->peeks = false;
	} else if (user_tty_taken(&u->tty)) {
		l->resting = true;
	} else if (l->asks) {
		/* It is read as the line that it is, before the terminal is
		 * raw: an end of file would be a byte there. */
		l->peeks = false;
		u->typed = true;
	}
	l->asks = false;
}

static void look_front(struct user_relay *u)
{
	u->loop.resting = !user_tty_front(&u->tty);
	if (u->loop.resting)
		return;
	if (u->tty.lazy)
		look_lazy(u);
	user_tty_raw(&u->tty);
}

int user_relay_turn(struct user_relay *u, int ms)
{
	if (u->tty.interactive)
		look_front(u);
	if ((u->loop.resting || u->tty.lazy) && (ms < 0 || ms > FRONT_MS))
		ms = FRONT_MS;
	return relay_loop_turn(&u->loop, ms);
}

void user_relay_signals(struct user_relay *u)
{
	struct signalfd_siginfo info;
	bool continued = false;

	while (read(u->signals, &info, sizeof(info)) == sizeof(info)) {
		int sig = (int)info.ssi_signo;

		continued = continued || sig == SIGCONT;
		if (sig == SIGWINCH)
			user_relay_resize(u);
		else if (sig != SIGCONT)
			u->heed(u, sig, info.ssi_code == SI_KERNEL);
	}
	if (!continued)
		return;
	/* A shell may have set its own modes in the meantime. */
	u->tty.is_raw = false;
	user_tty_raw(&u->tty);
	user_relay_resize(u);
}
