/*
 * outlive - a process that clears up once another has ended, whatever ended it.
 */
#ifndef OUTLIVE_H
#define OUTLIVE_H

#include <sys/types.h>

/*
 * outlive - be in a session of our own, with all signals blocked
 *
 * So what ends the caller's process group, or hangs up its terminal, does not
 * end this process; nor is it a job in the background, which may not set a
 * terminal's modes.
 */
void outlive(void);

/*
 * outlive_fork - fork a process that is no child of ours, and so is not ours to
 * wait for
 *
 * Returns 0 in that process, more in this one; -1 and errno from fork(2).
 */
pid_t outlive_fork(void);

#endif
