/*
 * server - take descriptors from all that connect, so that no connection can
 * delay another one.
 *
 * A descriptor of a stranger may block for ever when it is closed: a TCP socket
 * that lingers, a file of a FUSE server that answers no FLUSH. So the process
 * that serves never has one: each connection has a process of its own, the
 * receiver, which reads it, judges what came, and reports; it is killed when it
 * is of no use any more, and not waited for.
 *
 * Where the first message of one client settles all, the server reads it
 * itself: either it keeps what came, or that was the end, and client_abandon is
 * for that.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "fdrecv/children.h"
#include "sock/fdpass.h"

struct errmsg;
struct sock_server;
struct deadline;

/* Connections that may be open without having delivered. */
#define SERVER_MAX 64

/* What came over a connection. */
struct client {
	bool lent;		    /* it is in a client_room */
	int sock;		    /* what it comes from, or -1 */
	struct ucred who;	    /* pid 0: not known */
	int room;		    /* descriptors that may come */
	int n;			    /* of fds, close-on-exec */
	size_t size;		    /* bytes of text */
	char text[FDPASS_TEXT + 1]; /* NUL after the last byte */
	int fds[];
};

/* For a client of one message, so that no memory has to be had for it. */
struct client_room {
	_Alignas(struct client) char bytes[sizeof(struct client) +
					   2 * FDPASS_MAX * sizeof(int)];
};

/* A connection that waits, seen from the process that serves. */
struct waiting {
	int link;    /* to its receiver; else the connection itself, */
	bool shared; /* which others may have as well, */
	struct client *client; /* which is read here; else NULL, */
	pid_t receiver;
	long long deadline; /* see wait.h */
	long long grace;    /* until then a later one does not go first; 0: none
			     * has come yet */
	struct ucred who;
};

/* What has to come, and what becomes of it. */
struct terms {
	bool terminal; /* exactly one master of a terminal */
	int least;     /* descriptors at least, */
	bool exact;    /* and no more than these */
	bool newlines; /* what is a terminal ends lines in \n alone */
	bool ack;      /* one byte back once they are accepted */
	bool stay;     /* a receiver serves what it accepted itself, */
	struct children *children; /* and is one of these then */
	struct client_room *room;  /* for one client, or NULL */
};

struct server {
	const struct sock_server *server; /* NULL: none but server_add's */
	bool datagrams;			  /* the server is a SOCK_DGRAM */
	bool talk;			  /* text may come before descriptors */
	int count;     /* descriptors wanted, over as many messages as
			* it takes; 0: those of one message */
	int patience;  /* ms a connection may take, -1: any time */
	long long uid; /* another user that may send, see sock_peer_ok */

	struct terms terms;

	int n;			      /* waiting connections, oldest first; */
	struct waiting v[SERVER_MAX]; /* n = 0 at the start */
	struct children gone;	      /* receivers of no use, to be reaped */
};

/* What server_next may return beside -1. */
enum {
	SERVER_REFUSED,	  /* a connection was refused; f says why */
	SERVER_CROWDED,	  /* as above, but it only made room for another */
	SERVER_STRANGER,  /* as above: its user may not; others still may */
	SERVER_DELIVERED, /* *out is set; with stay, in the receiver */
	SERVER_STARTED,	  /* with stay: one of the receivers has them */
};

/*
 * server_add - take a connection that is open already
 *
 * sock    is server's to close from now on, whatever is returned
 * shared  another process may have it too
 * out     set in the receiver, see server_next
 *
 * Returns 0, or -1 and errno from socketpair(2) and fork(2); with stay,
 * SERVER_DELIVERED or -1 with f filled in, in the receiver.
 */
int server_add(struct server *s, int sock, bool shared, struct client **out,
	       struct errmsg *f);

/*
 * server_next - wait for the next client that has delivered
 *
 * w    deadline and signals for this call
 * out  the caller's, to end with client_free; without stay it may be set where
 * a client was refused, and is to be left open then, see client_abandon
 *
 * A payload longer than FDPASS_TEXT is cut off there. With SERVER_MAX mute
 * connections the oldest makes room for a new one.
 *
 * Returns as above. With stay it returns SERVER_DELIVERED in another process
 * than the one that called: a child, whose death signal is none. Else -1 and
 * errno with f filled in: ETIMEDOUT, ECANCELED (wait.h), else from poll(2),
 * accept4(2), fork(2).
 */
int server_next(struct server *s, const struct deadline *w, struct client **out,
		struct errmsg *f);

/* server_close - drop all connections that wait */
void server_close(struct server *s);

/* server_reap - take the statuses of those in gone that ended, without waiting
 */
void server_reap(struct server *s);

#endif
