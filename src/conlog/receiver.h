/*
 * receiver - the console socket at which a runtime delivers a terminal.
 *
 * Nothing here waits for a peer: a runtime connects when it starts and sends
 * much later. What a peer sends and is not wanted can be slow to close: a
 * process of its own does that.
 */
#ifndef RECEIVER_H
#define RECEIVER_H

#include <poll.h>
#include <stdbool.h>

#include "sock/sock.h"

#define RECEIVER_CALLS 8 /* connections at a time; the oldest makes room */

struct errmsg;

struct receiver {
	struct sock_server server;
	bool listening;
	int n;
	int call[RECEIVER_CALLS]; /* oldest first */
	int readers;
	pid_t reader[RECEIVER_CALLS]; /* processes that read one */
};

/* receiver_open - listen on a SOCKET; 0, or -1 with f filled in */
int receiver_open(struct receiver *c, const char *socket, struct errmsg *f);

/* receiver_poll - what to wait for: RECEIVER_CALLS + 1 entries */
void receiver_poll(const struct receiver *c, struct pollfd *p);

/*
 * receiver_turn - look at what receiver_poll's entries say
 *
 * Returns the master of a terminal, close-on-exec, the caller's to close; -1
 * where none came. What else comes is closed, with a warning.
 */
int receiver_turn(struct receiver *c, const struct pollfd *p);

/* receiver_close - hang up, stop listening, remove the socket */
void receiver_close(struct receiver *c);

#endif
