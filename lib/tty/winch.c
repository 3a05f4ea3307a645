/* winch - wait for a terminal to change its size, or to go away */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "tty/tty.h"
#include "tty/winch.h"

#define LOOK_MS 100

int winch_open(struct winch *w)
{
	static const int wanted[] = { SIGWINCH, SIGCONT, SIGHUP, 0 };

	w->signals = wait_signals(wanted);
	return w->signals < 0 ? -1 : 0;
}

/* Do what SIGHUP does, and come back where that is nothing. */
static void winch_hang_up(void)
{
	sigset_t hangup, mask;

	(void)sigemptyset(&hangup);
	(void)sigaddset(&hangup, SIGHUP);
	(void)raise(SIGHUP);
	(void)sigprocmask(SIG_UNBLOCK, &hangup, &mask);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* Empty the signalfd; was there a SIGHUP? */
static bool winch_take_signals(int signals)
{
	struct signalfd_siginfo info;
	bool hangup = false;

	while (fd_read(signals, &info, sizeof(info)) == sizeof(info))
		hangup |= info.ssi_signo == SIGHUP;
	return hangup;
}

/*
 * wait_news - until the size may have changed
 *
 * SIGWINCH comes to the foreground of the controlling terminal alone: any other
 * terminal has to be looked at now and then. SIGCONT tells that this may be
 * different now.
 */
static int wait_news(const struct winch *w)
{
	struct pollfd p[] = {
		{ .fd = w->terminal },
		{ .fd = w->reader },
		{ .fd = w->signals, .events = POLLIN },
	};
	struct winsize ws;
	int n = poll(p, 3, tty_foreground(w->terminal) ? -1 : LOOK_MS);

	if (n < 0)
		return errno == EINTR ? 0 : -1;
	errno = EIO;
	if (p[0].revents)
		return -1;
	/* Of the terminal's hang-up the signal may be what comes first. */
	if (p[2].revents && winch_take_signals(w->signals)) {
		if (tty_size(w->terminal, &ws) < 0)
			return -1;
		winch_hang_up();
	}
	if (!p[1].revents)
		return 0;
	/* Where the reader is that terminal, it may be since the look at it. */
	errno = fd_ready(w->terminal, 0) != 0 ? EIO : EPIPE;
	return -1;
}

int winch_next(const struct winch *w, struct winsize *ws)
{
	struct winsize now = *ws;

	while (now.ws_row == ws->ws_row && now.ws_col == ws->ws_col) {
		if (wait_news(w) < 0 || tty_size(w->terminal, &now) < 0)
			return -1;
	}
	*ws = now;
	return 0;
}
