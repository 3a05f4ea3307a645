/* caller - the terminal that a tool was called from */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "caller.h"
#include "tty.h"

void caller_open(struct caller *c, bool keys, bool output)
{
	c->fd = -1;
	c->is_raw = false;
	for (int fd = 2; fd >= 0; fd--)
		if (tcgetattr(fd, &c->saved) == 0)
			c->fd = fd;
	c->keys = keys && c->fd == 0;
	c->raw = c->saved;
	tty_raw(&c->raw, output);
}

bool caller_front(const struct caller *c)
{
	pid_t front = tcgetpgrp(c->fd);

	/* ENOTTY: it is not our controlling terminal, so nobody stops us. */
	return front == getpgrp() || (front < 0 && errno == ENOTTY);
}

void caller_raw(struct caller *c)
{
	if (!c->keys || c->is_raw || !caller_front(c))
		return;
	c->is_raw = tcsetattr(c->fd, TCSANOW, &c->raw) == 0;
}

void caller_restore(struct caller *c)
{
	int saved = errno;

	/* Draining first could block for ever on a stopped terminal. If it
	 * has hung up there is nothing to put back. */
	if (c->is_raw)
		(void)tcsetattr(c->fd, TCSANOW, &c->saved);
	c->is_raw = false;
	errno = saved;
}

void caller_size(const struct caller *c, int fd)
{
	struct winsize size;

	/* One that does not know its size, or is gone, has none to give. */
	if (c->fd >= 0 && tty_size(c->fd, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0)
		(void)tty_resize(fd, &size);
}

void caller_suspend(struct caller *c)
{
	sigset_t stop;

	caller_restore(c);
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTSTP);
	/* All of the job first; this process stops when it unblocks. */
	(void)kill(0, SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, NULL);
	(void)sigprocmask(SIG_BLOCK, &stop, NULL);
}

void caller_abandoned(struct caller *c)
{
	struct termios now;

	if (!c->keys || tcgetattr(c->fd, &now) < 0 || !tty_same(&now, &c->raw))
		return;
	(void)tcsetattr(c->fd, TCSANOW, &c->saved);
}
