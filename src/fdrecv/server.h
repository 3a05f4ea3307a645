/*
 * server - take descriptors from whoever connects, none able to delay another.
 *
 * The library never exits and never prints; what fails is said in an errmsg.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "sock/fdpass.h"

struct errmsg;
struct sock_server;
struct deadline;

/* Connections that may be open without having delivered. */
#define SERVER_MAX 64

/* A connection, and what has come over it so far. */
struct client {
	int sock;
	long long deadline;	    /* see wait.h */
	struct ucred who;	    /* pid 0: not known */
	size_t size;		    /* bytes of text */
	char text[FDPASS_TEXT + 1]; /* NUL after the last byte */
	int room;		    /* of fds */
	int n;			    /* descriptors, close-on-exec */
	int fds[];
};

struct server {
	const struct sock_server *server; /* NULL: none but server_add's */
	bool datagrams;			  /* the server is a SOCK_DGRAM */
	bool talk;			  /* text may come before descriptors */
	int count;     /* descriptors wanted, over as many messages as
			* it takes; 0: those of one message */
	int patience;  /* ms a connection may take, -1: any time */
	long long uid; /* who else may send, as in sock_peer_ok */

	int n;			      /* waiting connections, oldest first; */
	struct client *v[SERVER_MAX]; /* n = 0 at the start */
};

/*
 * server_add - take a connection that is open already
 *
 * sock  is serve's to close from now on, whatever is returned
 *
 * Returns 0, or -1 and errno ENOMEM.
 */
int server_add(struct server *s, int sock);

/*
 * server_next - wait for the next client that has delivered
 *
 * w    deadline and signals for this call
 * out  the caller's, to end with server_free
 *
 * A payload longer than FDPASS_TEXT is cut off there. With SERVER_MAX mute
 * connections the oldest makes room for a new one.
 *
 * Returns 1 with *out set; 0 when a connection was refused and closed, with f
 * saying why (errno EBUSY: it only made room, EACCES: its user may not); -1 and
 * errno with f filled in: ETIMEDOUT, ECANCELED (wait.h), else from poll(2) or
 * accept4(2).
 */
int server_next(struct server *s, const struct deadline *w, struct client **out,
		struct errmsg *f);

/* server_close - drop all connections that wait */
void server_close(struct server *s);

/* server_free - close a client's connection and descriptors, and forget it */
void server_free(struct client *g);

#endif
