/*
 * fdpass - pass open descriptors between processes over a unix socket.
 */
#ifndef FDPASS_H
#define FDPASS_H

#include <stdbool.h>
#include <stddef.h>

struct deadline;

/* Descriptors a message: SCM_MAX_FD, Linux include/net/scm.h, since 2.6.38. */
#define FDPASS_MAX 253

/* Payload bytes kept of a message; what receivers in the wild read is 4095. */
#define FDPASS_TEXT 4096

struct fdpass {
	int n; /* descriptors, 0..FDPASS_MAX */
	int fds[FDPASS_MAX];
	size_t size;		    /* bytes of text, 0..FDPASS_TEXT */
	char text[FDPASS_TEXT + 1]; /* NUL after the last byte */
};

/*
 * fdpass_send - send one message
 *
 * sock  connected AF_UNIX socket of any type
 * m     1..FDPASS_MAX descriptors, which stay open here, and the payload: at
 *       least one byte where sock is a stream (a stream carries no descriptor
 *       on nothing), and all of it in this message
 * w     how long a full queue may take
 *
 * Returns 0, or -1 and errno: EINVAL (no descriptor, too many, or no byte),
 * EPIPE or ECONNRESET (peer gone; no SIGPIPE is raised), ETIMEDOUT, ECANCELED
 * (see wait.h), ETOOMANYREFS (too many in flight), EPERM (the peer takes none:
 * SO_PASSRIGHTS, Linux 6.16), else from sendmsg(2). The socket's own blocking
 * mode does not matter.
 * Source: unix(7), cmsg(3).
 */
int fdpass_send(int sock, const struct fdpass *m, const struct deadline *w);

/* fdpass_say - send size bytes without a descriptor; returns as fdpass_send. A
 * datagram is one that has all of them. */
int fdpass_say(int sock, const char *text, size_t size,
	       const struct deadline *w);

/* Any number of descriptors, to be sent in as many messages as it takes. */
struct fdpass_many {
	const int *fds;
	int n;		  /* 1 or more */
	const char *text; /* payload of the first message */
	size_t size;	  /* bytes of it, 0..FDPASS_TEXT */
	bool repeat;	  /* of every message; else they have one NUL */
};

/* fdpass_send_many - send many; returns as fdpass_send */
int fdpass_send_many(int sock, const struct fdpass_many *many,
		     const struct deadline *w);

/*
 * fdpass_recv - receive one message
 *
 * sock  as above
 * m     filled in; every descriptor in it is close-on-exec and the caller's
 * w     how long it may take
 *
 * Returns 1, or 0 at end of file; or -1 and errno with nothing left open:
 *   EMFILE    a descriptor was lost: this process may open no more of them
 *   EMSGSIZE  a datagram with more payload than FDPASS_TEXT
 * ETIMEDOUT, ECANCELED (wait.h), else from recvmsg(2). A message without any
 * descriptor is one with n = 0: the caller decides what that means.
 * Source: unix(7) SCM_RIGHTS and its BUGS, cmsg(3). A stream's recvmsg(2) ends
 * at each message that carried descriptors.
 */
int fdpass_recv(int sock, struct fdpass *m, const struct deadline *w);

/* fdpass_take - as fdpass_recv, but what did come of a message that is an error
 * is in m, and open: to close it may block */
int fdpass_take(int sock, struct fdpass *m, const struct deadline *w);

/* fdpass_close - close all descriptors of a message, keep errno */
void fdpass_close(struct fdpass *m);

#endif
