/*
 * launch - run a command on a new terminal, in its namespaces, and stay with
 * it for as long as that is asked for.
 *
 * The library never exits (but in its own children) and never prints; what
 * fails is said in an errmsg.
 */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stdbool.h>
#include <sys/ioctl.h>

#include "cli/opt.h"
#include "ns/child.h"
#include "relay/relay.h"
#include "sock/console.h"

struct errmsg;

struct launch {
	char **command;		/* as execve(2) wants it */
	struct child_plan plan; /* the namespaces */
	const char *hostname;	/* to set in them, or NULL */
	const char *proc;	/* where to mount a new proc, or NULL */

	bool on[3];	       /* which of 0, 1, 2 are the terminal */
	bool tty;	       /* whether there is a terminal at all */
	bool split;	       /* stderr has a terminal of its own */
	bool raw, onlcr, echo; /* the modes it starts with */
	struct winsize size;   /* and its size */
	bool follow;	       /* which follows that of the caller's */

	bool deliver; /* the master goes to console, no relay */
	struct console console;
	int timeout;	      /* ms for that, and to get a terminal; -1: none */
	bool detach;	      /* do not wait for the command's end */
	const char *pid_file; /* where its pid is written, or NULL */
	const char *pid_start; /* where its pid and start time are, or NULL */
	struct strlist hooks;  /* shell commands to run before it (hooks.h) */
	int err;	       /* a descriptor that becomes its 2, or -1 */
	int kill;	       /* its signal when this process dies, or 0 */
	int preserve;	       /* descriptors 3.. that it gets */
	bool init;	       /* an init in between is process 1 (init.h) */
	char **words;	       /* of the command line, for that one to forget */
};

/*
 * launch - do all that
 *
 * l  its plan is used up
 *
 * Before it: 0, 1 and 2 are open, no signal is blocked, SIGCHLD is not
 * ignored. This process has no thread and may have other children.
 *
 * Returns 0 with *status what to exit with: the command's, 128+N if a signal
 * killed it, 0 for one that was detached. Returns -1 with f filled in and
 * *status, after the terminal, the command and the pid file are gone;
 * 128+SIGPIPE is for a reader of the output that went away.
 */
int launch(struct launch *l, int *status, struct errmsg *f);

#endif
