/* tap - read or write an inherited descriptor, and never wait in it */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"
#include "tap.h"

/* What a pipe (PIPE_BUF) and a terminal (WAKEUP_CHARS, Linux n_tty.c) take
 * whole once poll(2) says that they take anything. */
#define PIPE_FITS 4096
#define TTY_FITS  256

static enum tap_way way_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return TAP_DIRECT;
	if (S_ISSOCK(st.st_mode))
		return TAP_SOCKET;
	if (S_ISFIFO(st.st_mode) || isatty(fd))
		return TAP_CAREFUL;
	return TAP_DIRECT;
}

void tap_open(struct tap *t, int fd, int flags)
{
	int own;

	t->fd = fd;
	t->way = way_of(fd);
	if (t->way != TAP_CAREFUL)
		return;
	own = fd_own(fd, flags);
	if (own < 0)
		return;
	t->fd = own;
	t->way = TAP_OWN;
}

void tap_close(struct tap *t)
{
	if (t->way == TAP_OWN)
		fd_drop(&t->fd);
	t->fd = -1;
}

static int ready(int fd, short events)
{
	int n = fd_ready(fd, events);

	/* To say that there is nothing ends a relay that drains. */
	if (n == 0)
		errno = EAGAIN;
	return n > 0 ? 0 : -1;
}

ssize_t tap_read(const struct tap *t, void *data, size_t n)
{
	ssize_t got;

	do {
		if (t->way == TAP_CAREFUL && ready(t->fd, POLLIN) < 0)
			return -1;
		got = t->way == TAP_SOCKET ? recv(t->fd, data, n, MSG_DONTWAIT)
					   : read(t->fd, data, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

static size_t fits(int fd, size_t n)
{
	size_t most = isatty(fd) ? TTY_FITS : PIPE_FITS;

	return n < most ? n : most;
}

ssize_t tap_write(const struct tap *t, const void *data, size_t n)
{
	ssize_t put;

	do {
		if (t->way == TAP_CAREFUL && ready(t->fd, POLLOUT) < 0)
			return -1;
		if (t->way == TAP_CAREFUL)
			n = fits(t->fd, n);
		put = t->way == TAP_SOCKET ? send(t->fd, data, n,
						  MSG_DONTWAIT | MSG_NOSIGNAL)
					   : write(t->fd, data, n);
	} while (put < 0 && errno == EINTR);
	return put;
}
