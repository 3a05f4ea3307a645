/*
 * procfd - descriptors of another process.
 */
#ifndef PROCFD_H
#define PROCFD_H

struct errmsg;

/*
 * procfd_process - a pidfd of a process
 *
 * process  PID or PID:INODE, see below
 *
 * Returns a close-on-exec descriptor, the caller's to close; -1 with f filled
 * in and errno: EINVAL (it is not of that form), ESRCH, else from
 * pidfd_open(2).
 */
int procfd_process(const char *process, struct errmsg *f);

/*
 * procfd_get - have descriptors at hand, our own or those of a process
 *
 * process  NULL: our own; else PID or PID:INODE, where INODE is that of the
 *          process's pidfd: it tells the process from a later one with the
 *          same number (Linux 6.9)
 * fds, n   numbers in that process; on success those of duplicates in this
 *          one, which are close-on-exec and the caller's, and share the file
 *          descriptions. Our own are only looked at.
 *
 * This process's limit of open files is raised as far as it may be.
 *
 * Returns 0; -1 with f filled in, none left open and errno: EINVAL (process is
 * not of that form), ESRCH (no such process, or a later one), EBADF (not open),
 * EPERM (ptrace(2) of it is not allowed), EMFILE, else from pidfd_open(2),
 * Linux 5.3, and pidfd_getfd(2), Linux 5.6.
 */
int procfd_get(const char *process, int *fds, int n, struct errmsg *f);

#endif
