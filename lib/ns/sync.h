/*
 * sync - the child's end of what connects it with its parent (child.h).
 *
 * The child tells how far it is, and waits to be told to go on. What fails in
 * it is told to the parent, which is the one to print: the child's standard
 * error may be the new terminal by then.
 */
#ifndef SYNC_H
#define SYNC_H

#include <stdbool.h>

#include "base/errmsg.h"

struct sync {
	int go;	    /* read from: told to go on; its end: the parent is gone */
	int report; /* written to */
};

/* What is told. End of file after SYNC_RUNS: the exec has happened. */
enum { SYNC_GIVES = 1, SYNC_READY, SYNC_RUNS, SYNC_FAILED };

/* A line of the report: what alone, but all of it with SYNC_FAILED. */
struct sync_line {
	int what;
	int status;
	struct errmsg errmsg;
};

/* The exit status of a child that could not even tell why it fails. */
#define SYNC_MUTE 255

/*
 * sync_give - hand n descriptors, 1..4, to the parent
 *
 * Before anything else that is told. Returns 0; -1 and errno from sendmsg(2).
 */
int sync_give(const struct sync *s, const int *fds, int n);

/* sync_await - wait for child_go; 0, or -1 if the parent is gone */
int sync_await(const struct sync *s);

/*
 * sync_hold - tell that all is ready, and wait for child_go
 *
 * Returns 0, or -1 if the parent is gone.
 */
int sync_hold(const struct sync *s);

/* sync_orphan - has the parent died? */
bool sync_orphan(const struct sync *s);

/*
 * sync_runs - tell that the next step is the exec
 *
 * Returns 0; -1 and errno if that could not be told: then it must not be.
 */
int sync_runs(const struct sync *s);

/*
 * sync_tell - tell that the command will not be executed, and why
 *
 * Returns 0; -1 and errno if that cannot be told.
 */
int sync_tell(const struct sync *s, int status, const struct errmsg *f);

/* sync_failed - the same, and the end, with status or with SYNC_MUTE */
void sync_failed(const struct sync *s, int status, const struct errmsg *f)
	__attribute__((noreturn));

#endif
