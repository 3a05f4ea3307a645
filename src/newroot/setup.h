/*
 * setup - what is put into a root before it is entered, by bwrap(1)'s words.
 */
#ifndef SETUP_H
#define SETUP_H

#include <stdbool.h>

#include "newroot/node.h"
#include "newroot/terminal.h"
#include "root/mounts.h"

struct errmsg;

/* A mount that was put into the root. */
struct setup_place {
	const char *to; /* as the user said it */
	int fd;		/* its root; left to the exit */
	bool lock;	/* to be read-only, once all is in it */
};

/* Where things are put. */
struct setup_target {
	struct root root;
	struct terminal terminal;
	struct setup_place *places; /* room for one a setup */
	int n;
	int empty; /* a mount that masks a directory already, or -1 */
};

struct setup {
	enum setup_kind {
		SETUP_MOUNT,   /* made before the root is opened */
		SETUP_TMPFS,   /* the same, and filled */
		SETUP_CGROUP,  /* cgroupdir.h */
		SETUP_DEVPTS,  /* the terminal's own, if there is one */
		SETUP_DEV,     /* devdir.h: only plan.to counts */
		SETUP_DEVICES, /* the same */
		SETUP_NODE,    /* at plan.to */
		SETUP_DIR,
		SETUP_DATA,  /* content.h: a mount, read-only with "ro" */
		SETUP_FILE,  /* content.h: a file of the root itself */
		SETUP_LINK,  /* at plan.to, to plan.from */
		SETUP_PERMS, /* nothing itself: of the next one */
	} kind;
	struct mounts_plan plan;
	const char *options; /* mountopt.h */
	bool may_miss;	     /* nothing to bind, no directory: no error */
	int mount;	     /* once it is made, detached; or -1 */
	struct node node;
	const char *perms; /* octal digits, or NULL */
	int content;	   /* the descriptor that a file is copied from */
};

/*
 * setup_read - what an option means
 *
 * before  of the option before it, or NULL
 * option  its name as newroot has it in its table: "ro_bind"
 * v       its values; both have to live as long as s
 *
 * Returns 0; -1, EINVAL and f filled in with what is wrong about the values, or
 * that there is no such option.
 */
int setup_read(struct setup *s, const struct setup *before, const char *option,
	       char **v, struct errmsg *f);

/*
 * setup_prepare - make the mount that it is, if it is one, attached nowhere
 *
 * To be called before root_open: so a bind of / does not have the root in it
 * once more, and a mount that cannot be made leaves no directory for it.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int setup_prepare(struct setup *s, struct errmsg *f);

/*
 * setup_put - put it into the root
 *
 * s->mount is used up.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int setup_put(struct setup *s, struct setup_target *t, struct errmsg *f);

/*
 * setup_lock - make read-only what is to be so, now that all is put into it
 *
 * Returns 0; -1 and errno with f filled in.
 */
int setup_lock(const struct setup_target *t, struct errmsg *f);

/*
 * setup_find - what is at a path in the root
 *
 * What is below a mount of ours is looked for from that mount, and not from the
 * root: a process that shares the tree could have moved it, and what is not
 * found would pass for what is not there.
 *
 * Returns as root_find, where links are followed.
 */
int setup_find(const struct setup_target *t, const char *path,
	       struct errmsg *f);

#endif
