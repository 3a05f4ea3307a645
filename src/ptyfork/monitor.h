/*
 * monitor - the process between an interactive tool and its command.
 *
 * It leads the command's session, so that the command is a job with a parent
 * in its session: ^Z stops it, which the kernel does to no orphaned group. To
 * the tool it looks like the command itself: it stops when the command stops,
 * continues it when it is continued, passes signals on and ends with its
 * status. And it puts the caller's terminal back when the tool dies of
 * something that cannot be caught.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "ptyfork/spawn.h"

/*
 * monitor_start - start a monitor, which starts the command, and wait until
 * that runs
 *
 * r  signals is open; child becomes the monitor
 *
 * Returns 0; -1 with f filled in, *status what to exit with, and no process
 * and no pid file left.
 */
int monitor_start(struct spawn *r, int *status, struct errmsg *f);

#endif
