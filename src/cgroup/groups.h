/*
 * groups - one cgroup as it is in all hierarchies: a directory in each.
 *
 * Hierarchies are where systemd mounts them: version 2 at /sys/fs/cgroup or
 * /sys/fs/cgroup/unified, those of version 1 at /sys/fs/cgroup/CONTROLLERS. A
 * directory is opened once, component by component where its path comes from
 * the command line, and what follows goes by that descriptor. The root of a
 * hierarchy is refused: it is every process of the machine.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>

#include "cli/opt.h"
#include "ns/cgroup.h"

struct errmsg;

struct group {
	const char *controllers; /* "cpu,cpuacct", "name=systemd"; version 2:
				  * "unified" */
	const char *dir;	 /* absolute */
	const char *path;	 /* its end, below the hierarchy's root; NULL:
				  * not known */
	int fd;			 /* -1: it is not there */
	bool made;		 /* by this call */
};

struct groups {
	int n;
	struct group at[CGROUPS_MAX];
};

/*
 * groups_find - the cgroup of that path in every hierarchy
 *
 * path  as in /proc/PID/cgroup if it begins with /, else below the cgroup that
 *       this process is in, which can be another one in each hierarchy
 *
 * That with the freezer comes first. Nothing is opened yet. Returns 0; -1 and
 * errno with e filled in: EINVAL (a path with "..", or a newline, or of the
 * root), else from open(2), read(2).
 */
int groups_find(struct groups *g, const char *path, struct errmsg *e);

/*
 * groups_read - the list of a file: a line "CONTROLLERS DIR" for each hierarchy
 *
 * A line that is of another form is left out. Returns as groups_find.
 */
int groups_read(struct groups *g, const char *file, struct errmsg *e);

/*
 * groups_below - go further down in the hierarchies with one of some
 * controllers
 *
 * word  CONTROLLER,...:PATH; PATH: in all
 *
 * Before they are opened. Returns 0; -1 and errno ENOENT with e filled in: no
 * such controller, no such cgroup, or a path that leads up.
 */
int groups_below(struct groups *g, const char *word, struct errmsg *e);

/*
 * groups_write - write such a file, mode 0600, in place of an old one
 *
 * Returns 0; -1 and errno with e filled in.
 */
int groups_write(const struct groups *g, const char *file, struct errmsg *e);

/*
 * groups_open - open those directories that there are
 *
 * Returns how many; -1 and errno with e filled in: EINVAL (it is no cgroup, or
 * a root), else from open(2).
 */
int groups_open(struct groups *g, struct errmsg *e);

/*
 * groups_unused - are those that there are fit to be used for something new?
 *
 * Returns 0; -1 and errno EBUSY with e filled in: one has processes, or is
 * frozen.
 */
int groups_unused(const struct groups *g, struct errmsg *e);

/*
 * groups_make - make those that are not there, and what they are below
 *
 * permitted  leave out of g those that this user may not make or enter
 *
 * Version 2 gets all controllers that what it is below has, as far as can be.
 * In a cpuset of version 1 empty cpus and mems are those of the parent. Returns
 * 0; -1 and errno with e filled in, from mkdir(2), open(2).
 */
int groups_make(struct groups *g, bool permitted, struct errmsg *e);

/*
 * groups_set - write values to files
 *
 * sets  FILE=VALUE or CONTROLLER/FILE=VALUE. The controller is what FILE begins
 *	 with; a file of a controller that no hierarchy of version 1 has is of
 *	 version 2. One that is refused is tried again after the others: a limit
 *	 may have to wait for another that it depends on.
 *
 * Returns 0; -1 and errno with e filled in: EINVAL (not of that form, or
 *refused by the kernel), ENOENT, else from open(2), write(2).
 */
int groups_set(const struct groups *g, const struct strlist *sets,
	       struct errmsg *e);

/* groups_with - the open one with that controller, or NULL */
const struct group *groups_with(const struct groups *g, const char *controller);

/* groups_undo - remove what this call has made, as far as it can be */
void groups_undo(struct groups *g);

#endif
