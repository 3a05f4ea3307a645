/* user_tty - the terminal that a tool was called from */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "tty/tty.h"
#include "tty/tty_origin.h"
#include "tty/user_tty.h"

#define TRIES 50 /* ms for another tool that just puts it back */

/* The terminal that keys come from while standard input is something else. */
static void open_elsewhere(struct user_tty *c)
{
	int fd;

	if (isatty(STDIN_FILENO))
		return;
	fd = isatty(STDOUT_FILENO) ? fd_reopen(STDOUT_FILENO, O_RDWR)
				   : tty_open("/dev/tty", O_RDWR);
	if (fd < 0 || tcgetattr(fd, &c->saved) < 0) {
		fd_close(&fd);
		return;
	}
	c->fd = fd;
	c->own = c->interactive = true;
}

void user_tty_open(struct user_tty *c, enum user_tty_keys keys, bool output)
{
	c->fd = c->lock = -1;
	c->is_raw = c->own = c->interactive = false;
	for (int fd = 2; fd >= 0; fd--)
		if (tcgetattr(fd, &c->saved) == 0)
			c->fd = fd;
	if (keys == USER_TTY_STDIN)
		c->interactive = c->fd == STDIN_FILENO;
	else if (keys == USER_TTY_ELSEWHERE)
		open_elsewhere(c);
	if (c->fd >= 0)
		(void)tty_origin_find(&c->saved);
	if (c->interactive)
		c->lock = fd_reopen(c->fd, O_RDONLY);
	c->lazy = c->interactive && (output || keys == USER_TTY_ELSEWHERE);
	c->raw = c->saved;
	tty_raw(&c->raw, output);
	if (c->lock >= 0)
		tty_origin_note(&c->raw, &c->saved);
}

void user_tty_close(struct user_tty *c)
{
	fd_close(&c->lock);
	if (c->own)
		fd_close(&c->fd);
}

void user_tty_modes(const struct user_tty *c, struct termios *modes)
{
	*modes = c->saved;
	if (!c->lazy || (modes->c_lflag & ICANON))
		return;
	modes->c_iflag |= ICRNL;
	modes->c_oflag |= OPOST;
	modes->c_lflag |= ICANON | ECHO | ISIG | IEXTEN;
}

bool user_tty_front(const struct user_tty *c)
{
	pid_t front = tcgetpgrp(c->fd);

	/* ENOTTY: it is not our controlling terminal, so we are not stopped. */
	return front == getpgrp() || (front < 0 && errno == ENOTTY);
}

bool user_tty_taken(const struct user_tty *c)
{
	struct termios now;

	return tcgetattr(c->fd, &now) == 0 && !(now.c_lflag & ICANON);
}

/* Say that we need it raw. A lock that is not had in time is done without. */
static void user_tty_hold(const struct user_tty *c)
{
	for (int i = 0; i < TRIES && c->lock >= 0; i++) {
		if (flock(c->lock, LOCK_SH | LOCK_NB) == 0 ||
		    errno != EWOULDBLOCK)
			return;
		(void)poll(NULL, 0, 1);
	}
}

/* Put it back, unless another one needs it raw. Of two that try at once the
 * second finds the lock of the first gone. */
static void user_tty_let_go(const struct user_tty *c)
{
	if (c->lock < 0 || flock(c->lock, LOCK_EX | LOCK_NB) == 0 ||
	    errno != EWOULDBLOCK)
		/* Draining first could block for ever on a stopped terminal. If
		 * it has hung up there is nothing to put back. */
		(void)tcsetattr(c->fd, TCSANOW, &c->saved);
	if (c->lock >= 0)
		(void)flock(c->lock, LOCK_UN);
}

void user_tty_raw(struct user_tty *c)
{
	if (!c->interactive || c->is_raw || c->lazy || !user_tty_front(c))
		return;
	user_tty_hold(c);
	c->is_raw = tcsetattr(c->fd, TCSANOW, &c->raw) == 0;
}

void user_tty_restore(struct user_tty *c)
{
	int saved = errno;

	if (c->is_raw)
		user_tty_let_go(c);
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

	if (!c->interactive)
		return;
	if (tcgetattr(c->fd, &now) == 0 && tty_same(&now, &c->raw))
		user_tty_let_go(c);
	else if (c->lock >= 0)
		(void)flock(c->lock, LOCK_UN);
}
