/*
 * session - stay with a command until it ends: relay its terminal, pass
 * signals on, stop and continue with it.
 *
 * The library never exits and never prints; what fails is said in a fault.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include "caller.h"
#include "loop.h"

struct fault;

struct session {
	struct loop loop;
	struct caller caller;
	bool follow;	/* the caller's size is copied */
	bool relays;	/* session_relay is under way */
	bool own_group; /* the command left this process group */
	pid_t child;	/* the command, or the guard before it */
	int signals;	/* from session_signals */
	bool ended;	/* the child has, with this status */
	int status;
};

/*
 * session_signals - block the signals that a session deals with
 *
 * SIGCHLD counts from here on: to be called before the child can end.
 *
 * Returns a signalfd, the caller's to close; -1 and errno.
 */
int session_signals(void);

/*
 * session_relay - relay until the command has ended and all it wrote is out
 *
 * s  all set but ended and status; loop.events[0] is signals. The caller's
 *    terminal is made raw here, and is as before on return.
 *
 * Returns 0 with the status set; -1 with f filled in and errno where the relay
 * failed: EPIPE when the reader of the output went away. The command has its
 * terminal still, then: it is the caller's to close the master and session_end.
 */
int session_relay(struct session *s, struct fault *f);

/*
 * session_wait - pass signals on until the command ends; sets the status
 *
 * Returns 0; -1 and errno, with the command as it is.
 */
int session_wait(struct session *s);

/*
 * session_end - wait for a command whose terminal was closed
 *
 * ms  how long; one that ignores SIGHUP stays
 */
void session_end(struct session *s, int ms);

#endif
