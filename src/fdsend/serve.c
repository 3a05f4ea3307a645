/* serve - hand descriptors over to a peer, or out to all who come */
#include <errno.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "base/wait.h"
#include "fdsend/serve.h"
#include "sock/reply.h"
#include "sock/sock.h"

/* Say in the words of a user what errno says in those of the kernel. */
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

int serve_peer(const struct delivery *d, int sock, int signals,
	       struct errmsg *f)
{
	struct deadline w = { wait_until(d->keep ? 0 : d->limit), signals };

	if (fdpass_send_many(sock, &d->many, &w) < 0)
		return serve_error(d, "send to", f);
	w.deadline = wait_until(d->ack);
	if (d->acked && reply_byte(sock, &w) < 0)
		return serve_error(d, "get an acknowledgement from", f);
	return d->reply ? print_reply(d, sock, signals, f) : 0;
}

/* A connection: as serve_next. */
static int serve_connection(const struct delivery *d, int sock, int signals,
			    struct errmsg *f)
{
	struct ucred who;

	if (sock_peer(sock, &who) < 0)
		return errmsg(f, errno, "cannot serve %s", Q(d->to));
	if (!sock_peer_ok(&who, d->uid)) {
		(void)errmsg(f, 0,
			     "cannot trust user %u at %s (see --peer-uid)",
			     who.uid, Q(d->to));
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
		(void)errmsg(f, 0, "cannot serve %s: no connection in time",
			     Q(d->to));
		errno = ETIMEDOUT;
		return -1;
	}
	if (sock < 0)
		return errmsg(f, errno, "cannot serve %s", Q(d->to));
	r = serve_connection(d, sock, w->signals, f);
	sock_discard(&sock);
	return r;
}

int serve_keep(const struct delivery *d, const struct sock_name *name, int type,
	       int ms, void (*warn)(const struct errmsg *), struct errmsg *f)
{
	autofd signals = termsig_open(0);
	struct sock_server server;
	struct errmsg left;
	int r, saved;

	if (signals < 0)
		return errmsg(f, errno, "cannot wait for signals");
	if (sock_listen(name, type, &server, f) < 0)
		return -1;
	do {
		const struct deadline w = { wait_until(ms), signals };

		r = serve_next(d, &server, &w, f);
		if (r == 0)
			warn(f);
	} while (r == 0 || (r > 0 && d->keep));
	saved = errno;
	if (sock_close(&server, &left) < 0)
		warn(&left);
	if (r < 0 && saved == ECANCELED)
		termsig_die(signals);
	errno = saved;
	return r > 0 ? 0 : -1;
}
