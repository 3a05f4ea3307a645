/* restorer - a process that puts the caller's terminal back */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "proc/outlive.h"
#include "tty/restorer.h"
#include "tty/user_tty.h"

#define READY_MS 1000 /* a stopped one is not waited for longer */

/* What it is told: the last counts. */
struct news {
	bool done; /* all is as before */
	size_t n;
	char text[RESTORER_TEXT];
};

/* Close everything but the terminal, its lock and the socket. */
static int close_others(int socket, const struct user_tty *tty)
{
	const int kept[] = { socket, tty->fd, tty->lock };

	for (int first = 3, next;; first = next + 1) {
		next = INT_MAX;
		for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
			if (kept[i] >= first && kept[i] < next)
				next = kept[i];
		if (next == INT_MAX)
			return fd_close_range(first, next);
		if (fd_close_range(first, next - 1) < 0)
			return -1;
	}
}

static void restore_tty(struct user_tty *tty, const struct news *last)
{
	/* Not to wait for a terminal that is stopped. */
	if (fd_ready(tty->fd, POLLOUT) > 0)
		(void)!write(tty->fd, last->text, last->n);
	user_tty_abandoned(tty);
}

/* What the tool tells, until its end. An error is none: that is waited for. */
static void hear_tool(int socket, struct news *last)
{
	struct pollfd end = { socket, 0, 0 };
	struct news now;
	ssize_t got;

	for (bool over = false;;) {
		got = fd_read(socket, &now, sizeof(now));
		if (got == sizeof(now))
			*last = now;
		else if (got == 0 || over)
			return;
		else
			over = poll(&end, 1, -1) > 0;
	}
}

static void stand_by(int socket, struct user_tty tty) __attribute__((noreturn));

static void stand_by(int socket, struct user_tty tty)
{
	struct news last = { .n = 0 };

	outlive();
	/* What is open here is out of the sight of others. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (close_others(socket, &tty) < 0 || send(socket, "", 1, 0) < 0)
		_exit(1);
	hear_tool(socket, &last);
	if (!last.done)
		restore_tty(&tty, &last);
	_exit(0);
}

/* Whatever comes after that does not reach it any more. */
static void wait_ready(const struct restorer *r)
{
	struct pollfd p = { r->socket, POLLIN, 0 };
	char ready;

	if (poll(&p, 1, READY_MS) > 0)
		(void)!read(r->socket, &ready, 1);
}

void restorer_start(struct restorer *r, const struct user_tty *tty)
{
	int ends[2];

	*r = (struct restorer){ -1, 0 };
	if (!tty->interactive ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return;
	r->pid = fork();
	if (r->pid == 0)
		stand_by(ends[0], *tty);
	(void)close(ends[0]);
	r->socket = ends[1];
	if (r->pid < 0)
		fd_close(&r->socket);
	else
		wait_ready(r);
}

/* One that has been killed, or does not read, is done without. */
static void tell_restorer(const struct restorer *r, const struct news *news)
{
	if (r->socket >= 0)
		(void)send(r->socket, news, sizeof(*news),
			   MSG_DONTWAIT | MSG_NOSIGNAL);
}

void restorer_tell(const struct restorer *r, const char *text, size_t n)
{
	struct news news = { .n = n };

	memcpy(news.text, text, n);
	tell_restorer(r, &news);
}

void restorer_end(struct restorer *r)
{
	const struct news done = { .done = true };

	tell_restorer(r, &done);
	fd_close(&r->socket);
	/* Not to be waited for where it is stopped. */
	if (r->pid > 0)
		(void)kill(r->pid, SIGKILL);
	while (r->pid > 0 && waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		(void)kill(r->pid, SIGKILL);
	r->pid = 0;
}
