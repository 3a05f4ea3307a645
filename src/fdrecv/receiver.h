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
 * receiver_take - in the server: have what a receiver has accepted
 *
 * g  filled in; with stay the receiver keeps the descriptors and goes on
 *
 * Returns 0; -1 with f filled in, and no descriptor open.
 */
int receiver_take(const struct server *s, int link, const struct report *r,
		  struct client *g, struct errmsg *f);

/* receiver_refuse - fill f in: a connection was refused, for a reason of ours
 * (error 0) or of the kernel's */
void receiver_refuse(const struct ucred *who, struct errmsg *f, int error,
		     const char *why);

#endif
