/*
 * devdir - the /dev of a root: the devices, links and file systems that every
 * program expects.
 */
#ifndef DEVDIR_H
#define DEVDIR_H

struct errmsg;
struct root;
struct terminal;

/*
 * devdir_mount - mount a fresh one, with nothing of the image's own
 *
 * path  where, below the root; a symbolic link on the way is an error
 * t     its devpts is placed there, from wherever it is attached; a new devpts
 *       where it has none
 *
 * The file mode creation mask is to be 0.
 *
 * There are null, zero, full, random, urandom and tty (made; bound from the
 * host where that is not allowed), console (the terminal, if there is one),
 * pts, ptmx, shm, mqueue (mounted where the ipc namespace allows it), fd,
 * stdin, stdout and stderr.
 *
 * Returns its root, the caller's to close; -1 and errno with f filled in.
 * Source: OCI runtime specification, "Default Devices" and "Default
 * Filesystems".
 */
int devdir_mount(const struct root *r, const char *path, struct terminal *t,
		 struct errmsg *f);

/*
 * devdir_fill - the devices and links alone, in the directory that is there
 *
 * Links that are there already stay as they are, but for ptmx; core is a link
 * to /proc/kcore where the host has that. The rest is as in devdir_mount.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int devdir_fill(const struct root *r, const char *path,
		const struct terminal *t, struct errmsg *f);

#endif
