/*
 * guard - the process between an interactive tool and its command.
 *
 * It leads the command's session, so that the command is a job with a parent
 * in its session: ^Z stops it, which the kernel does to no orphaned group. To
 * the tool it looks like the command itself: it stops when the command stops,
 * continues it when it is continued, passes signals on and ends with its
 * status. And it is who puts the caller's terminal back when the tool dies of
 * something that cannot be caught.
 *
 * The library never exits and never prints.
 */
#ifndef GUARD_H
#define GUARD_H

#include <sys/types.h>

#include "caller.h"

struct guard {
	struct caller *caller; /* of the tool; its fd is still open here */
	int signals;	       /* a signalfd that has at least SIGCHLD */
	int lifeline;	       /* its end of file: the tool is dead */
	int kill;	       /* for the command when the tool dies, or 0 */
};

/*
 * guard_watch - stand in for a command until it ends
 *
 * command  a child of this process, which leads a group in this session
 *
 * Returns the exit status to end with, see child_status().
 */
int guard_watch(const struct guard *g, pid_t command);

#endif
