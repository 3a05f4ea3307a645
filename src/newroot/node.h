/*
 * node - device nodes and FIFOs in a root, and the host's devices bound there.
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <sys/types.h>

struct errmsg;

struct node {
	mode_t type; /* S_IFCHR, S_IFBLK or S_IFIFO */
	dev_t number;
	const char *host; /* where the host has it; NULL: nowhere */
	bool exact;	  /* mode and owner are wanted of one that is there */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/*
 * node_put - have a device, or a FIFO, at a name in a directory
 *
 * dir   from root_make
 * name  a single one
 * n     made; bound from the host where that is not allowed. What is there and
 *       is no such device is removed first, unless it is a directory
 *
 * The file mode creation mask is to be 0.
 *
 * Returns 0; -1 and errno with f filled in. Source: mknod(2).
 */
int node_put(int dir, const char *name, const struct node *n, struct errmsg *f);

/*
 * node_cover - attach a mount at a name in a directory, on what is there or on
 * a file that is made for it; a symbolic link is removed
 *
 * mount  detached, of something that is no directory
 *
 * Returns 0; -1 and errno: EISDIR, else from mknod(2) or move_mount(2).
 */
int node_cover(int dir, const char *name, int mount);

/*
 * node_null - the host's /dev/null, verified to be it
 *
 * Returns a detached mount of it, read-only so that its mode cannot be changed
 * (writing to it is not a matter of that), close-on-exec, the caller's to
 * close; -1 and errno with f filled in.
 */
int node_null(struct errmsg *f);

/*
 * node_parse - a device from words
 *
 * v  TYPE MAJOR:MINOR MODE UID:GID; TYPE is c, u, b or p, MODE octal; of a p,
 *    which is a FIFO, the numbers mean nothing
 *
 * Returns 0; -1 and errno EINVAL with f filled in.
 */
int node_parse(struct node *n, char **v, struct errmsg *f);

#endif
