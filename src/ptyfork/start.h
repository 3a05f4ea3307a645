/*
 * start - start the command of a launch, with or without a guard.
 *
 * The library never exits (but in its own children) and never prints; what
 * fails is said in an errmsg.
 */
#ifndef START_H
#define START_H

#include <stdbool.h>

#include "ns/child.h"
#include "ptyfork/launch.h"
#include "tty/pty.h"
#include "tty/user_tty.h"

struct errmsg;

/* A launch under way. */
struct spawn {
	struct launch *l;
	struct user_tty user; /* the terminal that the tool was called from */
	struct pty pty[RELAY_OUTS];
	int ptys;
	int devpts;	    /* of their own, or of whom we join; or -1 */
	bool loose;	    /* which is attached nowhere yet */
	bool inside;	    /* the command's process opens them */
	int signals;	    /* from supervise_signals, or -1 */
	struct child child; /* the command, or the guard before it */
	bool wrote_pid, wrote_start; /* the pid files are there */
};

/*
 * start_plain - start the command
 *
 * Where something has to be done before the command may run (its pid file
 * written, its terminal delivered) that is done here.
 *
 * Returns 0; -1 with f filled in, *status what to exit with, and no process
 * and no pid file left.
 */
int start_plain(struct spawn *r, int *status, struct errmsg *f);

/*
 * start_monitored - the same with a guard between (guard.h), and until the
 * command runs
 */
int start_monitored(struct spawn *r, int *status, struct errmsg *f);

/* start_await - wait until the command runs; returns as start_plain */
int start_await(struct spawn *r, int *status, struct errmsg *f);

/* start_mute - the failure of a child that ended with CHILD_MUTE: -1 */
int start_mute(const struct spawn *r, int *status, struct errmsg *f);

#endif
