/*
 * hooks - shell commands of the caller's, run while COMMAND is held.
 *
 * The library never exits (but in its own child) and never prints; what fails
 * is said in an errmsg.
 */
#ifndef HOOKS_H
#define HOOKS_H

#include <sys/types.h>

struct errmsg;
struct strlist;

/*
 * hooks_run - run each as /bin/sh -c HOOK sh PID, one after another
 *
 * command  what the child is to become, for messages
 * pid      of the held child, as seen here
 * signals  a signalfd that ends the wait, or -1
 *
 * A hook is in a process group of its own and has the caller's standard input,
 * output and error. It is waited for, its children are not. One that is under
 * way when a signal comes is killed with its group, as it is when this process
 * dies.
 *
 * Returns 0 when all ended with 0; -1 with f filled in and errno:
 * ECANCELED for a signal, which is still in signals, 0 for a hook that failed.
 */
int hooks_run(const struct strlist *hooks, const char *command, pid_t pid,
	      int signals, struct errmsg *f);

#endif
