/* restorer - a process that puts the caller's terminal back */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach/restorer.h"
#include "base/fd.h"
#include "spool/modes.h"
#include "tty/user_tty.h"

/* What it is told: the last counts. */
struct news {
	bool done; /* all is as before */
	size_t n;
	char text[MODES_TEXT];
};

/* It is to outlive attach, whatever ends that; and SIGTTOU, blocked, does not
 * keep a process in the background from setting modes. */
static void outlive(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
}

static void restore(struct user_tty *tty, const struct news *last)
{
	/* Not to wait for a terminal that is stopped. */
	if (fd_ready(tty->fd, POLLOUT) > 0)
		(void)!write(tty->fd, last->text, last->n);
	user_tty_abandoned(tty);
}

static void stand_by(int pipe, struct user_tty tty) __attribute__((noreturn));

static void stand_by(int pipe, struct user_tty tty)
{
	struct news last = { .n = 0 }, now;

	outlive();
	if (fd_close_rest(0, pipe) < 0)
		_exit(1);
	while (fd_read(pipe, &now, sizeof(now)) == sizeof(now))
		last = now;
	if (!last.done)
		restore(&tty, &last);
	_exit(0);
}

void restorer_start(struct restorer *r, const struct user_tty *tty)
{
	int ends[2];

	*r = (struct restorer){ -1, 0 };
	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	r->pid = fork();
	if (r->pid == 0)
		stand_by(ends[0], *tty);
	(void)close(ends[0]);
	r->pipe = ends[1];
	if (r->pid < 0 || fcntl(r->pipe, F_SETFL, O_NONBLOCK) < 0)
		fd_close(&r->pipe);
}

void restorer_tell(const struct restorer *r, const char *text, size_t n)
{
	struct news news = { .n = n };

	if (r->pipe < 0)
		return;
	memcpy(news.text, text, n);
	(void)!write(r->pipe, &news, sizeof(news));
}

void restorer_end(struct restorer *r)
{
	const struct news done = { .done = true };

	if (r->pipe >= 0)
		(void)!write(r->pipe, &done, sizeof(done));
	fd_close(&r->pipe);
	while (r->pid > 0 && waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
	r->pid = 0;
}
