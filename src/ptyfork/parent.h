/*
 * parent - the process that the tool was called as: it starts the command,
 * relays its terminal, passes signals on, and ends with its status.
 */
#ifndef PARENT_H
#define PARENT_H

#include "ptyfork/spawn.h"

/*
 * parent_run - do what the command line asks for
 *
 * l  its plan is used up
 *
 * Before it: 0, 1 and 2 are open, no signal is blocked, SIGCHLD is not
 * ignored. This process has no thread and may have other children.
 *
 * Returns 0 with *status what to exit with: the command's, 128+N if a signal
 * killed it, 0 for one that was detached. Returns -1 with f filled in and
 * *status, after the terminal, the command and the pid file are gone;
 * 128+SIGPIPE is for a reader of the output that went away. A command that
 * goes on without its terminal, then, has its pid file until it ends.
 */
int parent_run(struct launch *l, int *status, struct errmsg *f);

#endif
