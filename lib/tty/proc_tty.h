/*
 * proc_tty - the terminal that belongs to another process.
 */
#ifndef PROC_TTY_H
#define PROC_TTY_H

#include <sys/types.h>

/*
 * proc_tty_open - open the terminal of a process
 *
 * pid  as seen from here
 *
 * It is the one on which the process runs a command (exactly one child of it
 * leads a session on another terminal: ptyfork, script, sshd), else its own
 * controlling terminal. It is looked for among the descriptors of the processes
 * that have it, so it may be in any mount namespace.
 *
 * Returns a non-blocking close-on-exec descriptor, read and write, the caller's
 * to close, which did not become a controlling terminal; -1 and errno:
 *   ESRCH   no such process
 *   ENOTTY  it has no terminal, or no descriptor leads to it beyond doubt
 *   ENOENT  no /proc, or it does not show the process
 *   EACCES  its descriptors, or the terminal, are not for us to open
 * else from open(2).
 * Source: proc(5); the numbers of terminals are in the kernel's
 * include/linux/kdev_t.h, new_encode_dev.
 */
int proc_tty_open(pid_t pid);

#endif
