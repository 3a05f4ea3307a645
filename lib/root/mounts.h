/*
 * mounts - mounts to have below a root: made detached, with all their options,
 * and attached when nothing can go wrong with them any more.
 */
#ifndef MOUNTS_H
#define MOUNTS_H

#include <stdbool.h>

#include "root/root.h"

struct errmsg;
struct mountopt;

struct mounts_plan {
	const char *type; /* of a new file system; NULL: a bind */
	const char *from; /* a bind: a path of ours; else what is the source */
	int at; /* from, opened by its path; -1: not; below: -1 - errno */
	const char *to;	      /* below the root, made where it is missing */
	mode_t mode;	      /* of a directory that is made there; 0: 0755 */
	uint64_t propagation; /* where the options name none; 0: MS_PRIVATE */
	bool root;	      /* it may be at the root, to cover it */
};

/*
 * mounts_is_bind - does that ask for a bind?
 *
 * type  "bind", or anything where the options have bind or rbind
 */
bool mounts_is_bind(const char *type, const struct mountopt *o);

/*
 * mounts_clone - what is at p->from, for a bind
 *
 * o  rbind, or neither of the two: with all that is mounted below. Propagation
 *    is private where nothing else is asked for.
 *
 * Returns the clone, detached, close-on-exec, the caller's to close; -1 and
 * errno with f filled in. Source: open_tree(2), mount_setattr(2).
 */
int mounts_clone(const struct mounts_plan *p, const struct mountopt *o,
		 struct errmsg *f);

/*
 * mounts_new - a new file system
 *
 * Returns its root, as above; what the kernel says about a bad option is in f.
 * Source: fsopen(2), fsconfig(2), fsmount(2).
 */
int mounts_new(const struct mounts_plan *p, const struct mountopt *o,
	       struct errmsg *f);

/*
 * mounts_option - set an option of a file system
 *
 * fs      from fsopen(2) or fspick(2)
 * option  "KEY" or "KEY=VALUE"
 *
 * Returns 0; -1 and errno from fsconfig(2).
 */
int mounts_option(int fs, const char *option);

/*
 * mounts_make - as mounts_new, by the words of its options
 *
 * place  what messages call it
 */
int mounts_make(const char *type, const char *place, const char *options,
		struct errmsg *f);

/*
 * mounts_place - where a plan's mount belongs, made where it is missing
 *
 * Returns as mounts_attach, a descriptor as root_make.
 */
int mounts_place(const struct root *r, const struct mounts_plan *p, int mount,
		 struct errmsg *f);

/*
 * mounts_attach - attach one of these at p->to
 *
 * Symbolic links on the way there are followed for a bind and a tmpfs, as
 * inside the root. For all else they are an error: where a program expects
 * the kernel's own files, an image has no say.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int mounts_attach(const struct root *r, const struct mounts_plan *p, int mount,
		  struct errmsg *f);

#endif
