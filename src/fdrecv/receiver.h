/*
 * receiver - the process that reads one connection of a server (server.h).
 *
 * It has what a stranger sent from the first moment, closes nothing of it
 * itself, and leaves all to its exit: that may block, and holds up nothing.
 */
#ifndef RECEIVER_H
#define RECEIVER_H

#include "base/errmsg.h"
#include "fdrecv/server.h"

/* What a receiver says about its connection, as one message. */
struct report {
	bool accepted; /* else f says why not */
	struct errmsg f;
	int n; /* descriptors */
	size_t size;
	char text[FDPASS_TEXT + 1];
};

/*
 * receiver_run - in a child of the server: read the connection, and report
 *
 * g     with its socket, and nothing else yet
 * link  connected SOCK_SEQPACKET socket to the server
 *
 * Does not return but with s->stay, once the server has said to go on; the link
 * is closed then, and what came is in g.
 */
void receiver_run(const struct server *s, struct client *g, int link);

/*
 * receiver_report - in the server: the report of a receiver that has one
 *
 * Returns 0; -1 and errno: ECONNRESET (it is gone), else from recv(2).
 */
int receiver_report(int link, struct report *r);

/*
 * receiver_go_on - in the server: let a receiver that has accepted what came go
 * on with it
 *
 * Returns 0; -1 with f filled in.
 */
int receiver_go_on(int link, struct errmsg *f);

/*
 * receiver_take - in the server, without stay: have what a receiver has
 * accepted
 *
 * g  filled in
 *
 * Returns 0; -1 with f filled in. The receiver has all that is in g as well,
 * and is to have it until it is closed here: that is left to client_free, or to
 * the exit.
 */
int receiver_take(int link, const struct report *r, struct client *g,
		  struct errmsg *f);

#endif
