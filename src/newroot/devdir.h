/*
 * devdir - the /dev of a root: the devices, links and file systems that every
 * program expects, on a fresh tmpfs, with nothing of the image's own.
 *
 * The library never exits and never prints; what fails is said in an errmsg.
 */
#ifndef DEVDIR_H
#define DEVDIR_H

struct errmsg;
struct root;

struct devdir {
	int devpts; /* whose terminals are at pts (devpts.h); -1: a new one */
	int tty;    /* a slave of it that is the console, or -1 */
};

/*
 * devdir_mount - mount it
 *
 * path  where, below the root; a symbolic link on the way is an error
 * d     its devpts is moved there, from wherever it is attached
 *
 * The file mode creation mask is to be 0.
 *
 * There are null, zero, full, random, urandom and tty (made; bound from the
 * host where that is not allowed), console (the terminal, if there is one),
 * pts, ptmx, shm, mqueue (mounted where the ipc namespace allows it), fd,
 * stdin, stdout and stderr.
 *
 * Returns 0; -1 and errno with f filled in. Source: OCI runtime specification,
 * "Default Devices" and "Default Filesystems".
 */
int devdir_mount(const struct root *r, const char *path, const struct devdir *d,
		 struct errmsg *f);

/*
 * devdir_null - the host's /dev/null, verified to be it
 *
 * Returns a detached mount of it, read-only so that its mode cannot be changed
 * (writing to it is not a matter of that), close-on-exec, the caller's to
 * close; -1 and errno with f filled in.
 */
int devdir_null(struct errmsg *f);

#endif
