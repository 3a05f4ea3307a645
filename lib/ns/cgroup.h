/*
 * cgroup - put a process into a cgroup before it runs anything.
 *
 * A directory of the unified hierarchy goes to clone3(2), which starts the
 * child in it. Where that cannot be (cgroups version 1, a kernel before 5.7:
 * see ENOSYS, EINVAL and E2BIG) the parent writes the pid of the waiting child
 * to the directory's cgroup.procs.
 *
 * The library never exits and never prints; what fails is said in an errmsg.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

struct errmsg;

/*
 * cgroup_open - open the directory of a cgroup
 *
 * unified  set to whether it is of version 2, and so fit for
 *          SYS_CLONE_INTO_CGROUP (sys.h)
 *
 * Returns an O_PATH, close-on-exec descriptor, the caller's to close; -1 and
 * errno with f filled in: EINVAL (no cgroup), else from open(2).
 * Source: cgroups(7), clone(2).
 */
int cgroup_open(const char *dir, bool *unified, struct errmsg *f);

/*
 * cgroup_enter - move a process into a cgroup of either version
 *
 * dir  from cgroup_open
 * pid  as seen from here; 0: this process
 *
 * Returns 0; -1 and errno with f filled in: EACCES, EBUSY (version 2: the
 * cgroup has controllers for its children and so no processes), EOPNOTSUPP
 * (version 2: its type does not allow it), ENOSPC (cpuset, version 1: it has
 * no cpus or no memory nodes yet), ESRCH, else from open(2).
 */
int cgroup_enter(int dir, pid_t pid, struct errmsg *f);

/*
 * cgroup_fault - say why a process cannot enter a cgroup
 *
 * error  errno of cgroup_enter's write, or of a clone3(2) into the cgroup
 *
 * Returns -1 and errno error with f filled in.
 */
int cgroup_fault(int error, struct errmsg *f);

#endif
