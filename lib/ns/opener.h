/*
 * opener - paths that a process in a new user namespace may not reach.
 *
 * In a user namespace the rights of root are no rights to what others own
 * outside. A process that was left outside opens that, in the mounts that the
 * asking process has.
 */
#ifndef OPENER_H
#define OPENER_H

/*
 * opener_start - leave a process outside, where this one has rights to leave
 *
 * It is no child of this process. It ends at opener_end, or when every process
 * that has the descriptor is gone.
 *
 * Returns a descriptor for the two below, close-on-exec, the caller's; -1:
 * there is none, and what may not be reached stays so.
 */
int opener_start(void);

/*
 * opener_open - open a path for its place alone (O_PATH)
 *
 * opener  from opener_start, or -1
 * flags   O_DIRECTORY, or 0
 *
 * Only what gives EACCES here is opened outside, within 10 seconds. Returns a
 * descriptor, close-on-exec, as if this process had opened it; -1 and errno
 * from open(2). Source: unix(7).
 */
int opener_open(int opener, const char *path, int flags);

/* opener_end - no more is to be opened; closes the descriptor, -1 is left */
void opener_end(int *opener);

#endif
