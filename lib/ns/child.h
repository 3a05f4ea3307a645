/*
 * child - a process made ready step by step, which executes only when told:
 * what its parent has of it.
 *
 * The child is started in its namespaces and waits where something outside has
 * to be done first (write id maps, move it into a cgroup, deliver its console).
 * By a pipe it is told to go on, and by a socket it tells how far it is; the
 * child's ends of both are sync.h. Each end sees the other side die.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/errmsg.h"
#include "ns/cgroup.h"
#include "ns/idmap.h"
#include "ns/ns.h"
#include "ns/nsfork.h"
#include "ns/nsconf.h"
#include "ns/userns_root.h"

struct deadline;
struct sync;

struct child_plan {
	uint64_t create;	   /* CLONE_NEW* of the namespaces to create */
	struct ns_set join;	   /* those to join */
	bool joins;		   /* whether there is one */
	uint64_t joined;	   /* child_start's own: the types of those */
	unsigned long propagation; /* of new mounts' namespace (ns.h) */
	struct cgroups cgroups;	   /* to start in */
	struct nsconf conf;	   /* what is set in the namespaces */
	struct idmap uids, gids;   /* of a created user namespace */
	void (*early)(void *arg); /* called before that changes the ids; NULL */
	void *arg;
	struct userns_ids ids; /* child_start's own */
};

struct child {
	pid_t pid;		   /* as seen from here */
	int go;			   /* written to: it may go on */
	int report;		   /* read from: how far it is */
	struct nsfork_watch watch; /* kills it if this process dies; until it
				      executes, and where it joins alone */
	int status;	      /* of a child that failed and said why, or 0 */
	struct errmsg errmsg; /* and why it failed */
};

/* child_plan_init - nothing to create, join or wait for */
void child_plan_init(struct child_plan *plan);

/*
 * child_start - fork into the namespaces of a plan
 *
 * plan  its join set is used up
 * c     filled in, in the parent
 * s     filled in, in the child
 *
 * Returns 1 in the parent: the child exists, with its id maps written and in
 * its cgroups. Returns 0 in the child: it is in its namespaces, cut off from
 * the mounts of others, and root of a created or joined user namespace where
 * its own id is not mapped. It gets KILL when its parent dies, until it changes
 * that (prctl(2), PR_SET_PDEATHSIG). Returns -1 with f filled in, in the
 * parent, with no process left; a child that fails by itself tells it, see
 * child_ready. Source: clone(2), namespaces(7); clone3 (Linux 5.3) where there
 * is one.
 */
int child_start(struct child_plan *plan, struct child *c, struct sync *s,
		struct errmsg *f);

/*
 * child_can_share - can a child by this plan be started by child_start_shared?
 *
 * Not where it joins namespaces, as a process there could write to its memory;
 * nor where it has a user namespace or a time namespace of its own, enters a
 * cgroup, has something called before, or waits for its parent.
 */
bool child_can_share(const struct child_plan *plan);

/* What a child runs; it does not return. */
typedef void child_fn(const struct sync *s, void *arg);

/*
 * child_start_shared - start a child that shares this process's memory up to
 * its exec, as vfork(2) has it, and wait until it has executed or ended
 *
 * plan     one that child_can_share()
 * run      called in the child, as after child_start(). It allocates no memory
 *          and changes nothing that the parent looks at later
 * signals  from termsig_open(): one that comes in that time is sent to the
 * child
 *
 * To be used where nothing has to be done before the exec, which may hang as
 * the file system does that the command is on: a terminal is not relayed in
 * that time. It spares a copy of the page tables, and of each page that one of
 * the two would write to.
 *
 * Returns 0: c->report has told by then whether the child executes; -1 with f
 * filled in and no process left. Source: clone(2).
 */
int child_start_shared(const struct child_plan *plan, struct child *c,
		       child_fn *run, void *arg, int signals, struct errmsg *f);

/*
 * child_take - take the descriptors that the child hands over
 *
 * fds  filled in with n of them, close-on-exec, the caller's to close
 *
 * Returns as child_ready.
 */
int child_take(struct child *c, const struct deadline *w, int *fds, int n);

/*
 * child_ready - wait until the child is held
 *
 * Returns 1; 0 if it failed before, with c->status and c->errmsg set; -1 and
 * errno: ETIMEDOUT, ECANCELED (wait.h).
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

/* child_close - close both ends here; a held child ends by that */
void child_close(struct child *c);

/*
 * child_end - kill a child and take its status away
 *
 * Nothing of it is left afterwards, unless it hangs in a call that no signal
 * ends: then it is left to end by itself, after 2 seconds.
 */
void child_end(struct child *c);

#endif
