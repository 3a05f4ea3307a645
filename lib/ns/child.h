/*
 * child - a process made ready step by step, which executes only when told.
 *
 * The child is started in its namespaces and waits where somebody outside has
 * to do something first (write id maps, move it into a cgroup, deliver its
 * console). A pipe goes with it by which it is told to go on, and a socket by
 * which it tells how far it is. Both end by themselves when a side dies.
 *
 * What fails in the child is told to the parent, which is who prints: the
 * child's stderr may be the new terminal by then. The library never prints.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/errmsg.h"
#include "ns/idmap.h"
#include "ns/ns.h"

struct deadline;

struct child_plan {
	uint64_t create;	 /* CLONE_NEW* of the namespaces to create */
	struct ns_set join;	 /* those to join */
	bool joins;		 /* whether there is one */
	int cgroup;		 /* from cgroup_open, or -1 */
	bool unified;		 /* its version is 2 */
	struct idmap uids, gids; /* of a created user namespace */
	bool mapped;		 /* child_start's own: uids have this user */
};

struct child {
	pid_t pid;	      /* as seen from here; 0 in the child itself */
	int go;		      /* told by this end (read by it, in the child) */
	int report;	      /* read here; written, in the child */
	int status;	      /* of a child that failed and said why, or 0 */
	struct errmsg errmsg; /* and why it failed */
};

/* child_plan_init - nothing to create, join or wait for */
void child_plan_init(struct child_plan *plan);

/*
 * child_start - fork into the namespaces of a plan
 *
 * plan  its join set is used up
 * c     filled in, in the parent and in the child
 *
 * Returns 1 in the parent: the child exists, with its id maps written and in
 * its cgroup. Returns 0 in the child: it is in its namespaces, mounts are
 * private, and it is root of a created or joined user namespace where its own
 * id is not mapped. Returns -1 with f filled in, in the parent, with no process
 * left; a child that fails by itself tells it, see child_ready.
 * Source: clone(2), namespaces(7); clone3 (Linux 5.3) where there is one.
 */
int child_start(struct child_plan *plan, struct child *c, struct errmsg *f);

/*
 * child_give - in the child: hand n descriptors, 1..4, to the parent
 *
 * Before anything else that it tells. Returns 0; -1 and errno from sendmsg(2).
 */
int child_give(const struct child *c, const int *fds, int n);

/*
 * child_take - take the descriptors that the child hands over
 *
 * fds  filled in with n of them, close-on-exec, the caller's to close
 *
 * Returns as child_ready.
 */
int child_take(struct child *c, const struct deadline *w, int *fds, int n);

/* child_await - in the child: wait for child_go; 0, or -1 if nobody is left */
int child_await(const struct child *c);

/*
 * child_hold - in the child: tell that all is ready, and wait to be let go
 *
 * Returns 0, or -1 when the parent is gone.
 */
int child_hold(const struct child *c);

/* child_orphan - in the child: has the parent died? */
bool child_orphan(const struct child *c);

/*
 * child_runs - in the child: tell that the next step is the exec
 *
 * Returns 0; -1 and errno if that could not be told: then it must not be.
 */
int child_runs(const struct child *c);

/* The status of a child that could not even tell why it fails. */
#define CHILD_MUTE 255

/*
 * child_tell - in the child: it will not execute its command, and why
 *
 * Returns 0; -1 and errno if that cannot be told.
 */
int child_tell(const struct child *c, int status, const struct errmsg *f);

/* child_failed - the same, and the end, with status or with CHILD_MUTE */
void child_failed(const struct child *c, int status, const struct errmsg *f)
	__attribute__((noreturn));

/*
 * child_ready - wait until the child is held
 *
 * Returns 1; 0 if it failed before, with c->status and c->errmsg set; -1 and
 * errno: ETIMEDOUT, EINTR (wait.h).
 */
int child_ready(struct child *c, const struct deadline *w);

/* child_go - let it go on; 0, or -1 and errno EPIPE if it is gone */
int child_go(const struct child *c);

/*
 * child_ran - wait until the child executes its command or ends
 *
 * Returns 1 if it did; 0 if not, with c->status and c->errmsg as above; -1 and
 * errno as child_ready.
 */
int child_ran(struct child *c, const struct deadline *w);

/* child_close - close this side's pipe ends; a held child ends by that */
void child_close(struct child *c);

/*
 * child_end - kill a child and take its status away
 *
 * Nothing of it is left afterwards, whatever state it was in.
 */
void child_end(struct child *c);

#endif
