/*
 * spawn - start a command in its namespaces, held until all that has to be done
 * outside is done: its pid noted, hooks run, its terminal delivered.
 *
 * It is run by the process that is the command's parent: the tool itself
 * (parent.h), or the monitor of an interactive one (monitor.h).
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <sys/ioctl.h>

#include "base/fdkeep.h"
#include "cli/opt.h"
#include "ns/child.h"
#include "ptyfork/pidfiles.h"
#include "ptyfork/target.h"
#include "relay/relay.h"
#include "sock/console.h"
#include "tty/pty.h"
#include "tty/user_tty.h"

struct errmsg;

/* What the command line asks for. */
struct launch {
	const void *early;	/* of a tool that enters a root (applet.h) */
	int opener;		/* for that one, see opener.h */
	char **command;		/* as execve(2) wants it */
	struct child_plan plan; /* the namespaces */
	struct target target;	/* what it takes of a process there */
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
	bool keep_pid_file;    /* these stay when it has ended */
	bool caller_devpts;    /* the terminal is not of a new one */
	bool default_signals;  /* none that the caller ignores is ignored */
	struct strlist hooks;  /* shell commands to run before it (hooks.h) */
	int err;	       /* a descriptor that becomes its 2, or -1 */
	int hold;	       /* a FIFO that it waits on for a byte, or -1 */
	int kill;	       /* its signal when this process dies, or 0 */
	struct fdkeep keep;    /* descriptors above 2 that it gets */
	bool loose;	       /* all of them, as nothing isolates */
	bool alone;	       /* and there surely are none, see fd_alone() */
	int listen;	       /* of them were announced, see fdkeep_listen() */
	bool init;	       /* an init in between is process 1 (init.h) */
	char **words;	       /* of the command line, for that one to forget */
};

/* A launch under way. */
struct spawn {
	struct launch *l;
	struct user_tty user; /* the terminal that the tool was called from */
	struct pty pty[RELAY_OUTS];
	int ptys;
	int devpts;	      /* that the terminals are of, or -1 */
	bool loose;	      /* which is attached nowhere yet */
	bool inside;	      /* the command's process opens them */
	int signals;	      /* from supervise_signals, or -1 */
	int ends;	      /* from termsig_open: ends a wait of the start */
	bool monitored;	      /* child is the monitor */
	void (*sigpipe)(int); /* what the caller had SIGPIPE do */
	struct child
		child; /* the command; of the tool, the monitor before it */
	struct pidfiles pidfiles; /* what keeps those that were asked for */
};

/*
 * spawn_leads - does the command lead its terminal's session?
 *
 * Else it is a job of the session that the monitor leads there.
 */
bool spawn_leads(const struct spawn *r);

/*
 * spawn_start - start the command, and let it go where it is held
 *
 * Returns 0; -1 with f filled in, *status what to exit with, and no process
 * and no pid file left.
 */
int spawn_start(struct spawn *r, int *status, struct errmsg *f);

/* spawn_await - wait until r->child executes; returns as spawn_start */
int spawn_await(struct spawn *r, int *status, struct errmsg *f);

/*
 * spawn_take - get the terminals that r->child has opened inside
 *
 * ms  how long that may take, or -1
 *
 * Returns as spawn_start.
 */
int spawn_take(struct spawn *r, int ms, int *status, struct errmsg *f);

/*
 * spawn_abandon - take the child and the pid files away
 *
 * why  errno of what failed: with ECANCELED this process ends by the signal
 *      that is in r->ends
 *
 * Returns -1 and errno why, with *status what to exit with.
 */
int spawn_abandon(struct spawn *r, int why, int *status);

/* spawn_mute - the failure of a child that ended with SYNC_MUTE: -1 */
int spawn_mute(const struct spawn *r, int *status, struct errmsg *f);

#endif
