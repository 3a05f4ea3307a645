/*
 * serve - take descriptors from whoever connects, none able to delay another.
 *
 * The library never exits and never prints; what fails is said in a fault.
 */
#ifndef SERVE_H
#define SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "fdpass.h"

struct fault;
struct sock_server;
struct wait;

/* Connections that may be open without having delivered. */
#define SERVE_MAX 64

/* A connection, and what has come over it so far. */
struct guest {
	int sock;
	long long deadline;	    /* see wait.h */
	struct ucred who;	    /* pid 0: not known */
	size_t size;		    /* bytes of text */
	char text[FDPASS_TEXT + 1]; /* NUL after the last byte */
	int room;		    /* of fds */
	int n;			    /* descriptors, close-on-exec */
	int fds[];
};

struct serve {
	const struct sock_server *server; /* NULL: none but serve_add's */
	bool datagrams;			  /* the server is a SOCK_DGRAM */
	bool talk;			  /* text may come before descriptors */
	int count;     /* descriptors wanted, over as many messages as
			* it takes; 0: those of one message */
	int patience;  /* ms a connection may take, -1: any time */
	long long uid; /* who else may send, as in sock_peer_ok */

	int n;			    /* waiting connections, oldest first; */
	struct guest *v[SERVE_MAX]; /* n = 0 at the start */
};

/*
 * serve_add - take a connection that is open already
 *
 * sock  is serve's to close from now on, whatever is returned
 *
 * Returns 0, or -1 and errno ENOMEM.
 */
int serve_add(struct serve *s, int sock);

/*
 * serve_next - wait for the next guest that has delivered
 *
 * w    deadline and signals for this call
 * out  the caller's, to end with serve_free
 *
 * A payload longer than FDPASS_TEXT is cut off there. With SERVE_MAX mute
 * connections the oldest makes room for a new one.
 *
 * Returns 1 with *out set; 0 when a connection was refused and closed, with f
 * saying why (errno EBUSY: it only made room, EACCES: its user may not); -1 and
 * errno with f filled in: ETIMEDOUT, EINTR (wait.h), else from poll(2) or
 * accept4(2).
 */
int serve_next(struct serve *s, const struct wait *w, struct guest **out,
	       struct fault *f);

/* serve_close - drop all connections that wait */
void serve_close(struct serve *s);

/* serve_free - close a guest's connection and descriptors, and forget it */
void serve_free(struct guest *g);

#endif
