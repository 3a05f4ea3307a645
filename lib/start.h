/*
 * start - start the command of a launch, with or without a guard.
 *
 * The library never exits (but in its own children) and never prints; what
 * fails is said in a fault.
 */
#ifndef START_H
#define START_H

#include <stdbool.h>

#include "caller.h"
#include "child.h"
#include "launch.h"
#include "pty.h"

struct fault;

/* A launch under way. */
struct run {
	struct launch *l;
	struct caller caller; /* the terminal that the tool was called from */
	struct pty pty[RELAY_OUTS];
	int ptys;
	int devpts;	    /* of their own, or of whom we join; or -1 */
	bool loose;	    /* which is attached nowhere yet */
	bool inside;	    /* the command's process opens them */
	int signals;	    /* from session_signals, or -1 */
	struct child child; /* the command, or the guard before it */
	bool wrote_pid;	    /* the pid file is there */
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
int start_plain(struct run *r, int *status, struct fault *f);

/*
 * start_guarded - the same with a guard between (guard.h), and until the
 * command runs
 */
int start_guarded(struct run *r, int *status, struct fault *f);

/* start_await - wait until the command runs; returns as start_plain */
int start_await(struct run *r, int *status, struct fault *f);

/* start_mute - the failure of a child that ended with CHILD_MUTE: -1 */
int start_mute(const struct run *r, int *status, struct fault *f);

#endif
