/*
 * nsfork - fork into namespaces, new ones and those of others.
 */
#ifndef NSFORK_H
#define NSFORK_H

#include <stdint.h>
#include <sys/types.h>

#include "ns/ns.h"

struct errmsg;

/*
 * nsfork - fork(2), with the child in new namespaces
 *
 * flags   CLONE_NEW*, CLONE_PARENT
 * cgroup  a cgroup of version 2 to start it in, or -1
 *
 * It is the system call alone: in the child, a libc that remembers its thread's
 * id has the parent's, so raise(3) and abort(3) hit the parent there.
 *
 * Returns as fork(2); -1 and errno from clone3(2), Linux 5.3, or from clone(2)
 * where there is no clone3 and neither a cgroup nor CLONE_NEWTIME is wanted.
 */
pid_t nsfork(uint64_t flags, int cgroup);

/* A process outside the namespaces that were joined, which kills a child there
 * if this process dies. Initialise it to { 0, -1 }. */
struct nsfork_watch {
	pid_t pid; /* a child of this process, or 0 */
	int life;  /* closed as this process dies */
};

/*
 * nsfork_joined - fork(2), with the child in namespaces of others
 *
 * join   used up, in the parent
 * flags  CLONE_NEW* of those to create after joining
 * w      filled in, in the parent: the child is killed if this process dies
 *        before nsfork_watch_end
 *
 * The child is this process's own, although a process in between joined for
 * it. Returns as fork(2), the pid as seen from here; -1 with f filled in.
 */
pid_t nsfork_joined(struct ns_set *join, uint64_t flags, struct nsfork_watch *w,
		    struct errmsg *f);

/* nsfork_watch_end - end the watch; the child is on its own */
void nsfork_watch_end(struct nsfork_watch *w);

/*
 * nsfork_fault - say why nsfork failed, by errno
 *
 * Returns -1 with f filled in.
 */
int nsfork_fault(uint64_t flags, struct errmsg *f);

/*
 * nsfork_reap_within - take the status of a child that ends within ms
 *
 * Returns 0 as nsfork_reap; -1 and errno ETIMEDOUT: it goes on, or hangs in a
 * call that no signal ends. Before Linux 5.3 there is no limit.
 */
int nsfork_reap_within(pid_t pid, int *status, int ms);

/* nsfork_reap - take the status of a child, however long that takes; where
 * there is none to be had it is that of an exit with EXIT_CANCELED */
void nsfork_reap(pid_t pid, int *status);

#endif
