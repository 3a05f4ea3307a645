/*
 * root - a directory that becomes the root, and places below it.
 *
 * The tree may have been made to attack us: it is only walked by openat2(2)
 * with the directory as its root, and what is found is used by descriptor,
 * never by name again. All is done while the old root is still there, in a
 * mount namespace of one's own whose mounts are private.
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct errmsg;

struct root {
	int fd;		 /* O_PATH, close-on-exec: the mount that will be it */
	const char *dir; /* as the user said it, for messages */
};

/* How to walk to a place. */
enum root_walk {
	ROOT_PLAIN,  /* a symbolic link on the way is an error, ELOOP */
	ROOT_FOLLOW, /* links are followed, as inside the root */
};

/*
 * root_supported - does this kernel have what it takes?
 *
 * Returns 0; -1 and errno ENOSYS with f filled in: Linux 5.12 is wanted.
 */
int root_supported(struct errmsg *f);

/*
 * root_open - take a directory for the root
 *
 * dir          is cloned with all that is mounted in it and attached over
 *              itself; what is looked up below it is in that clone
 * at           open, by its path at least; or -1: dir is opened
 * propagation  of the clone (mount(2)): MS_PRIVATE or MS_SLAVE
 *
 * Returns 0, the descriptor the caller's to close; -1 and errno with f filled
 * in. Source: open_tree(2), move_mount(2), Linux 5.2.
 */
int root_open(struct root *r, const char *dir, int at, uint64_t propagation,
	      struct errmsg *f);

/*
 * root_find - what is at a path below the root
 *
 * path  with or without a leading slash
 *
 * Returns an O_PATH, close-on-exec descriptor, the caller's to close; -1 and
 * errno from openat2(2), with f filled in. Magic links are never followed, and
 * nothing on the way is waited for, be it a FIFO.
 */
int root_find(const struct root *r, const char *path, enum root_walk walk,
	      struct errmsg *f);

/*
 * root_name - what a single name in a directory is, be it a symbolic link
 *
 * dir  from root_find or root_make
 *
 * Returns as root_find, with no errmsg.
 */
int root_name(int dir, const char *name);

/*
 * root_make - the same, with what is missing made
 *
 * type  S_IFDIR, which may have a mode, or S_IFREG, for the last part of the
 *       path; else directories get mode 0755, files 0644, owned by this
 *       process's ids
 *
 * With ROOT_FOLLOW, where a symbolic link leads nowhere, what it names is made,
 * as inside the root.
 *
 * Returns as root_find; ENOTDIR or EISDIR where what is there is of the other
 * type (a file is anything but a directory).
 */
int root_make(const struct root *r, const char *path, enum root_walk walk,
	      mode_t type, struct errmsg *f);

/*
 * root_parent - the directory of what is to be made at a path, made with what
 * is missing above it
 *
 * path  symbolic links above its last part are followed, as inside the root
 * name  set to that part, in path
 *
 * Returns as root_make; ENOENT for a path that ends in a slash.
 */
int root_parent(const struct root *r, const char *path, const char **name,
		struct errmsg *f);

/*
 * root_link - make a symbolic link below the root, and what is missing above it
 *
 * target  what the link says
 * path    symbolic links above it are followed, as inside the root
 *
 * Returns 0, also where such a link is there already; -1 and errno with f
 * filled in.
 */
int root_link(const struct root *r, const char *target, const char *path,
	      struct errmsg *f);

/* root_one_mount - are these two places in the same mount? Linux 5.8. */
bool root_one_mount(int a, int b);

/* root_is - is fd the very directory that will be the root? */
bool root_is(const struct root *r, int fd);

/*
 * root_attach - attach a detached mount, or move one, onto a place
 *
 * mount   from open_tree(2), fsmount(2)
 * target  from root_find or root_make
 *
 * Returns 0; -1 and errno from move_mount(2).
 */
int root_attach(int mount, int target);

/*
 * root_lock - make a mount read-only
 *
 * mount  a detached one, or the root of one that is attached
 * deep   and what is mounted below it
 *
 * Returns 0; -1 and errno from mount_setattr(2), Linux 5.12.
 */
int root_lock(int mount, bool deep);

/*
 * root_read_only - make that one mount read-only, and none that is below it
 *
 * Returns 0; -1 and errno with f filled in. Source: mount_setattr(2).
 */
int root_read_only(const struct root *r, struct errmsg *f);

/*
 * root_enter - make it the root of this process and of its mount namespace
 *
 * The old root is gone afterwards, with all that was mounted below it, the
 * working directory is the new root, and r's descriptor is closed.
 *
 * Returns 0; -1 and errno with f filled in. Source: pivot_root(2).
 */
int root_enter(struct root *r, struct errmsg *f);

#endif
