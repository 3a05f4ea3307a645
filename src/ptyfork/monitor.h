/*
 * monitor - the process between an interactive tool and its command.
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
#ifndef MONITOR_H
#define MONITOR_H

#include <sys/types.h>

#include "tty/user_tty.h"

struct monitor {
	struct user_tty *user; /* of the tool; its fd is still open here */
	int signals;	       /* a signalfd that has at least SIGCHLD */
	int lifeline;	       /* its end of file: the tool is dead */
	int kill;	       /* for the command when the tool dies, or 0 */
};

/*
 * monitor_watch - stand in for a command until it ends
 *
 * command  a child of this process, which leads a group in this session
 *
 * Returns the exit status to end with, see exit_status().
 */
int monitor_watch(const struct monitor *g, pid_t command);

#endif
