/*
 * supervise - stay with a command until it ends: relay its terminal, pass
 * signals on, stop and continue with it.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <stdbool.h>

#include "relay/user_relay.h"

struct errmsg;

struct supervise {
	struct user_relay user; /* its heed is set here */
	bool relays;		/* supervise_relay is under way */
	bool own_group;		/* the command left this process group */
	pid_t child;		/* the command, or the monitor before it */
	bool ended;		/* the child has, with this status */
	int status;
	int cut; /* a signal that came after that, while a reader kept what the
		  * command has left waiting; or 0 */
};

/*
 * supervise_signals - block the signals that a session deals with
 *
 * SIGCHLD counts from here on: to be called before the child can end.
 *
 * Returns a signalfd, the caller's to close; -1 and errno.
 */
int supervise_signals(void);

/*
 * supervise_pass - pass a signal on to a command
 *
 * group  it leads its process group, which gets TERM, HUP, INT and QUIT as a
 *        whole, as it would from a terminal or from timeout(1)
 *
 * What was stopped goes on to handle one of these four.
 */
void supervise_pass(pid_t pid, bool group, int sig);

/*
 * supervise_relay - relay until the command has ended and all it wrote is out
 *
 * s  all set but heed, ended, status and cut; user.signals is of
 *    supervise_signals. The caller's terminal is made raw here, and is as
 * before on return.
 *
 * Returns 0 with the status set, 128+N where signal N cut off what was left of
 * the output; -1 with f filled in and errno where the relay failed: EPIPE when
 * the reader of the output went away. Unless it has ended, the command has its
 * terminal still, then: it is the caller's to close the master and
 * supervise_end.
 */
int supervise_relay(struct supervise *s, struct errmsg *f);

/*
 * supervise_wait - pass signals on until the command ends; sets the status
 *
 * Returns 0; -1 and errno, with the command as it is.
 */
int supervise_wait(struct supervise *s);

/*
 * supervise_end - wait for a command whose terminal was closed
 *
 * ms  how long; one that ignores SIGHUP stays
 */
void supervise_end(struct supervise *s, int ms);

#endif
