/*
 * endpoint - a SOCKET from which descriptors are received: one that we listen
 * on, one that we connect to, or an inherited one, which is what it is.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stdbool.h>

#include "fdrecv/server.h"
#include "sock/sock.h"

struct errmsg;
struct deadline;

/* How all endpoints of a call are opened. */
struct endpoint_plan {
	int type;	     /* SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM */
	bool connect;	     /* and do not listen */
	bool appear;	     /* wait for the socket to connect to, */
	int appear_ms;	     /* so many ms, or -1 */
	bool keep;	     /* it has to listen */
	const char *request; /* sent to the listener first, or NULL */
	int count, patience; /* see server.h */
	long long uid;	     /* see sock_peer_ok */
};

struct endpoint {
	struct sock_name name;
	struct sock_server server;
	struct terms terms;
	struct server serve; /* to take clients from */
};

/* endpoint_init - an endpoint that is not open yet; the name is as it was */
void endpoint_init(struct endpoint *in);

/*
 * endpoint_open - listen or connect
 *
 * in  endpoint_init was called, terms is set; endpoint_close has to be, even on
 * failure w   deadline and signals for connecting and for the request
 *
 * Returns 0; -1 with f filled in and errno: ETIMEDOUT, ECANCELED (wait.h),
 * EACCES (with f->error 0: the listener is not trusted), else from the
 * calls.
 */
int endpoint_open(struct endpoint *in, const struct endpoint_plan *plan,
		  const struct deadline *w, struct errmsg *f);

/*
 * endpoint_close - drop those that wait, stop listening, remove the socket's
 * path
 *
 * Returns 0; -1 with f filled in where the path cannot be removed.
 */
int endpoint_close(struct endpoint *in, struct errmsg *f);

/* endpoint_leave - as endpoint_close, in a child: the path stays for the parent
 */
void endpoint_leave(struct endpoint *in);

#endif
