/*
 * pty - open a pseudoterminal, know one when it is received, live on one.
 */
#ifndef PTY_H
#define PTY_H

#include <stdbool.h>
#include <sys/types.h>

struct pty {
	int master;
	int slave;
};

/*
 * pty_open - open a new pseudoterminal
 *
 * devpts  root of the devpts to take it from (devpts.h); -1: that of /dev/ptmx.
 *         Its ptmx is verified, and looked up by no other path.
 * p       filled in: two close-on-exec descriptors, the caller's to close. The
 *         master is non-blocking (the description is ours alone). Neither
 *         becomes a controlling terminal.
 *
 * The slave is taken from the master (TIOCGPTPEER, Linux 4.13), never looked up
 * by name; before that kernel N of the devpts is opened and verified.
 *
 * Returns 0; -1 and errno: ENOSPC (no pty left), ENOENT (no devpts), ENODEV or
 * EXDEV (its ptmx is something else), else from open(2) or ioctl(2). Source:
 * pty(7), ioctl_tty(2).
 */
int pty_open(int devpts, struct pty *p);

/*
 * pty_number - the number of a master's slave in its devpts
 *
 * Returns 0; -1 and errno, ENOTTY for what is no master. Source: ioctl_tty(2).
 */
int pty_number(int master, unsigned *number);

/*
 * pty_is_slave - is that device the slave of a pseudoterminal?
 *
 * Slaves have the majors 136 to 143. Source: Linux
 * Documentation/admin-guide/devices.txt.
 */
bool pty_is_slave(dev_t rdev);

/*
 * pty_is_master - is fd the master of a pseudoterminal?
 *
 * The file itself is asked only once it is known to be the driver of terminals
 * (fd_type), so that no hostile object can make this block.
 */
bool pty_is_master(int fd);

/*
 * pty_control - make a slave the controlling terminal of this process
 *
 * The process becomes a session leader and its group the foreground group.
 * It must not lead a process group yet.
 *
 * Returns 0; -1 and errno from setsid(2) or ioctl(2).
 */
int pty_control(int slave);

#endif
