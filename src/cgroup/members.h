/*
 * members - the processes of a cgroup: list, stop and end them; and the end of
 * the cgroup itself.
 *
 * A process counts if it is in one of the directories, or below one: with
 * version 1 it can leave some of them and stay in others.
 */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct errmsg;
struct groups;

struct pids {
	size_t n, room;
	pid_t *at; /* sorted, each once */
};

/*
 * members_list - all processes
 *
 * pids  filled in, the caller's to free; zeroed before
 *
 * Returns 0; -1 and errno with e filled in.
 */
int members_list(const struct groups *g, struct pids *pids, struct errmsg *e);

/* members_has - is that process one of them? */
bool members_has(const struct pids *pids, pid_t pid);

/* members_frozen - are they frozen, or is that under way? */
bool members_frozen(const struct groups *g);

/*
 * members_freeze - freeze or thaw, and wait until all are
 *
 * ms  the time that it may take, or -1
 *
 * What cannot be frozen in that time is thawed again. Returns 0; -1 and errno
 * with e filled in: ENOENT (no freezer), EDEADLK (this process is one of them),
 * ETIMEDOUT, else from write(2). Source: cgroup-v1/freezer-subsystem.rst and
 * cgroup-v2.rst of Linux.
 */
int members_freeze(const struct groups *g, bool frozen, int ms,
		   struct errmsg *e);

/*
 * members_kill - signal all processes
 *
 * KILL ends them: it thaws, and is repeated until there is none, or for ms.
 * Any other signal is sent once, to processes that are frozen for that, so that
 * none is new and none is missed; those that were not frozen before go on. A
 * process is signalled if a pidfd of it was open while it was a member.
 *
 * Returns 0; -1 and errno with e filled in: EDEADLK, ETIMEDOUT, else from
 * pidfd_send_signal(2). Source: cgroup.kill, Linux 5.14.
 */
int members_kill(const struct groups *g, int signal, int ms, struct errmsg *e);

/*
 * members_remove - remove the cgroup and those below it
 *
 * made  only what this call has made
 * kill  end the processes that are still, or again, in the way
 * ms    the time that it may take, or -1
 *
 * Returns 0; -1 and errno with e filled in: ETIMEDOUT (it has processes), else
 * from rmdir(2).
 */
int members_remove(struct groups *g, bool made, bool kill, int ms,
		   struct errmsg *e);

#endif
