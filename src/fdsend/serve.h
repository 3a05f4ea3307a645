/*
 * serve - hand descriptors over to a peer, or out to all that connect.
 */
#ifndef SERVE_H
#define SERVE_H

#include <stdbool.h>

#include "sock/fdpass.h"

struct errmsg;
struct sock_name;

struct delivery {
	struct fdpass_many many;
	const char *to; /* the peer, in messages */
	long long uid;	/* that may connect, as in sock_peer_ok */
	int limit;	/* ms that sending and each answer may take */
	int ack;	/* ms that a byte from the peer may take, */
	bool acked;	/* if one is wanted */
	bool reply;	/* print what it answers on descriptor 1 */
	bool keep;	/* one of many peers, see serve_keep */
	bool reopen;	/* each peer gets file descriptions of its own, */
	int mode;	/* for that: O_RDONLY, O_WRONLY or O_RDWR */
};

/*
 * serve_peer - send to one peer, and wait for its answer as d says
 *
 * signals  as in struct deadline
 *
 * Returns 0; -1 with f filled in and errno: EPIPE or ECONNRESET (the peer
 * closed), ECONNREFUSED (it takes no descriptors), ETIMEDOUT, ECANCELED
 * (wait.h), else as fdpass_send, or of writing the answer EIO.
 */
int serve_peer(const struct delivery *d, int sock, int signals,
	       struct errmsg *f);

/*
 * serve_keep - listen, and serve the first that connects, or all
 *
 * ms    how long until the next one comes, -1 for no limit
 * warn  called with the reason when a peer got nothing, or when the socket
 *       cannot be removed at the end
 *
 * With d->keep all that connect are served, until a signal of termsig.h comes
 * or a terminal whose master is among the descriptors hangs up; a peer that
 * cannot take everything at once is let go, so that it holds up no other one.
 * By such a signal the process ends here, with the socket removed.
 *
 * Returns 0; -1 with f filled in and errno as sock_listen, sock_accept, or as
 * serve_peer unless d->keep.
 */
int serve_keep(const struct delivery *d, const struct sock_name *name, int type,
	       int ms, void (*warn)(const struct errmsg *), struct errmsg *f);

#endif
