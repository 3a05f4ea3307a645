/*
 * deliver - hand descriptors over to a peer, or out to all who come.
 *
 * The library never exits and never prints; what fails is said in a fault.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include <stdbool.h>

#include "fdpass.h"

struct fault;
struct sock_name;

struct delivery {
	struct fdpass_many many;
	const char *to; /* the peer, in messages */
	long long uid;	/* who may connect, as in sock_peer_ok */
	int limit;	/* ms that sending and each answer may take */
	int ack;	/* ms that a byte from the peer may take, */
	bool acked;	/* if one is wanted */
	bool reply;	/* print what it answers on descriptor 1 */
	bool keep;	/* one of many peers, see deliver_serve */
};

/*
 * deliver_to - send to one peer, and wait for its answer as d says
 *
 * signals  as in struct wait
 *
 * Returns 0; -1 with f filled in and errno: EPIPE or ECONNRESET (the peer
 * closed), ECONNREFUSED (it takes no descriptors), ETIMEDOUT, EINTR (wait.h),
 * else as fdpass_send, or of writing the answer EIO.
 */
int deliver_to(const struct delivery *d, int sock, int signals,
	       struct fault *f);

/*
 * deliver_serve - listen, and serve the first who connects, or all
 *
 * ms    how long until the next one comes, -1 for no limit
 * warn  called with the reason when somebody got nothing, or when the socket
 *       cannot be removed at the end
 *
 * With d->keep everyone is served, until a signal of ending.h comes; a peer
 * that cannot take everything at once is let go, so that nobody is held up by
 * another one. By such a signal the process ends here, with the socket removed.
 *
 * Returns 0; -1 with f filled in and errno as sock_listen, sock_accept, or as
 * deliver_to unless d->keep.
 */
int deliver_serve(const struct delivery *d, const struct sock_name *name,
		  int type, int ms, void (*warn)(const struct fault *),
		  struct fault *f);

#endif
