/*
 * tmpfs - a new tmpfs that takes the mode, and the files, of the directory that
 * it covers.
 */
#ifndef TMPFS_H
#define TMPFS_H

struct errmsg;
struct mountopt;
struct mounts_plan;
struct root;

/*
 * tmpfs_attach - attach one where a plan says
 *
 * mount  from mounts_new with these options
 * o      without mode= it has the mode of the directory there, which is made
 *        with mode 1777, a tmpfs's own, where it is missing; with copy_up it
 *        has copies of all that is in it, but for sockets and what is mounted
 *        below, with modes, owners and times of change; it is left to be made
 *        read-only
 *
 * The file mode creation mask is to be 0.
 *
 * Returns the place that it covers, the caller's to close; -1 and errno with f
 * filled in.
 */
int tmpfs_attach(const struct root *r, const struct mounts_plan *p,
		 const struct mountopt *o, int mount, struct errmsg *f);

#endif
