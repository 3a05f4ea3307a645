/*
 * receive - get descriptors from one socket or several, once or as a server.
 */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <stdbool.h>

#include "base/wait.h"
#include "fdrecv/children.h"
#include "fdrecv/endpoint.h"

struct errmsg;

/* Sockets of one call. */
#define RECEIVE_MAX 16

struct receive {
	struct endpoint_plan plan;
	int timeout;   /* ms, or -1: for all, or with keep for each */
	bool terminal; /* exactly one master of a terminal */
	bool ack;      /* one byte back once they are accepted */
	bool newlines; /* what is a terminal ends its lines in \n alone */
	bool command;  /* they are for commands, which outlive us */
	int most;      /* commands at a time, 1..CHILDREN_MAX */

	/* Called with what is wrong where that is not the end: with a sender,
	 * or with a socket that cannot be removed. */
	void (*complain)(const struct errmsg *f);

	int n;			 /* sockets, see in; keep: 1 */
	int places[RECEIVE_MAX]; /* descriptors that each has to send;
				  * with one socket, at least so many */
	int nslots;		 /* where they go, in order */
	int slots[RECEIVE_MAX];
	struct client *client[RECEIVE_MAX]; /* set on success, sockets closed */

	struct deadline w; /* from here on receive's own, but for the names */
	struct children children;
	struct client_room room;
	struct endpoint in[RECEIVE_MAX]; /* names set */
};

/*
 * receive_run - open the sockets and wait for what comes
 *
 * Without plan.keep it is called once from each socket, in order. With it the
 * call returns in a child for each sender, and in the parent at the end; where
 * they are not for commands, one child at a time, which dies with the parent
 * and whose status EXIT_CANCELED or SIGPIPE is the end.
 *
 * Returns 0 with clients; an exit status (applet.h) with f filled in, or with
 * nothing in f->what if a child has said why; -N if signal N should end this
 * process, as if it had come now. Sockets are removed, signals are not blocked.
 */
int receive_run(struct receive *r, struct errmsg *f);

#endif
