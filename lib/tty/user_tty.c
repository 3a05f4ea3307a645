/* user_tty - the terminal that a tool was called from */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tty/tty.h"
#include "tty/user_tty.h"

void user_tty_open(struct user_tty *c, bool interactive, bool output)
{
	c->fd = -1;
	c->is_raw = false;
	for (int fd = 2; fd >= 0; fd--)
		if (tcgetattr(fd, &c->saved) == 0)
			c->fd = fd;
	c->interactive = interactive && c->fd == 0;
	c->raw = c->saved;
	tty_raw(&c->raw, output);
}

bool user_tty_front(const struct user_tty *c)
{
	pid_t front = tcgetpgrp(c->fd);

	/* ENOTTY: it is not our controlling terminal, so nobody stops us. */
	return front == getpgrp() || (front < 0 && errno == ENOTTY);
}

void user_tty_raw(struct user_tty *c)
{
	if (!c->interactive || c->is_raw || !user_tty_front(c))
		return;
	c->is_raw = tcsetattr(c->fd, TCSANOW, &c->raw) == 0;
}

void user_tty_restore(struct user_tty *c)
{
	int saved = errno;

	/* Draining first could block for ever on a stopped terminal. If it
	 * has hung up there is nothing to put back. */
	if (c->is_raw)
		(void)tcsetattr(c->fd, TCSANOW, &c->saved);
	c->is_raw = false;
	errno = saved;
}

void user_tty_size(const struct user_tty *c, int fd)
{
	struct winsize size;

	/* One that does not know its size, or is gone, has none to give. */
	if (c->fd >= 0 && tty_size(c->fd, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0)
		(void)tty_resize(fd, &size);
}

void user_tty_suspend(struct user_tty *c)
{
	sigset_t stop;

	user_tty_restore(c);
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTSTP);
	/* All of the job first; this process stops when it unblocks. */
	(void)kill(0, SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, NULL);
	(void)sigprocmask(SIG_BLOCK, &stop, NULL);
}

void user_tty_abandoned(struct user_tty *c)
{
	struct termios now;

	if (!c->interactive || tcgetattr(c->fd, &now) < 0 ||
	    !tty_same(&now, &c->raw))
		return;
	(void)tcsetattr(c->fd, TCSANOW, &c->saved);
}
