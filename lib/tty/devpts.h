/*
 * devpts - a devpts file system of a container's own, and terminals of it.
 *
 * A new one is not attached anywhere: no path leads to it, and nothing that an
 * image contains takes part in opening a terminal of it.
 */
#ifndef DEVPTS_H
#define DEVPTS_H

#include <stdbool.h>
#include <sys/types.h>

/* What a mount of ours has as its source, to be known by after an exec. */
#define DEVPTS_SOURCE "ptyfork"

/* So that no container takes all terminals there are (kernel.pty.max). */
#define DEVPTS_MOST "1024"

/*
 * devpts_new - make a devpts file system
 *
 * Its ptmx has mode 0666, terminals have mode 0620 and gid 5, or 0600 where
 * the user namespace does not map that gid.
 *
 * Returns its root, detached, close-on-exec, the caller's to close; -1 and
 * errno: ENOSYS (before Linux 5.2), EPERM (no CAP_SYS_ADMIN over the mount
 * namespace), else from fsconfig(2). Source: pts(4), the kernel's
 * Documentation/filesystems/devpts.rst.
 */
int devpts_new(void);

/*
 * devpts_mount - the same by mount(2), at /dev/pts
 *
 * For kernels without fsopen(2); the mount namespace has to be one's own.
 * Returns as devpts_new, attached; errno from mount(2).
 */
int devpts_mount(void);

/*
 * devpts_here - the devpts at /dev/pts, private or not
 *
 * Returns its root as above, attached; -1 and errno: ENODEV (something else is
 * there), ELOOP (a symbolic link), else from openat2(2) or open(2).
 */
int devpts_here(void);

/*
 * devpts_attach - make a detached one the /dev/pts of this mount namespace
 *
 * Returns 0; -1 and errno from move_mount(2).
 */
int devpts_attach(int devpts);

/*
 * devpts_of_tty - the devpts at /dev/pts, if a tool of ours made it and tty is
 * a terminal of it
 *
 * Returns as devpts_here; -1 and errno ENOTTY if it is not so.
 */
int devpts_of_tty(int tty);

/* devpts_number - the N of the /dev/pts/N that a slave is, or -1, ENOTTY */
int devpts_number(int slave);

#endif
