/*
 * inlet - a SOCKET from which descriptors are received: one that we listen on,
 * one that we connect to, or an inherited one, which is what it is.
 *
 * The library never exits and never prints; what fails is said in a fault.
 */
#ifndef INLET_H
#define INLET_H

#include <stdbool.h>

#include "serve.h"
#include "sock.h"

struct fault;
struct wait;

/* How all inlets of a call are opened. */
struct inlet_plan {
	int type;	     /* SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM */
	bool connect;	     /* and do not listen */
	bool appear;	     /* wait for the socket to connect to, */
	int appear_ms;	     /* so many ms, or -1 */
	bool keep;	     /* it has to listen */
	const char *request; /* said first to who listens, or NULL */
	int count, patience; /* see serve.h */
	long long uid;	     /* see sock_peer_ok */
};

struct inlet {
	struct sock_name name;
	struct sock_server server;
	struct serve serve; /* to take guests from */
};

/* inlet_init - an inlet that is not open yet; the name is as it was */
void inlet_init(struct inlet *in);

/*
 * inlet_open - listen or connect
 *
 * in  inlet_init was called; inlet_close has to be, even on failure
 * w   deadline and signals for connecting and for the request
 *
 * Returns 0; -1 with f filled in and errno: ETIMEDOUT, EINTR (wait.h), EACCES
 * (with f->error 0: who listens may not be trusted), else from the calls.
 */
int inlet_open(struct inlet *in, const struct inlet_plan *plan,
	       const struct wait *w, struct fault *f);

/*
 * inlet_close - drop who waits, stop listening, remove the socket's path
 *
 * Returns 0; -1 with f filled in where the path cannot be removed.
 */
int inlet_close(struct inlet *in, struct fault *f);

/* inlet_leave - as inlet_close, in a child: the path stays for the parent */
void inlet_leave(struct inlet *in);

#endif
