/* nbio - read or write an inherited descriptor, and never wait in it */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"
#include "relay/nbio.h"

/* What a pipe (PIPE_BUF) and a terminal (WAKEUP_CHARS, Linux n_tty.c) take
 * whole once poll(2) says that they take anything. */
#define PIPE_FITS 4096
#define TTY_FITS  256

static enum nbio_way way_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NBIO_DIRECT;
	if (S_ISSOCK(st.st_mode))
		return NBIO_SOCKET;
	if (S_ISFIFO(st.st_mode) || isatty(fd))
		return NBIO_CAREFUL;
	return NBIO_DIRECT;
}

void nbio_open(struct nbio *t, int fd, int flags)
{
	autofd own = -1;

	t->fd = fd;
	t->way = way_of(fd);
	if (t->way != NBIO_CAREFUL)
		return;
	own = fd_reopen(fd, flags);
	/* A new description of a FIFO without a writer waits for the first
	 * one, while the end is there (Linux, fs/pipe.c, fifo_open). Without
	 * events it is a hang-up that is asked for. */
	if (own < 0 || (flags == O_RDONLY && fd_ready(fd, 0) > 0))
		return;
	t->fd = fd_take(&own);
	t->way = NBIO_OWN;
}

void nbio_close(struct nbio *t)
{
	if (t->way == NBIO_OWN)
		fd_close(&t->fd);
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

ssize_t nbio_read(const struct nbio *t, void *data, size_t n)
{
	ssize_t got;

	do {
		if (t->way == NBIO_CAREFUL && ready(t->fd, POLLIN) < 0)
			return -1;
		got = t->way == NBIO_SOCKET ? recv(t->fd, data, n, MSG_DONTWAIT)
					    : read(t->fd, data, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t nbio_read_packet(const struct nbio *t, unsigned char *status,
			 void *data, size_t n)
{
	struct iovec parts[] = { { status, 1 }, { data, n } };
	ssize_t got;

	do {
		got = readv(t->fd, parts, 2);
	} while (got < 0 && errno == EINTR);
	return got > 0 ? got - 1 : got;
}

static size_t nbio_fits(int fd, size_t n)
{
	size_t most = n <= TTY_FITS || isatty(fd) ? TTY_FITS : PIPE_FITS;

	return n < most ? n : most;
}

ssize_t nbio_write(const struct nbio *t, const void *data, size_t n)
{
	ssize_t put;

	do {
		if (t->way == NBIO_CAREFUL && ready(t->fd, POLLOUT) < 0)
			return -1;
		if (t->way == NBIO_CAREFUL)
			n = nbio_fits(t->fd, n);
		put = t->way == NBIO_SOCKET ? send(t->fd, data, n,
						   MSG_DONTWAIT | MSG_NOSIGNAL)
					    : write(t->fd, data, n);
	} while (put < 0 && errno == EINTR);
	return put;
}
