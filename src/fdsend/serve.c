/* serve - hand descriptors over to a peer, or out to all that connect */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "base/wait.h"
#include "fdsend/serve.h"
#include "sock/reply.h"
#include "sock/sock.h"
#include "tty/pty.h"

/* What errno says, in the words of a user. */
static int serve_error(const struct delivery *d, const char *what,
		       struct errmsg *f)
{
	int saved = errno;
	const char *why = NULL;

	if (saved == EPIPE || saved == ECONNRESET)
		why = "the peer closed the connection";
	else if (saved == EPERM)
		why = "the peer takes no descriptors";
	else if (saved == ETIMEDOUT)
		why = "the peer took too long";
	if (!why)
		return errmsg(f, saved, "cannot %s %s", what, Q(d->to));
	(void)errmsg(f, 0, "cannot %s %s: %s", what, Q(d->to), why);
	errno = saved == EPERM ? ECONNREFUSED : saved;
	return -1;
}

static int print_reply(const struct delivery *d, int sock, int signals,
		       struct errmsg *f)
{
	enum reply_side side;

	if (reply_copy(sock, STDOUT_FILENO, d->limit, signals, &side) == 0)
		return 0;
	if (side == REPLY_PEER)
		return serve_error(d, "get an answer from", f);
	(void)errmsg(f, errno, "cannot write to standard output");
	errno = EIO;
	return -1;
}

static void close_fds(int *fds, int n)
{
	for (int i = 0; i < n; i++)
		fd_close(&fds[i]);
	free(fds);
}

/* A FIFO is not waited for; a master would be that of a new terminal. */
static int reopen_fd(int fd, int mode)
{
	char path[40];
	autofd new = -1;

	if (pty_is_master(fd)) {
		errno = ENOTSUP;
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	new = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (new < 0 || fcntl(new, F_SETFL, 0) < 0)
		return -1;
	return fd_take(&new);
}

/* Open anew what d sends, each for its mode. Returns them, or NULL. */
static int *reopen_fds(const struct delivery *d, struct errmsg *f)
{
	int *fds = calloc((size_t)d->many.n, sizeof(*fds));

	for (int i = 0; fds && i < d->many.n; i++) {
		fds[i] = reopen_fd(d->many.fds[i], d->mode);
		if (fds[i] >= 0)
			continue;
		(void)errmsg(f, errno, "cannot reopen fd %d", d->many.fds[i]);
		close_fds(fds, i);
		return NULL;
	}
	if (!fds)
		(void)errmsg(f, errno, "cannot reopen descriptors");
	return fds;
}

static int send_fds(const struct delivery *d, int sock,
		    const struct deadline *w, struct errmsg *f)
{
	struct fdpass_many many = d->many;
	int *fds = NULL, r, saved;

	if (d->reopen) {
		fds = reopen_fds(d, f);
		if (!fds)
			return -1;
		many.fds = fds;
	}
	r = fdpass_send_many(sock, &many, w);
	saved = errno;
	if (fds)
		close_fds(fds, many.n);
	errno = saved;
	return r < 0 ? serve_error(d, "send to", f) : 0;
}

int serve_peer(const struct delivery *d, int sock, int signals,
	       struct errmsg *f)
{
	struct deadline w = { wait_until(d->keep ? 0 : d->limit), signals };

	if (send_fds(d, sock, &w, f) < 0)
		return -1;
	w.deadline = wait_until(d->ack);
	if (d->acked && reply_byte(sock, &w) < 0)
		return serve_error(d, "get an acknowledgement from", f);
	return d->reply ? print_reply(d, sock, signals, f) : 0;
}

/* The first terminal's master that is sent, or -1. */
static int find_master(const struct delivery *d)
{
	for (int i = 0; i < d->many.n; i++) {
		if (pty_is_master(d->many.fds[i]))
			return d->many.fds[i];
	}
	return -1;
}

/* Wait for a connection: 1 there is one, 0 the terminal hung up; -1 as
 * wait_fd. A terminal that was never opened has not. */
static int await_peer(const struct sock_server *server, int master,
		      const struct deadline *w)
{
	struct pollfd p[] = {
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = server->fd, .events = POLLIN },
		{ .fd = master, .events = 0 },
	};

	while (poll(p, 3, wait_left(w->deadline)) < 0) {
		if (errno != EINTR)
			return -1;
	}
	if (p[0].revents == 0 && p[1].revents == 0 && p[2].revents != 0)
		return 0;
	return wait_fd(w, server->fd, POLLIN) < 0 ? -1 : 1;
}

/* A connection: as serve_next. */
static int serve_connection(const struct delivery *d, int sock, int signals,
			    struct errmsg *f)
{
	struct ucred who;

	if (sock_peer(sock, &who) < 0)
		return errmsg_q(f, errno, "cannot serve %s", d->to);
	if (!sock_peer_ok(&who, d->uid)) {
		(void)errmsg_q(f, 0,
			       "cannot trust user %u at %s (see --peer-uid)",
			       who.uid, d->to);
		return 0;
	}
	if (serve_peer(d, sock, signals, f) == 0)
		return 1;
	/* That one came and went is no news where everyone is served. */
	if (d->keep && (errno == EPIPE || errno == ECONNRESET))
		return 1;
	return d->keep && errno != ECANCELED ? 0 : -1;
}

/* One peer: 1 it was served, 0 it got nothing, with f saying why; else -1. */
static int serve_next(const struct delivery *d,
		      const struct sock_server *server,
		      const struct deadline *w, struct errmsg *f)
{
	int sock = sock_accept(server, w), r;

	if (sock < 0 && errno == ETIMEDOUT) {
		(void)errmsg_q(f, 0, "cannot serve %s: no connection in time",
			       d->to);
		errno = ETIMEDOUT;
		return -1;
	}
	if (sock < 0)
		return errmsg_q(f, errno, "cannot serve %s", d->to);
	r = serve_connection(d, sock, w->signals, f);
	sock_discard(&sock);
	return r;
}

/* Serve one, or with d->keep all until the end. Returns 0, or -1. */
static int serve_all(const struct delivery *d, const struct sock_server *server,
		     int ms, int signals, void (*warn)(const struct errmsg *),
		     struct errmsg *f)
{
	int master = d->keep ? find_master(d) : -1, r;

	do {
		const struct deadline w = { wait_until(ms), signals };

		if (master >= 0 && await_peer(server, master, &w) == 0)
			return 0;
		r = serve_next(d, server, &w, f);
		if (r == 0)
			warn(f);
	} while (r == 0 || (r > 0 && d->keep));
	return r > 0 ? 0 : -1;
}

int serve_keep(const struct delivery *d, const struct sock_name *name, int type,
	       int ms, void (*warn)(const struct errmsg *), struct errmsg *f)
{
	autofd signals = termsig_open_pipe(0);
	struct sock_server server;
	struct errmsg left;
	int r, saved;

	if (signals < 0)
		return errmsg(f, errno, "cannot wait for signals");
	if (sock_listen(name, type, &server, f) < 0)
		return -1;
	r = serve_all(d, &server, ms, signals, warn, f);
	saved = errno;
	if (sock_close(&server, &left) < 0)
		warn(&left);
	/* It may also be SIGPIPE, of an answer that could not be printed. */
	if (r < 0)
		termsig_die(signals);
	errno = saved;
	return r;
}
