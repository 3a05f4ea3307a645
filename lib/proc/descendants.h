/*
 * descendants - an end for everything that this process has started.
 *
 * A caller that is a subreaper (PR_SET_CHILD_SUBREAPER of prctl(2)) becomes the
 * parent of every process below it whose own parent dies, so that killing its
 * children again and again reaches all of them.
 */
#ifndef DESCENDANTS_H
#define DESCENDANTS_H

/*
 * descendants_kill - send SIGKILL to every child, and wait for it, until no
 * child is left
 *
 * ms  time limit, 0..INT_MAX: a process that the kernel holds, or one in a
 *     frozen cgroup, does not end
 *
 * Their status is taken. Returns 0; -1 and errno: ETIMEDOUT, or ENOENT where
 * there are children and no /proc that shows them.
 * Source: proc(5), /proc/PID/task/TID/children (Linux 3.5); waitpid(2).
 */
int descendants_kill(int ms);

#endif
