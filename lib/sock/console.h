/*
 * console - deliver a terminal's master to the listener on a console socket.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>

#include "sock/sock.h"

struct errmsg;
struct deadline;

struct console {
	struct sock_name socket;
	const char *payload; /* NULL: one byte, a space */
	bool ack;	     /* wait for a byte from the receiver */
	long long uid;	     /* further user to trust, see sock_connect */
};

/*
 * console_deliver - connect, send the master with the payload, hang up
 *
 * Connecting and sending are done back to back: some receivers look at nothing
 * else from the moment they accept. A socket that is not there yet is waited
 * for, for a second at the most.
 *
 * Returns 0; -1 with f filled in and errno: ECONNREFUSED (there is no such
 * socket, no process listens, or the receiver is not trusted or hung up: the
 * answer is no), else as sock_connect and fdpass_send have it, ETIMEDOUT also
 * for an acknowledgement that does not come.
 * Source: OCI runtimes' --console-socket: one message with one descriptor and
 * 1..4095 bytes that mean nothing.
 */
int console_deliver(const struct console *to, int master,
		    const struct deadline *w, struct errmsg *f);

#endif
